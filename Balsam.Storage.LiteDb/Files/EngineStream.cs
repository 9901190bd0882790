namespace Balsam.Storage.LiteDb.Files;

/// <summary>What both streams below LiteDB share. LiteDB locks the stream around each access and may dispose it; its owner closes the device.</summary>
internal abstract class EngineStream : Stream
{
    public sealed override bool CanRead => true;

    public sealed override bool CanSeek => true;

    public sealed override bool CanWrite => true;

    public sealed override long Position { get; set; }

    public sealed override long Seek(long offset, SeekOrigin origin)
    {
        Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Position + offset,
            _ => Length + offset,
        };
        return Position;
    }

    public sealed override int Read(byte[] buffer, int offset, int count)
    {
        ReadWhole(buffer.AsSpan(offset, count), Position);
        Position += count;
        return count;
    }

    public sealed override void Write(byte[] buffer, int offset, int count)
    {
        WriteWhole(buffer.AsSpan(offset, count), Position);
        Position += count;
    }

    /// <summary>Fills the buffer or throws: LiteDB does not look at the count and would take old memory for the page.</summary>
    protected abstract void ReadWhole(Span<byte> buffer, long position);

    protected abstract void WriteWhole(ReadOnlySpan<byte> buffer, long position);
}
