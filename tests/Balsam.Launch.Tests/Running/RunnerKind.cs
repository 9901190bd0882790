namespace Balsam.Launch.Tests.Running;

public enum RunnerKind
{
    Linux,
    Portable,
}
