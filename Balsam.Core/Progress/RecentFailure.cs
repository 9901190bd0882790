namespace Balsam;

/// <summary>A job that has failed.</summary>
/// <param name="Id">The job.</param>
/// <param name="Application">Its application.</param>
/// <param name="Workdir">Its workdir.</param>
/// <param name="Reason">Why, in one line of at most 200 characters.</param>
/// <param name="At">When it failed, in UTC.</param>
public sealed record RecentFailure(JobId Id, ApplicationName Application, string Workdir, string Reason, DateTimeOffset At);
