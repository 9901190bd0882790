namespace Balsam.Storage.LiteDb.Files;

/// <summary>The store file and its log, open, checked and still as they were found.</summary>
internal sealed record OpenedDevices(IFileDevice Data, IFileDevice Log, LogScan Scan, long Identity) : IDisposable
{
    /// <summary>Opens both; makes the store file when there is none. The caller holds the lock.</summary>
    public static OpenedDevices Open(StorePaths paths, Func<string, IFileDevice> open)
    {
        DataFileCheck.NativeLog(paths);
        MakeIfMissing(paths, open);
        IFileDevice data = open(paths.Data);
        IFileDevice? log = null;
        try
        {
            long identity = DataFileCheck.Header(paths, data, out uint lastPageId);
            log = open(paths.Log);
            var scan = LogScan.Read(log);
            DataFileCheck.Log(paths, identity, scan);
            DataFileCheck.Pages(paths, data.Length, lastPageId, scan);
            if (log.Length > 0)
            {
                // A commit that nobody was told of is seen from now on, so it must not vanish later; nor may a cut one come back.
                log.Sync();
            }

            return new OpenedDevices(data, log, scan, identity);
        }
        catch
        {
            log?.Dispose();
            data.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Log.Dispose();
        Data.Dispose();
    }

    private static void MakeIfMissing(StorePaths paths, Func<string, IFileDevice> open)
    {
        if (File.Exists(paths.Data))
        {
            return;
        }

        if (File.Exists(paths.Log))
        {
            using IFileDevice log = open(paths.Log);
            if (LogScan.Read(log) is { Salt: not null } or { IsForeignContent: true })
            {
                throw FileRefusals.LogWithoutFile(paths);
            }
        }

        NewStoreFile.Create(paths);
    }
}
