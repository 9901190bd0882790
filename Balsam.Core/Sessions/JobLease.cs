namespace Balsam;

/// <summary>Who holds a job.</summary>
/// <param name="Job">The job.</param>
/// <param name="Holder">The launcher.</param>
/// <param name="Since">When it claimed the job, in UTC.</param>
public sealed record JobLease(JobId Job, LauncherSession Holder, DateTimeOffset Since);
