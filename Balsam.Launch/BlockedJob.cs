namespace Balsam.Launch;

/// <summary>A job that cannot go on.</summary>
/// <param name="Id">The job.</param>
/// <param name="State">The state it is in.</param>
/// <param name="Reason">Why it cannot go on, and what would help.</param>
public sealed record BlockedJob(JobId Id, JobState State, string Reason);
