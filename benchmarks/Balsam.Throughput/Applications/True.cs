namespace Balsam.Throughput.Applications;

internal sealed class True : ApplicationDefinition<True.Parameters>
{
    public override CommandTemplate Command => "/bin/true";

    internal sealed record Parameters;
}
