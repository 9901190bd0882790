namespace Balsam.EndToEnd.Tests.Programs;

/// <summary>A command that takes no number below zero.</summary>
internal sealed class Check : ApplicationDefinition<Check.Parameters>
{
    internal sealed record Parameters(int I);

    public override CommandTemplate Command => "test {{ i }} -ge 0 || { echo bad value {{ i }}; exit 3; }";

    protected override Task<PostprocessOutcome> Postprocess(JobContext context, CancellationToken cancellationToken)
    {
        context.Data.Set("energy", -1.5 * context.GetParameters<Parameters>().I);
        return Task.FromResult(PostprocessOutcome.Done);
    }
}
