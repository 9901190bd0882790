namespace Balsam.Load.Host.Applications;

internal sealed class Sleep : ApplicationDefinition<Sleep.Parameters>
{
    public override CommandTemplate Command => "sleep {{ seconds }}";

    internal sealed record Parameters(int Seconds);
}
