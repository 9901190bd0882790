namespace Balsam.Storage.LiteDb.Files;

/// <summary>
/// The store file as LiteDB sees it. It is written in a checkpoint only, and never before the log that holds the same pages is durable.
/// </summary>
internal sealed class DataFileStream(IFileDevice device) : EngineStream
{
    private bool _dirty;

    /// <summary>Makes the log durable; called before the first write of a checkpoint.</summary>
    public Action BeforeWrites { get; set; } = static () => { };

    /// <summary>Says whether a checkpoint runs.</summary>
    public bool WritesAllowed { get; set; }

    /// <summary>The length in whole pages. A kill in a checkpoint can leave half a page at the end; the log has it, the next checkpoint writes it.</summary>
    public override long Length => device.Length / PageFormat.Size * PageFormat.Size;

    public override void Flush()
    {
        if (_dirty)
        {
            device.Sync();
            _dirty = false;
        }
    }

    public override void SetLength(long value) => throw new NotSupportedException("The store file is never cut.");

    protected override void ReadWhole(Span<byte> buffer, long position)
    {
        if (device.Read(buffer, position) < buffer.Length)
        {
            throw new EndOfStreamException($"The store file ends before byte {position + buffer.Length}.");
        }
    }

    protected override void WriteWhole(ReadOnlySpan<byte> buffer, long position)
    {
        if (!WritesAllowed)
        {
            throw new InvalidOperationException("The store file is written in a checkpoint only.");
        }

        if (!_dirty)
        {
            BeforeWrites();
            _dirty = true;
        }

        device.Write(buffer, position);
    }
}
