using Microsoft.Extensions.Logging;

namespace Balsam.Hostile.Tests.Confinement;

/// <summary>A shell script whose hooks write a log, and a file.</summary>
internal sealed class Noting : ApplicationDefinition
{
    public override CommandTemplate Command => "/bin/sh -c {{ script }}";

    protected override Task<PreprocessOutcome> Preprocess(JobContext context, CancellationToken cancellationToken)
    {
        context.Log.LogInformation("noted before");
        File.WriteAllText(Path.Combine(context.Workdir, "by-the-hook"), "x");
        return Task.FromResult(PreprocessOutcome.Ready);
    }

    protected override Task<PostprocessOutcome> Postprocess(JobContext context, CancellationToken cancellationToken)
    {
        context.Log.LogInformation("noted after");
        return Task.FromResult(PostprocessOutcome.Done);
    }
}
