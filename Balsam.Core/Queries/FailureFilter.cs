namespace Balsam;

/// <summary>The job, or its last run, failed.</summary>
/// <param name="Kind">What brought it down; null for anything.</param>
public sealed record FailureFilter(FailureKind? Kind) : JobFilter
{
    /// <inheritdoc/>
    public override bool Matches(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return job.Failure is { } failure && (Kind is not { } kind || failure.Kind == kind);
    }
}
