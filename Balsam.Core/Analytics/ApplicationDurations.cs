namespace Balsam;

/// <summary>How long the jobs of one application waited and ran.</summary>
/// <param name="Application">The application.</param>
/// <param name="Jobs">How many jobs of it there are.</param>
/// <param name="QueueWait">
/// For each run, the time from when the job could have gone, READY before the first run and RESTART_READY before a later one, to RUNNING. Staging in and
/// <c>Preprocess</c>, and the delay that a retry asked for, are part of it.
/// </param>
/// <param name="RunTime">For each run that has ended, however it ended, the time from RUNNING to the next step.</param>
public sealed record ApplicationDurations(ApplicationName Application, int Jobs, DurationQuantiles QueueWait, DurationQuantiles RunTime);
