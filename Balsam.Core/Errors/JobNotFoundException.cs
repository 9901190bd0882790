namespace Balsam;

/// <summary>There is no such job.</summary>
/// <param name="jobId">The number asked for.</param>
public sealed class JobNotFoundException(JobId jobId)
    : BalsamException($"There is no job {jobId} in this store: it was never submitted here, or was deleted.")
{
    /// <summary>The number asked for.</summary>
    public JobId JobId { get; } = jobId;
}
