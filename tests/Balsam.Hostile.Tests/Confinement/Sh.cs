namespace Balsam.Hostile.Tests.Confinement;

/// <summary>A shell script.</summary>
internal sealed class Sh : ApplicationDefinition
{
    public override CommandTemplate Command => "/bin/sh -c {{ script }}";
}
