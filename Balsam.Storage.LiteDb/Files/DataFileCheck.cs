namespace Balsam.Storage.LiteDb.Files;

/// <summary>Looks at a store file before LiteDB does, which would cut, complete or overwrite what it does not understand.</summary>
internal static class DataFileCheck
{
    private const UnixFileMode AnyRead = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode AnyWrite = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Says whether the file exists; throws when the path cannot be a store's. Reads only.</summary>
    public static bool BeforeLock(StorePaths paths)
    {
        if (Directory.Exists(paths.Data))
        {
            throw FileRefusals.Directory(paths.Data);
        }

        if (Directory.Exists(paths.Parent))
        {
            RefuseByMode(paths, paths.Parent, "its directory");
        }

        if (!File.Exists(paths.Data))
        {
            return false;
        }

        RefuseByMode(paths, paths.Data, "the file");
        if (!File.Exists(paths.Lock))
        {
            LookAtHeader(paths);
        }

        return true;
    }

    /// <summary>A file that was never a store is refused before a lock file is put beside it.</summary>
    private static void LookAtHeader(StorePaths paths)
    {
        try
        {
            using var file = new FileStream(paths.Data, PrivateFile.Options(FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            Span<byte> page = stackalloc byte[PageFormat.Size];
            long length = file.Length;
            int count = file.ReadAtLeast(page, page.Length, throwOnEndOfStream: false);
            CheckHeader(paths.Data, length, page[..count]);
        }
        catch (Exception ex) when (StoreLock.IsSharingViolation(ex))
        {
            // Somebody has it open: taking the lock will tell who.
        }
        catch (Exception ex) when (ex is (IOException or UnauthorizedAccessException) and not StoreFileException)
        {
            throw FileRefusals.ForIo(paths.Data, ex);
        }
    }

    /// <summary>Looks at the header page and returns the identity of the file, as far as the page can be trusted.</summary>
    public static long Header(StorePaths paths, IFileDevice device, out uint lastPageId, out bool isWhole)
    {
        Span<byte> page = stackalloc byte[PageFormat.Size];
        int count = device.Read(page, 0);
        CheckHeader(paths.Data, device.Length, page[..count]);
        lastPageId = PageFormat.LastPageId(page);
        isWhole = count == page.Length && PageSeal.IsWhole(page, 0);
        return PageFormat.Created(page);
    }

    /// <summary>Checks that every page the store needs is in the file or in its log.</summary>
    public static void Pages(StorePaths paths, long length, uint lastPageId, LogScan log)
    {
        long pages = Math.DivRem(length, PageFormat.Size, out long rest);
        if (rest != 0 && log.UsableFrames == 0)
        {
            throw FileRefusals.PartPage(paths.Data, length);
        }

        long needed = (log.LastPageId ?? lastPageId) + 1L;
        for (long page = pages; page < needed; page++)
        {
            if (!log.Holds((uint)page))
            {
                throw FileRefusals.Truncated(paths.Data, length, needed * PageFormat.Size);
            }
        }
    }

    /// <summary>Checks that the header page of the file, or the newer one in the log, is whole, and that the log can be trusted and belongs to the file.</summary>
    public static void HeaderAndLog(StorePaths paths, long identity, bool isWhole, LogScan log)
    {
        if (!isWhole && (!log.Holds(0) || log.Identity != identity))
        {
            throw FileRefusals.PageDamaged(paths.Data, new PageDamagedException(0));
        }

        if (log.IsForeignContent)
        {
            throw FileRefusals.LogNotReadable(paths);
        }

        if (log.Salt is not null && log.Identity != identity)
        {
            throw FileRefusals.LogForeign(paths);
        }

        if (log.WholeFrames < log.DurableFrames)
        {
            throw FileRefusals.LogDamaged(paths, log.WholeFrames, log.DurableFrames);
        }
    }

    /// <summary>Checks that the log is as long as it is known to have been.</summary>
    public static void Mark(StorePaths paths, LogMark mark, LogScan log)
    {
        if (mark.Read() is var (salt, frames) && (log.Salt != salt || log.UsableFrames < frames))
        {
            throw FileRefusals.LogMissing(paths, log.UsableFrames, frames);
        }
    }

    /// <summary>Refuses when another LiteDB program left a log of its own.</summary>
    public static void NativeLog(StorePaths paths)
    {
        if (new FileInfo(paths.NativeLog) is { Exists: true, Length: > 0 })
        {
            throw FileRefusals.LogUnmerged(paths);
        }
    }

    private static void CheckHeader(string path, long length, ReadOnlySpan<byte> start)
    {
        if (length == 0)
        {
            throw FileRefusals.Empty(path);
        }

        byte? version = null;
        if (start.Length >= PageFormat.HeaderProbe)
        {
            if (PageFormat.IsEncrypted(start))
            {
                throw FileRefusals.Encrypted(path);
            }

            version = PageFormat.Version(start) ?? PageFormat.OldVersion(start);
        }

        if (version is null)
        {
            throw FileRefusals.NotLiteDb(path, length, start);
        }

        if (version != PageFormat.FileVersion)
        {
            throw FileRefusals.OtherVersion(path, version.Value);
        }

        if (length < PageFormat.Size)
        {
            throw FileRefusals.Truncated(path, length, (PageFormat.LastPageId(start) + 1L) * PageFormat.Size);
        }
    }

    /// <summary>The superuser may write everything; a file or directory that nobody was meant to write is refused all the same.</summary>
    private static void RefuseByMode(StorePaths paths, string path, string what)
    {
        if (OperatingSystem.IsWindows())
        {
            if (File.Exists(path) && new FileInfo(path).IsReadOnly)
            {
                throw FileRefusals.ReadOnly(paths.Data, what);
            }

            return;
        }

        UnixFileMode mode = File.GetUnixFileMode(path);
        if ((mode & AnyRead) == 0)
        {
            throw FileRefusals.NoPermission(paths.Data, what, null);
        }

        if ((mode & AnyWrite) == 0)
        {
            throw FileRefusals.ReadOnly(paths.Data, what);
        }
    }
}
