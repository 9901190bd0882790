namespace Balsam;

/// <summary>A job that runs.</summary>
/// <param name="Id">The job.</param>
/// <param name="Application">Its application.</param>
/// <param name="Workdir">Its workdir.</param>
/// <param name="Since">When it started to run, in UTC.</param>
public sealed record RunInProgress(JobId Id, ApplicationName Application, string Workdir, DateTimeOffset Since);
