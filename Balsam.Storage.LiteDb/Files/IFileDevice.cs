namespace Balsam.Storage.LiteDb.Files;

/// <summary>One file as the streams below LiteDB see it; tests put disks that fill up and machines that lose power in its place.</summary>
internal interface IFileDevice : IDisposable
{
    /// <summary>The length in bytes.</summary>
    long Length { get; }

    /// <summary>Says whether the path still leads to this file: it may have been deleted, moved or replaced while it is open. True where this cannot be told.</summary>
    bool IsInPlace => true;

    /// <summary>Reads at a position until the buffer is full or the file ends; returns the number of bytes.</summary>
    int Read(Span<byte> buffer, long position);

    /// <summary>Writes the whole buffer at a position.</summary>
    void Write(ReadOnlySpan<byte> buffer, long position);

    /// <summary>Cuts or extends the file.</summary>
    void SetLength(long length);

    /// <summary>Returns when everything written is on stable storage.</summary>
    void Sync();
}
