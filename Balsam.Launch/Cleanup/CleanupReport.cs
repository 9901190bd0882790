namespace Balsam.Launch.Cleanup;

/// <summary>What a clean-up did.</summary>
/// <param name="Jobs">How many jobs are cleaned up.</param>
/// <param name="Files">How many files and links were removed.</param>
/// <param name="Bytes">How many bytes they had.</param>
/// <param name="Problems">How many could not be removed or looked at; the launcher's log and the jobs' <c>balsam.log</c> name them. They are not tried again.</param>
/// <param name="Waiting">How many jobs are left for later: others that have not ended may need their files.</param>
public sealed record CleanupReport(int Jobs, long Files, long Bytes, int Problems, int Waiting);
