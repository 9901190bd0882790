using LiteDB;
using LiteDB.Engine;

namespace Balsam.Storage.LiteDb.Files;

/// <content>LiteDB: how a transaction runs on the committing thread, and how the engine is made anew.</content>
internal sealed partial class LiteDbFile
{
    /// <summary>
    /// LiteDB leaves transactions and buffers behind where a reading ends with an exception, and waits for them later. The pages are in the file
    /// and in the log: a new engine reads them anew.
    /// </summary>
    private void RenewEngine()
    {
        try
        {
            _scheduler.Run(_database.Dispose);
        }
        catch (Exception ex) when (ex is not OutOfMemoryException)
        {
            // What it held was for reading only.
        }

        try
        {
            _scheduler = new InlineScheduler();
            _database = OpenDatabase();
        }
        catch (Exception ex) when (ex is not OutOfMemoryException)
        {
            throw Fault(ex);
        }
    }

    private LiteDatabase OpenDatabase()
    {
        try
        {
            var engine = new LiteEngine(new EngineSettings { DataStream = _data, LogStream = _log });
            return new LiteDatabase(engine, _options.Mapper, disposeOnClose: true);
        }
        catch (Exception ex) when (ex is not (OutOfMemoryException or StoreFileException))
        {
            throw FileRefusals.Damaged(_paths.Data, ex);
        }
    }

    /// <summary>A file that another program made may ask for them; ours never does.</summary>
    private void SwitchOffAutomaticCheckpoints()
    {
        if (_database.CheckpointSize != 0)
        {
            Maintain(static database => database.CheckpointSize = 0);
        }
    }

    /// <summary>Runs the work, and then LiteDB's writer, on this thread.</summary>
    private void RunOnLog(Action work)
    {
        long before = _log.Frames;
        _log.WritesAllowed = true;
        try
        {
            _scheduler.Run(work);
            RefuseUnlessWritten(before);
        }
        catch (Exception ex) when (Breaks(ex) || IsFaulted)
        {
            throw AbandonLog(ex);
        }
        finally
        {
            _log.WritesAllowed = false;
        }
    }

    private void Transact(Action<LiteDatabase> work)
    {
        if (!_database.BeginTrans())
        {
            throw Fault(new InvalidOperationException("A transaction was left open on this thread."));
        }

        try
        {
            work(_database);
        }
        catch (Exception ex) when (!Breaks(ex))
        {
            Rollback(ex);
            throw;
        }

        if (!_database.Commit())
        {
            throw Fault(new InvalidOperationException(
                "The transaction ended before its work did: LiteDB takes a transaction back at the first error, even when the work catches it."));
        }
    }

    private void Rollback(Exception reason)
    {
        try
        {
            _database.Rollback();
        }
        catch (Exception ex)
        {
            throw Fault(new AggregateException(ex.Message, ex, reason));
        }
    }

    /// <summary>Makes sure that the commit is in the log stream: an acknowledgement must not rest on how LiteDB schedules its writer.</summary>
    private void RefuseUnlessWritten(long before)
    {
        bool written = _log.Frames != before
            ? _log.EndsConfirmed && !_scheduler.WriterEnded
            : !_scheduler.WriterEnded && AnnouncedLogLength() == _log.Length;
        if (!written)
        {
            throw Fault(new InvalidOperationException("LiteDB did not write the commit to its log."));
        }
    }

    private long AnnouncedLogLength()
    {
        using IBsonDataReader reader = _database.Execute("SELECT logFileSize FROM $database");
        return reader.Read() ? (uint)reader.Current["logFileSize"].AsInt32 : -1;
    }

    private void RunCheckpoint()
    {
        _log.Sync();
        _data.WritesAllowed = true;
        try
        {
            _scheduler.Run(_database.Checkpoint);
        }
        finally
        {
            _data.WritesAllowed = false;
        }
    }

    private void CloseEngine()
    {
        try
        {
            _scheduler.Run(_database.Dispose);
        }
        catch (Exception ex)
        {
            // What matters is on disk already; LiteDB has nothing left to write.
            _fault ??= ex;
        }
    }
}
