namespace Balsam.Storage.LiteDb.Files;

/// <summary>The store file, its log and its journal, open, checked and still as they were found.</summary>
internal sealed record OpenedDevices(IFileDevice Data, IFileDevice Log, LogScan Scan, Journal Journal, long Identity) : IDisposable
{
    /// <summary>Opens them; makes the store file when there is none. The caller holds the lock.</summary>
    public static OpenedDevices Open(StorePaths paths, LiteDbFileOptions options, LogMark mark)
    {
        Func<string, IFileDevice> open = options.OpenDevice;
        DataFileCheck.NativeLog(paths);
        MakeIfMissing(paths, options, mark);
        IFileDevice data = open(paths.Data);
        IFileDevice? log = null;
        IFileDevice? journal = null;
        try
        {
            long identity = DataFileCheck.Header(paths, data, out uint lastPageId, out bool isWhole);
            if (options.Identity is { } expected && identity != expected && isWhole)
            {
                throw FileRefusals.Gone(paths.Data);
            }

            log = open(paths.Log);
            DirectorySync.Sync(paths.Parent);
            var scan = LogScan.Read(log);
            DataFileCheck.HeaderAndLog(paths, identity, isWhole, scan);
            DataFileCheck.Mark(paths, mark, scan);
            DataFileCheck.Pages(paths, data.Length, lastPageId, scan);
            journal = open(paths.Journal);
            var opened = Journal.Open(paths, journal, identity);
            if (log.Length > 0)
            {
                // A commit that nobody was told of is seen from now on, so it must not vanish later; nor may a cut one come back.
                log.Sync();
            }

            return new OpenedDevices(data, log, scan, opened, identity);
        }
        catch
        {
            journal?.Dispose();
            log?.Dispose();
            data.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Journal.Dispose();
        Log.Dispose();
        Data.Dispose();
    }

    private static void MakeIfMissing(StorePaths paths, LiteDbFileOptions options, LogMark mark)
    {
        if (File.Exists(paths.Data))
        {
            return;
        }

        if (options.Identity is not null)
        {
            throw FileRefusals.Gone(paths.Data);
        }

        if (File.Exists(paths.Log))
        {
            using IFileDevice log = options.OpenDevice(paths.Log);
            if (LogScan.Read(log) is { Salt: not null } or { IsForeignContent: true })
            {
                throw FileRefusals.LogWithoutFile(paths);
            }
        }

        if (File.Exists(paths.Journal))
        {
            using IFileDevice journal = options.OpenDevice(paths.Journal);
            if (Journal.HoldsRecords(journal))
            {
                throw FileRefusals.JournalWithoutFile(paths);
            }
        }

        if (mark.Read() is not null)
        {
            throw FileRefusals.FileAndLogGone(paths);
        }

        NewStoreFile.Create(paths);
    }
}
