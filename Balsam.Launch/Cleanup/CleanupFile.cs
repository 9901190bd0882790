namespace Balsam.Launch.Cleanup;

/// <summary>A file that a clean-up removes.</summary>
/// <param name="Path">Its path from the job's workdir.</param>
/// <param name="Bytes">Its size; 0 for a symbolic link, of which only the link goes.</param>
public sealed record CleanupFile(string Path, long Bytes);
