namespace Balsam.Launch.Cleanup;

/// <summary>What a clean-up would remove of one job.</summary>
/// <param name="Job">The job.</param>
/// <param name="Files">The files. Directories that become empty go too, where a pattern means them.</param>
/// <param name="WaitsFor">What must end before anything is removed, in words; null when nothing must.</param>
/// <param name="Problems">What could not be looked at.</param>
public sealed record JobCleanup(Job Job, IReadOnlyList<CleanupFile> Files, string? WaitsFor, IReadOnlyList<string> Problems)
{
    /// <summary>How many bytes the files have.</summary>
    public long Bytes => Files.Sum(file => file.Bytes);
}
