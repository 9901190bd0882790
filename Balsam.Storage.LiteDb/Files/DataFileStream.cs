namespace Balsam.Storage.LiteDb.Files;

/// <summary>
/// The store file as LiteDB sees it: pages that have the content that was written to them. It is written in a checkpoint only, and never before
/// the log that holds the same pages is durable.
/// </summary>
internal sealed class DataFileStream : EngineStream
{
    private readonly IFileDevice _device;
    private readonly LogScan _log;
    private readonly byte[] _page = new byte[PageFormat.Size];
    private byte[]? _newerHeader;
    private bool _mayBeTorn = true;
    private bool _dirty;

    /// <param name="device">The store file.</param>
    /// <param name="log">What its log held when it was opened: a power cut in a checkpoint may have left a part of a page of which the log has the whole.</param>
    public DataFileStream(IFileDevice device, LogScan log)
    {
        _device = device;
        _log = log;
        _newerHeader = log.HeaderPage;
    }

    /// <summary>Makes the log durable; called before the first write of a checkpoint.</summary>
    public Action BeforeWrites { get; set; } = static () => { };

    /// <summary>Says whether a checkpoint runs.</summary>
    public bool WritesAllowed { get; set; }

    /// <summary>The length in whole pages. A kill in a checkpoint can leave half a page at the end; the log has it, the next checkpoint writes it.</summary>
    public override long Length => _device.Length / PageFormat.Size * PageFormat.Size;

    public override void Flush()
    {
        if (_dirty)
        {
            _device.Sync();
            _dirty = false;
            _mayBeTorn = false;
        }
    }

    /// <summary>Says whether a page as it stands in the file has the content that was written to it, or need not have it, since the log has the page.</summary>
    public bool IsWhole(ReadOnlySpan<byte> page, long position) => PageSeal.IsWhole(page, position) || (_mayBeTorn && _log.Holds((uint)(position / PageFormat.Size)));

    public override void SetLength(long value) => throw new NotSupportedException("The store file is never cut.");

    /// <summary>
    /// Takes the room on the disk that a checkpoint will need, before it begins: a disk that is full then is met where nothing has begun.
    /// </summary>
    /// <exception cref="IOException">There is no room; the file is as long as it was.</exception>
    public void Reserve(long pages)
    {
        long before = _device.Length;
        byte[] blank = new byte[16 * PageFormat.Size];
        try
        {
            for (long position = before; position < pages * PageFormat.Size; position += blank.Length)
            {
                _device.Write(blank.AsSpan(0, (int)Math.Min(blank.Length, (pages * PageFormat.Size) - position)), position);
            }
        }
        catch (IOException)
        {
            _device.SetLength(before);
            throw;
        }
    }

    /// <summary>
    /// Seals the pages of a file that were written without: as they are, from now on. The header page is the last, so that what a kill leaves is
    /// gone on with. Four bytes of a page are written, so no page can be torn.
    /// </summary>
    public void SealOldPages()
    {
        if (_device.Read(_page, 0) < _page.Length || PageSeal.IsSealed(_page))
        {
            return;
        }

        for (long index = (Length / PageFormat.Size) - 1; index >= 0; index--)
        {
            long position = index * PageFormat.Size;
            _device.Read(_page, position);
            if (!PageSeal.IsSealed(_page) && PageSeal.IsWhole(_page, position))
            {
                PageSeal.Seal(_page, position);
                _device.Write(_page.AsSpan(PageFormat.TransactionAt, sizeof(uint)), position + PageFormat.TransactionAt);
            }
        }

        _device.Sync();
    }

    protected override void ReadWhole(Span<byte> buffer, long position)
    {
        long index = Math.DivRem(position, PageFormat.Size, out long offset);
        if (offset == 0 && buffer.Length == PageFormat.Size)
        {
            ReadPage(buffer, index);
            return;
        }

        if (offset + buffer.Length > PageFormat.Size)
        {
            throw new NotSupportedException("The store file is read page by page.");
        }

        Span<byte> page = new byte[PageFormat.Size];
        ReadPage(page, index);
        page.Slice((int)offset, buffer.Length).CopyTo(buffer);
    }

    protected override void WriteWhole(ReadOnlySpan<byte> buffer, long position)
    {
        long index = Math.DivRem(position, PageFormat.Size, out long offset);
        if (!WritesAllowed || offset != 0 || buffer.Length != PageFormat.Size)
        {
            throw new InvalidOperationException(
                $"LiteDB wrote {buffer.Length} bytes at {position} of the store file{(WritesAllowed ? "." : ", outside a checkpoint.")}");
        }

        if (!_dirty)
        {
            BeforeWrites();
            _dirty = true;
        }

        buffer.CopyTo(_page);
        PageSeal.Seal(_page, position);
        _device.Write(_page, position);
        if (index == 0)
        {
            _newerHeader = null;
        }
    }

    private void ReadPage(Span<byte> page, long index)
    {
        if (index == 0 && _newerHeader is { } newer)
        {
            newer.CopyTo(page);
            return;
        }

        if (_device.Read(page, index * PageFormat.Size) < page.Length || !PageSeal.IsWhole(page, index * PageFormat.Size))
        {
            throw new PageDamagedException(index);
        }

        PageSeal.Remove(page);
    }
}
