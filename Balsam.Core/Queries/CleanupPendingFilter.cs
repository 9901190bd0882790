namespace Balsam;

/// <summary>The job has finished, and files that nobody needs any more may still be in its workdir.</summary>
public sealed record CleanupPendingFilter : JobFilter
{
    /// <inheritdoc/>
    public override bool Matches(Job job) => (job ?? throw new ArgumentNullException(nameof(job))).IsCleanupPending;
}
