using System.Diagnostics;

namespace Balsam.Storage.LiteDb.Files;

/// <summary>
/// The exclusive hold on a store file. The operating system drops it when the process ends, however it ends, so a dead holder never
/// stands in the way.
/// </summary>
/// <remarks>
/// The lock file is never deleted: between the deletion and the next creation two openers could hold locks on two files of that name.
/// Who holds it stands in a file of its own, because a file held with <see cref="FileShare.None"/> cannot be read by the others.
/// </remarks>
internal sealed class StoreLock : IDisposable
{
    private static readonly TimeSpan PatienceWithTheDead = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly FileStream _held;
    private readonly string _ownerPath;

    private StoreLock(FileStream held, string ownerPath)
    {
        _held = held;
        _ownerPath = ownerPath;
        Mark = new LogMark(held.SafeFileHandle, 0);
        JournalMark = new LogMark(held.SafeFileHandle, 1);
    }

    /// <summary>How long the log is known to be.</summary>
    public LogMark Mark { get; }

    /// <summary>The last event that the journal was acknowledged to hold.</summary>
    public LogMark JournalMark { get; }

    /// <summary>Takes the lock.</summary>
    /// <exception cref="StoreLockedException">Another opener holds it.</exception>
    /// <exception cref="StoreFileException">The lock file cannot be made, or files are not locked here.</exception>
    public static StoreLock Acquire(StorePaths paths, TimeProvider clock)
    {
        FileStream held = OpenBehindTheDead(paths) ?? throw new StoreLockedException(paths.Data, ReadHolder(paths.Owner));
        try
        {
            using FileStream? second = Open(paths);
            if (second is not null)
            {
                throw new StoreFileException(
                    StoreFileProblem.LockingUnavailable,
                    paths.Data,
                    "is in a place where files cannot be locked, so that a second opener could destroy it.",
                    "Put it on a file system with locks, and do not set System.IO.DisableFileLocking.");
            }

            WriteHolder(paths.Owner, LockHolder.Current(clock.GetUtcNow()));
            return new StoreLock(held, paths.Owner);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (!_held.SafeFileHandle.IsClosed)
        {
            DeleteQuietly(_ownerPath);
            _held.Dispose();
        }
    }

    /// <summary>
    /// Opens the lock file. A process that was killed while it started another leaves its descriptors, and so the lock, to that one until it has become its
    /// program: a moment as a rule. Whoever comes right after the kill waits for it rather than being told that a dead process holds the store.
    /// </summary>
    private static FileStream? OpenBehindTheDead(StorePaths paths)
    {
        long start = Stopwatch.GetTimestamp();
        using var pause = new ManualResetEventSlim();
        while (true)
        {
            FileStream? held = Open(paths);
            if (held is not null || Stopwatch.GetElapsedTime(start) >= PatienceWithTheDead || ReadHolder(paths.Owner)?.HasEnded() != true)
            {
                return held;
            }

            pause.Wait(Pause);
        }
    }

    private static FileStream? Open(StorePaths paths)
    {
        try
        {
            return new FileStream(paths.Lock, PrivateFile.Options(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception ex) when (IsSharingViolation(ex))
        {
            return null;
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw FileRefusals.ForIo(paths.Data, ex);
        }
    }

    /// <summary>Says whether an open failed because of another holder: EWOULDBLOCK on Unix, ERROR_SHARING_VIOLATION on Windows.</summary>
    internal static bool IsSharingViolation(Exception exception) =>
        exception is IOException and not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException)
        && exception.HResult is 11 or 35 or unchecked((int)0x80070020);

    private static LockHolder? ReadHolder(string path)
    {
        try
        {
            return LockHolder.Parse(File.ReadAllText(path));
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The record is a courtesy: without it, on a full disk for example, the lock holds all the same.</summary>
    private static void WriteHolder(string path, LockHolder holder)
    {
        try
        {
            File.Delete(path);
            using var file = new FileStream(path, PrivateFile.Options(FileMode.CreateNew, FileAccess.Write, FileShare.Read));
            using var writer = new StreamWriter(file);
            writer.Write(holder.ToText());
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            DeleteQuietly(path);
        }
    }

    private static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            // The record of a past holder misleads nobody: it is read only while the lock is held.
        }
    }
}
