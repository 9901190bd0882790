namespace Balsam.Launch.StopHost;

/// <summary>A shell script as a job.</summary>
public sealed class Script : ApplicationDefinition<Script.Parameters>
{
    public sealed record Parameters(string Text);

    public override CommandTemplate Command => "/bin/sh -c {{ text }}";
}
