namespace Balsam;

/// <summary>A job that cannot go on.</summary>
/// <param name="Explanation">Why, with typed reasons.</param>
public sealed record BlockedJob(JobExplanation Explanation)
{
    /// <summary>The job.</summary>
    public JobId Id => Explanation.Job.Id;

    /// <summary>The state it is in.</summary>
    public JobState State => Explanation.Job.State;

    /// <summary>Why it cannot go on, and what would help, in words.</summary>
    public string Reason => Explanation.Why;
}
