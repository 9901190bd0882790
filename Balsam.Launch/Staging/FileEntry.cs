namespace Balsam.Launch.Staging;

/// <summary>A file or directory of a tree.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Its size in bytes; null when the other end does not say.</param>
/// <param name="Version">What changes when its contents do, as the other end tells it: a time of modification, an ETag; null when nothing is known.</param>
/// <param name="Mode">The permissions; null when nothing is known.</param>
public sealed record FileEntry(string Path, FileEntryKind Kind, long? Size, string? Version, UnixFileMode? Mode)
{
    /// <summary>What a symbolic link leads to, as it says itself; null when it is none, or when the other end does not tell.</summary>
    public string? LinkTarget { get; init; }
}
