using Balsam.Storage.LiteDb.Files;

namespace Balsam.Storage.LiteDb.Care;

/// <summary>The pages of a damaged store as they stand in its file, or newer in its log; read only, and without LiteDB.</summary>
internal sealed class SalvagedPages : IDisposable
{
    private readonly FileDevice _data;
    private readonly FileDevice? _log;
    private readonly Dictionary<uint, long> _newer = [];
    private readonly byte[] _frame = new byte[LogFormat.FrameSize];

    private SalvagedPages(FileDevice data, FileDevice? log)
    {
        _data = data;
        _log = log;
    }

    /// <summary>How many pages there are.</summary>
    public long Count { get; private set; }

    /// <summary>Why the end of the log could not be used; null when all of it was, or there is none.</summary>
    public string? LogLoss { get; private set; }

    /// <summary>The whole records of the journal, in order; those that the file has as well are among them.</summary>
    public IReadOnlyList<JournalRecord> Journal { get; private set; } = [];

    /// <exception cref="StoreFileException">The file is not one of LiteDB, as far as its first page can tell, or is held by a store.</exception>
    public static SalvagedPages Open(StorePaths paths)
    {
        FileDevice data = FileDevice.OpenToRead(paths.Data);
        FileDevice? log = null;
        try
        {
            if (data.Length < PageFormat.Size)
            {
                throw data.Length == 0 ? FileRefusals.Empty(paths.Data) : FileRefusals.Truncated(paths.Data, data.Length, PageFormat.Size);
            }

            log = File.Exists(paths.Log) ? FileDevice.OpenToRead(paths.Log) : null;
            var pages = new SalvagedPages(data, log);
            pages.ReadLog(paths);
            pages.Journal = File.Exists(paths.Journal) ? Files.Journal.Salvage(File.ReadAllBytes(paths.Journal)) : [];
            pages.Count = Math.Max(data.Length / PageFormat.Size, pages._newer.Keys.Select(page => page + 1L).DefaultIfEmpty(0).Max());
            return pages;
        }
        catch
        {
            log?.Dispose();
            data.Dispose();
            throw;
        }
    }

    /// <summary>Reads a page.</summary>
    /// <returns>Whether it is as it was written, as far as can be told.</returns>
    public bool Read(long page, Span<byte> buffer)
    {
        if (_newer.TryGetValue((uint)page, out long frame))
        {
            _log!.Read(_frame, LogFormat.PositionOf(frame));
            LogFormat.Page(_frame).CopyTo(buffer);
            return true;
        }

        long position = page * PageFormat.Size;
        return _data.Read(buffer, position) == PageFormat.Size && PageSeal.IsWhole(buffer, position) && PageFormat.PageId(buffer) == page;
    }

    public void Dispose()
    {
        _log?.Dispose();
        _data.Dispose();
    }

    private void ReadLog(StorePaths paths)
    {
        if (_log is null || _log.Length == 0)
        {
            return;
        }

        var scan = LogScan.Read(_log);
        byte[] header = new byte[PageFormat.Size];
        _data.Read(header, 0);
        if (scan.Salt is null)
        {
            LogLoss = scan.IsForeignContent ? $"the log '{paths.Log}' does not begin as a log does; nothing of it was used." : null;
        }
        else if (PageSeal.IsWhole(header, 0) && PageFormat.Version(header) is not null && PageFormat.Created(header) != scan.Identity)
        {
            LogLoss = $"the log '{paths.Log}' belongs to another store; nothing of it was used.";
        }
        else
        {
            Follow(scan.UsableFrames);
            LogLoss = scan.WholeFrames < scan.DurableFrames
                ? FormattableString.Invariant($"the log '{paths.Log}' cannot be read at page {scan.WholeFrames}, and {scan.DurableFrames} pages of it were acknowledged; writes behind that are lost.")
                : null;
        }
    }

    private void Follow(long frames)
    {
        Dictionary<uint, List<(uint Page, long Frame)>> open = [];
        for (long frame = 0; frame < frames; frame++)
        {
            _log!.Read(_frame, LogFormat.PositionOf(frame));
            ReadOnlySpan<byte> page = LogFormat.Page(_frame);
            uint transaction = PageFormat.TransactionId(page);
            List<(uint Page, long Frame)> written = open.TryGetValue(transaction, out List<(uint, long)>? earlier) ? earlier : open[transaction] = [];
            written.Add((PageFormat.PageId(page), frame));
            if (PageFormat.IsConfirmed(page))
            {
                written.ForEach(each => _newer[each.Page] = each.Frame);
                open.Remove(transaction);
            }
        }
    }
}
