namespace Balsam;

/// <summary>The job has ended.</summary>
/// <param name="State">JOB_FINISHED or FAILED.</param>
/// <param name="At">When, in UTC.</param>
/// <param name="Failure">Why it failed; null when it finished. For a job that failed with an ancestor, <see cref="FailureDetails.GuiltyAncestor"/> names that.</param>
public sealed record EndedReason(JobState State, DateTimeOffset At, FailureDetails? Failure) : JobReason
{
    /// <inheritdoc/>
    public override JobOutlook Outlook => JobOutlook.Ended;

    /// <inheritdoc/>
    public override string Text => State == JobState.JobFinished
        ? $"it finished at {At:u}"
        : $"it failed at {At:u}: {(Failure?.Message ?? "no reason was recorded").TrimEnd('.')}{(Failure?.GuiltyAncestor is { } guilty ? $"; restart job {guilty}, and this one comes back with it" : "")}";
}
