namespace Balsam.Load.Host.Applications;

/// <summary>A script of the shell.</summary>
internal sealed class Script : ApplicationDefinition<Script.Parameters>
{
    public override CommandTemplate Command => "sh -c {{ text }}";

    internal sealed record Parameters(string Text);
}
