namespace Balsam;

/// <summary>A job was changed by somebody else since it was read.</summary>
/// <param name="jobId">The job.</param>
/// <param name="expected">The version that was read.</param>
/// <param name="actual">The version in the store; 0 when the job is gone.</param>
public sealed class JobConcurrencyException(JobId jobId, long expected, long actual)
    : BalsamException($"Job {jobId} was {(actual == 0 ? "deleted" : "changed")} since it was read (version {expected} was expected, the store has {actual}). Read it again and decide anew.")
{
    /// <summary>The job.</summary>
    public JobId JobId { get; } = jobId;

    /// <summary>The version that was read.</summary>
    public long Expected { get; } = expected;

    /// <summary>The version in the store; 0 when the job is gone.</summary>
    public long Actual { get; } = actual;
}
