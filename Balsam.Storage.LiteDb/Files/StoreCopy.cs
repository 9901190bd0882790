using System.Security.Cryptography;

namespace Balsam.Storage.LiteDb.Files;

/// <summary>A copy of a store file under another name: complete and on the disk before it has that name, and readable by its owner only.</summary>
internal static class StoreCopy
{
    private const int PagesAtOnce = 64;

    /// <summary>Refuses a place where a copy would overwrite something, or would meet what is left of another store.</summary>
    /// <exception cref="StoreFileException">There is something.</exception>
    public static void DemandFree(StorePaths target)
    {
        if (Directory.Exists(target.Data))
        {
            throw FileRefusals.Directory(target.Data);
        }

        if (new[] { target.Data, target.Log, target.Journal, target.NativeLog }.FirstOrDefault(File.Exists) is { } taken)
        {
            throw FileRefusals.Exists(target.Data, taken);
        }
    }

    /// <summary>Copies so many bytes of a file that nobody writes to meanwhile, looking at each page.</summary>
    /// <exception cref="PageDamagedException">A page is not as it was written; there is no copy.</exception>
    /// <exception cref="StoreFileException">The place is taken, or cannot be written.</exception>
    public static void Write(IFileDevice source, long length, StorePaths target, long identity, CancellationToken cancellationToken)
    {
        DemandFree(target);
        try
        {
            Directory.CreateDirectory(target.Parent);
            using (var file = new FileStream(target.Unfinished, PrivateFile.Options(FileMode.Create, FileAccess.Write, FileShare.None)))
            {
                Copy(source, length, file, NewIdentity(identity), cancellationToken);
                file.Flush(flushToDisk: true);
            }

            File.Move(target.Unfinished, target.Data, overwrite: false);
            DirectorySync.Sync(target.Parent);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            DeleteQuietly(target.Unfinished, exception);
            throw FileRefusals.ForIo(target.Data, exception);
        }
        catch
        {
            DeleteQuietly(target.Unfinished, null);
            throw;
        }
    }

    private static void Copy(IFileDevice source, long length, FileStream target, long identity, CancellationToken cancellationToken)
    {
        byte[] pages = new byte[PagesAtOnce * PageFormat.Size];
        for (long position = 0; position < length;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = source.Read(pages.AsSpan(0, (int)Math.Min(pages.Length, length - position)), position);
            for (int at = 0; at < count; at += PageFormat.Size)
            {
                Span<byte> page = pages.AsSpan(at, PageFormat.Size);
                if (count - at < PageFormat.Size || !PageSeal.IsWhole(page, position + at))
                {
                    throw new PageDamagedException((position + at) / PageFormat.Size);
                }

                if (position + at == 0)
                {
                    PageFormat.SetCreated(page, identity);
                    PageSeal.Seal(page, 0);
                }
            }

            if (count == 0)
            {
                throw new PageDamagedException(position / PageFormat.Size);
            }

            target.Write(pages, 0, count);
            position += count;
        }
    }

    // A store of its own: the log of the one it was copied from must never be taken for its log.
    private static long NewIdentity(long identity) => identity + 1 + RandomNumberGenerator.GetInt32(1, 1 << 30);

    // Somebody else's copy to the same place is theirs.
    private static void DeleteQuietly(string path, Exception? cause)
    {
        if (cause is not null && StoreLock.IsSharingViolation(cause))
        {
            return;
        }

        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The exception that is on its way says what the matter is.
        }
    }
}
