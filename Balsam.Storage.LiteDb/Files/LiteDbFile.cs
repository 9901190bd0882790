using System.Runtime.ExceptionServices;
using LiteDB;
using LiteDB.Engine;

namespace Balsam.Storage.LiteDb.Files;

/// <summary>
/// The owner of one store file: lock, log, LiteDB engine. A commit returns when it is on stable storage; a kill at any instant leaves a file
/// that opens with every commit that returned and no part of one that did not.
/// </summary>
/// <remarks>
/// All use of the engine goes through one lock. LiteDB's page cache can hand a page to a second user while the first still reads it
/// (MemoryCache.Extend between lookup and share count); with readers beside the writer this could even reach the file. Waiting for the disk
/// happens outside that lock, so readers wait for the processor part of a commit only. They may see a commit that is not durable yet.
/// </remarks>
internal sealed partial class LiteDbFile : IDisposable
{
    // A checkpoint that found no room is tried again when the log is longer by this part.
    private const int PutOffBy = 8;

    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int TooLarge = 27;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    // Whoever copies or looks at the file as it stands on disk holds this, always taken before the others: a checkpoint would change it under their hands.
    private readonly Lock _copying = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _commits = new();
    private readonly Lock _engine = new();
    private InlineScheduler _scheduler = new();
    private readonly LiteDbFileOptions _options;
    private readonly StorePaths _paths;
    private readonly StoreLock _lock;
    private readonly IFileDevice _dataDevice;
    private readonly IFileDevice _logDevice;
    private readonly DataFileStream _data;
    private readonly DurableLogStream _log;
    private readonly Journal _journal;
    private LiteDatabase _database;
    private long _reserveAt;
    private volatile Exception? _fault;
    private bool _disposed;

    private LiteDbFile(StorePaths paths, LiteDbFileOptions options, StoreLock held, OpenedDevices devices)
    {
        _paths = paths;
        _options = options;
        _lock = held;
        _dataDevice = devices.Data;
        _logDevice = devices.Log;
        _data = new DataFileStream(_dataDevice, devices.Scan);
        _log = new DurableLogStream(_logDevice, devices.Scan, devices.Identity, held.Mark, _data.Flush);
        Identity = devices.Identity;
        _data.BeforeWrites = _log.Sync;
        _journal = devices.Journal;
        _database = OpenDatabase();
    }

    /// <summary>The full path of the store file.</summary>
    public string Path => _paths.Data;

    /// <summary>What tells the file from any other of the same name.</summary>
    public long Identity { get; }

    /// <summary>The database. Not to be used outside the delegates of <see cref="Read"/>, <see cref="Commit"/> and <see cref="Maintain"/>.</summary>
    public LiteDatabase Database => _database;

    /// <summary>The bytes of commits that are in the log and not yet in the file.</summary>
    public long LogLength => _log.Length;

    /// <summary>Says whether the log is so long that <see cref="Checkpoint"/> should be called.</summary>
    public bool CheckpointDue => LogLength >= Math.Max(_options.CheckpointAt, Interlocked.Read(ref _reserveAt));

    /// <summary>Says whether the file can no longer be used: dispose it and open it again.</summary>
    public bool IsFaulted => _fault is not null;

    /// <summary>Says whether the file was deleted, moved or replaced while it is open. It can still be read; it cannot be opened again.</summary>
    public bool IsDisplaced => !_dataDevice.IsInPlace || !_logDevice.IsInPlace || !_journal.IsInPlace;

    /// <summary>Opens the store file at a path, or makes a new one, with its directory.</summary>
    /// <exception cref="StoreLockedException">Another opener holds it.</exception>
    /// <exception cref="StoreFileException">It is not a store file that can be used; it was left as it was.</exception>
    public static LiteDbFile Open(string path, LiteDbFileOptions? options = null)
    {
        options ??= new LiteDbFileOptions();
        StorePaths paths = StorePaths.Of(path);
        try
        {
            if (!DataFileCheck.BeforeLock(paths))
            {
                PrivateFile.MakeDirectory(paths.Parent);
            }

            StoreLock held = StoreLock.Acquire(paths, options.Clock);
            try
            {
                return OpenLocked(paths, options, held);
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        catch (Exception ex) when (ex is (IOException or UnauthorizedAccessException) and not StoreFileException)
        {
            throw FileRefusals.ForIo(paths.Data, ex);
        }
    }

    /// <summary>Runs a reading; it must not return anything that still reads, such as an unfinished enumeration.</summary>
    /// <exception cref="StoreFileFaultedException">The file can no longer be used.</exception>
    /// <exception cref="PageDamagedException">The reading met a damaged page; others go on.</exception>
    public T Read<T>(Func<LiteDatabase, T> reading)
    {
        lock (_engine)
        {
            ThrowIfUnusable();
            try
            {
                return reading(_database);
            }
            catch (Exception ex) when (Breaks(ex))
            {
                throw Fault(ex);
            }
            catch (Exception ex) when (ex is not (BalsamException or OperationCanceledException))
            {
                RenewEngine();
                throw;
            }
        }
    }

    /// <summary>
    /// Runs the work as one transaction and returns when it is durable. An exception of the work takes all of it back and is passed on.
    /// </summary>
    /// <exception cref="StoreFileFaultedException">The file can no longer be used; the work is not in it.</exception>
    public void Commit(Action<LiteDatabase> work) => Write(() => Transact(work));

    /// <summary>
    /// Runs work that LiteDB does not allow in a transaction: dropping and renaming collections, its user version. Each step is a commit of
    /// its own; all of them are durable when this returns or throws.
    /// </summary>
    /// <exception cref="StoreFileFaultedException">The file can no longer be used.</exception>
    public void Maintain(Action<LiteDatabase> work) => Write(() => work(_database));

    /// <summary>
    /// Brings the commits of the log into the file and empties the log. Puts it off where the disk has no room for the file to grow, where the
    /// file is no longer in its place, or while the file is copied: the commits are safe in the log.
    /// </summary>
    /// <exception cref="StoreFileFaultedException">The disk failed; the commits are safe in the log.</exception>
    public void Checkpoint()
    {
        RefuseNested();
        if (!_copying.TryEnter())
        {
            return;
        }

        try
        {
            CheckpointNow();
        }
        finally
        {
            _copying.Exit();
        }
    }

    /// <summary>Closes the file: after a checkpoint and without a log, or, where the disk or LiteDB failed, leaving the log to the next opener.</summary>
    public void Dispose()
    {
        _closing.Cancel();
        lock (_copying)
        {
            lock (_commits)
            {
                lock (_engine)
                {
                    if (_disposed)
                    {
                        return;
                    }

                    _disposed = true;
                    Close();
                }
            }
        }
    }

    /// <summary>Returns whether the file has all now.</summary>
    private bool CheckpointNow()
    {
        lock (_commits)
        {
            lock (_engine)
            {
                ThrowIfUnusable();
                try
                {
                    if (IsDisplaced || !TryReserve())
                    {
                        Interlocked.Exchange(ref _reserveAt, LogLength + Math.Min(_options.CheckpointAt, LogLength) / PutOffBy);
                        return false;
                    }

                    RunCheckpoint();
                    Interlocked.Exchange(ref _reserveAt, 0);
                    return true;
                }
                catch (Exception ex)
                {
                    throw Fault(ex);
                }
            }
        }
    }

    /// <summary>Refuses where the file was deleted, moved or replaced while it is open.</summary>
    public void DemandInPlace()
    {
        if (IsDisplaced)
        {
            throw FileRefusals.Displaced(Path, !_dataDevice.IsInPlace ? Path : !_logDevice.IsInPlace ? _paths.Log : _paths.Journal);
        }
    }

    /// <summary>Seals the pages of a file that an older package made; does nothing to any other.</summary>
    /// <exception cref="StoreFileFaultedException">The disk failed; pages that were not sealed will be when the file is opened next.</exception>
    public void SealOldPages()
    {
        lock (_commits)
        {
            lock (_engine)
            {
                ThrowIfUnusable();
                try
                {
                    _data.SealOldPages();
                }
                catch (IOException ex)
                {
                    throw Fault(ex);
                }
            }
        }
    }

    private static LiteDbFile OpenLocked(StorePaths paths, LiteDbFileOptions options, StoreLock held)
    {
        OpenedDevices devices = OpenedDevices.Open(paths, options, held.Mark);
        try
        {
            var file = new LiteDbFile(paths, options, held, devices);
            file.SwitchOffAutomaticCheckpoints();
            return file;
        }
        catch
        {
            devices.Dispose();
            throw;
        }
    }

    private bool TryReserve()
    {
        try
        {
            _log.Sync();
            _data.Reserve(_log.HighestPage + 1);
            return true;
        }
        catch (IOException ex) when (ex.HResult is NoSpace or QuotaExceeded or TooLarge or WindowsDiskFull)
        {
            return false;
        }
    }

    private void Write(Action work)
    {
        RefuseNested();
        lock (_commits)
        {
            ExceptionDispatchInfo? failure = null;
            lock (_engine)
            {
                ThrowIfUnusable();
                DemandInPlace();
                try
                {
                    RunOnLog(work);
                }
                catch (Exception ex) when (!IsFaulted)
                {
                    failure = ExceptionDispatchInfo.Capture(ex);
                }
            }

            SyncLog();
            failure?.Throw();
            DemandInPlace();
        }
    }

    /// <summary>Waits for the disk; readers go on meanwhile.</summary>
    private void SyncLog()
    {
        try
        {
            _log.Sync();
        }
        catch (Exception ex)
        {
            throw AbandonLog(ex);
        }
    }

    private void RefuseNested()
    {
        if (_commits.IsHeldByCurrentThread || _engine.IsHeldByCurrentThread)
        {
            throw new InvalidOperationException("A commit or checkpoint inside another or inside a reading is not possible.");
        }
    }

    private void Close()
    {
        try
        {
            if (IsFaulted)
            {
                _log.Abandon(_fault!);
            }
            else if (!IsDisplaced && TryReserve())
            {
                RunCheckpoint();
            }
        }
        catch (Exception ex)
        {
            // The log keeps what did not reach the file; the next opener brings it there.
            _fault ??= ex;
        }

        CloseEngine();
        bool merged = !IsFaulted && !IsDisplaced && _log.Length == 0;
        bool settled = !IsFaulted && !IsDisplaced && _journal.IsEmpty;
        _dataDevice.Dispose();
        _logDevice.Dispose();
        _journal.Dispose();
        if (merged)
        {
            Delete(_paths.Log);
        }

        if (settled)
        {
            ForgetJournal();
            Delete(_paths.Journal);
        }

        _lock.Dispose();
    }

    private static void Delete(string empty)
    {
        try
        {
            File.Delete(empty);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            // An empty log or journal beside the file is as good as none.
        }
    }

    private StoreFileFaultedException AbandonLog(Exception cause)
    {
        _fault ??= cause;
        _log.Abandon(cause);
        return cause as StoreFileFaultedException ?? new StoreFileFaultedException(_paths.Data, cause);
    }

    private StoreFileFaultedException Fault(Exception cause)
    {
        _fault ??= cause;
        return cause as StoreFileFaultedException ?? new StoreFileFaultedException(_paths.Data, cause);
    }

    private void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_fault is { } fault)
        {
            throw new StoreFileFaultedException(_paths.Data, fault);
        }
    }

    /// <summary>Says whether LiteDB closes its engine at this exception.</summary>
    private static bool Breaks(Exception exception) =>
        exception is IOException or LiteException { ErrorCode: LiteException.INVALID_DATAFILE_STATE } or StoreFileFaultedException;
}
