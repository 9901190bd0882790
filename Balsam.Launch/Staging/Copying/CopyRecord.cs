namespace Balsam.Launch.Staging.Copying;

/// <summary>How far one file of an item is.</summary>
/// <param name="Path">The file, below the item; empty when the item is a file.</param>
/// <param name="Size">The size of the source.</param>
/// <param name="Version">The version of the source.</param>
/// <param name="Length">How many bytes have been written.</param>
/// <param name="Hash">Their checksum, XXH128 in hexadecimal.</param>
/// <param name="IsWhole">Whether they are all.</param>
/// <param name="Arrived">The version that the destination then gave to what was written; null before.</param>
internal sealed record CopyRecord(string Path, long? Size, string? Version, long Length, string Hash, bool IsWhole, string? Arrived)
{
    /// <summary>Whether it is still about what stands at the source.</summary>
    public bool IsOf(FileEntry entry) => Version is not null && Version == entry.Version && Size == entry.Size;
}
