namespace Balsam.Storage.LiteDb.Files;

/// <summary>What a reading of the whole log found; nothing is changed by it.</summary>
internal sealed class LogScan
{
    private readonly HashSet<uint> _pages = [];
    private readonly Dictionary<uint, List<uint>> _open = [];

    private LogScan()
    {
    }

    /// <summary>The salt of this log; null when it has no readable header, which is so before anything in it was durable.</summary>
    public ulong? Salt { get; private set; }

    /// <summary>The identity of the file the log belongs to.</summary>
    public long Identity { get; private set; }

    /// <summary>The frames up to the last one that ends a transaction, all of them whole.</summary>
    public long UsableFrames { get; private set; }

    /// <summary>The frames that were acknowledged as durable, as far as later frames tell.</summary>
    public long DurableFrames { get; private set; }

    /// <summary>The first frame that is not whole, or the number of frames.</summary>
    public long WholeFrames { get; private set; }

    /// <summary>The highest page id in the newest header page of the log; null when the log has none.</summary>
    public uint? LastPageId { get; private set; }

    /// <summary>The newest header page of a confirmed transaction; null when the log has none.</summary>
    public byte[]? HeaderPage { get; private set; }

    /// <summary>The highest number of a page in the log; -1 for none.</summary>
    public long HighestPage { get; private set; } = -1;

    /// <summary>Says whether the log is not empty and yet has no header: not something a crash leaves.</summary>
    public bool IsForeignContent { get; private set; }

    /// <summary>Says whether a confirmed transaction of the log holds the page.</summary>
    public bool Holds(uint pageId) => _pages.Contains(pageId);

    /// <summary>Reads the log.</summary>
    public static LogScan Read(IFileDevice device)
    {
        var scan = new LogScan();
        Span<byte> header = stackalloc byte[LogFormat.HeaderSize];
        if (device.Length < LogFormat.HeaderSize || device.Read(header, 0) < LogFormat.HeaderSize)
        {
            return scan;
        }

        if (LogFormat.TryReadHeader(header, out ulong salt, out long identity))
        {
            scan.Salt = salt;
            scan.Identity = identity;
            scan.ReadFrames(device, salt);
        }
        else
        {
            scan.IsForeignContent = !IsBlank(device);
        }

        return scan;
    }

    private void ReadFrames(IFileDevice device, ulong salt)
    {
        long count = (device.Length - LogFormat.HeaderSize) / LogFormat.FrameSize;
        WholeFrames = count;
        byte[] frame = new byte[LogFormat.FrameSize];
        for (long index = 0; index < count; index++)
        {
            device.Read(frame, LogFormat.PositionOf(index));
            if (!LogFormat.IsWhole(frame, salt, index))
            {
                WholeFrames = Math.Min(WholeFrames, index);
                continue;
            }

            DurableFrames = Math.Max(DurableFrames, LogFormat.DurableFrames(frame));
            if (WholeFrames == count)
            {
                Follow(LogFormat.Page(frame), index);
            }
        }
    }

    private void Follow(ReadOnlySpan<byte> page, long index)
    {
        uint transaction = PageFormat.TransactionId(page);
        if (!_open.TryGetValue(transaction, out List<uint>? pages))
        {
            _open[transaction] = pages = [];
        }

        pages.Add(PageFormat.PageId(page));
        HighestPage = Math.Max(HighestPage, PageFormat.PageId(page));
        if (!PageFormat.IsConfirmed(page))
        {
            return;
        }

        _pages.UnionWith(pages);
        _open.Remove(transaction);
        UsableFrames = index + 1;
        if (PageFormat.IsHeader(page))
        {
            LastPageId = PageFormat.LastPageId(page);
            HeaderPage ??= new byte[PageFormat.Size];
            page.CopyTo(HeaderPage);
            PageFormat.ClearTransaction(HeaderPage);
        }
    }

    private static bool IsBlank(IFileDevice device)
    {
        byte[] chunk = new byte[64 * 1024];
        long position = 0;
        int count;
        while ((count = device.Read(chunk, position)) > 0)
        {
            if (chunk.AsSpan(0, count).ContainsAnyExcept((byte)0))
            {
                return false;
            }

            position += count;
        }

        return true;
    }
}
