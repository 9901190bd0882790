namespace Balsam.Launch.Cleanup;

/// <summary>A finished job with files to remove.</summary>
/// <param name="Job">The job.</param>
/// <param name="Patterns">The patterns of its application.</param>
/// <param name="WaitsFor">What must end before, in words; null when nothing must.</param>
internal sealed record CleanupCandidate(Job Job, IReadOnlyList<string> Patterns, string? WaitsFor);
