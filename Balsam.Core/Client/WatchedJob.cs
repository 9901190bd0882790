namespace Balsam;

/// <summary>A job that somebody waits for.</summary>
/// <param name="fineAt">When the first of them began to wait, by the monotonic clock.</param>
internal sealed class WatchedJob(long fineAt)
{
    public List<JobWait> Waits { get; } = new(1);

    /// <summary>When the job was last seen to go on by itself.</summary>
    public long FineAt { get; set; } = fineAt;

    /// <summary>Whether it waits for parents, or may for all that is known: then the failure of another job may leave it stuck.</summary>
    public bool IsAwaitingParents { get; set; } = true;

    /// <summary>Why it cannot go on by itself; null while it can, or the grace time runs.</summary>
    public JobExplanation? Explanation { get; set; }
}
