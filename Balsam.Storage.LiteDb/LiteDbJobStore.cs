using System.Collections.Immutable;
using Balsam.Storage.Embedded;
using Balsam.Storage.LiteDb.Documents;
using Balsam.Storage.LiteDb.Files;
using Balsam.Storage.LiteDb.Migrations;
using LiteDB;

namespace Balsam.Storage.LiteDb;

/// <summary>The embedded durable store: one LiteDB file, owned by one process.</summary>
/// <remarks>
/// The file is opened on streams of our own, since LiteDB acknowledges commits before they are on disk, and locked by a lock file of our own, since
/// LiteDB does not keep a second process out. One thread writes; an acknowledged write survives <c>kill -9</c>.
/// </remarks>
public sealed partial class LiteDbJobStore : EmbeddedJobStore
{
    private const int FirstScanPage = 32;
    private const int ScanPage = 512;
    private const int MaxComparedKeys = 32;
    private const long EventsBetweenStatePages = 65_536;

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly Dictionary<JobId, ImmutableArray<long>> _chunks = [];
    private readonly HashSet<int> _dirtyPages = [];
    private readonly PendingMoves _pending = new();
    // Held by whoever writes: the writer, or a reader who first brings into LiteDB what is pending.
    private readonly Lock _writes = new();
    private readonly Lock _opening = new();
    private LiteDbFile? _file;
    private StoreException? _refusal;
    private long? _identity;
    private StoreHead _head = new(Schema.Current, 0, 0, 0, 0);
    private StateMap _states = new();
    private KeyMap _keys = new();

    /// <summary>Makes a store; the file is opened by <see cref="EmbeddedJobStore.OpenAsync"/>.</summary>
    /// <param name="path">The file; it is made, with its directory, where there is none.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public LiteDbJobStore(string path, TimeProvider? time = null)
        : base(time ?? TimeProvider.System)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _path = Path.GetFullPath(path);
        _time = time ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public override string Description => $"LiteDB file {_path}";

    /// <summary>How the file is opened; null for the defaults. Tests put devices that fail or kill in the place of the disk.</summary>
    internal LiteDbFileOptions? FileOptions { get; init; }

    /// <inheritdoc/>
    protected override bool MustReload => _file is { IsFaulted: true };

    // A reading that comes while the file is opened anew, after a failed write, waits for it.
    private LiteDbFile File
    {
        get
        {
            lock (_opening)
            {
                return _file ?? throw new StoreException(
                    _refusal?.Kind ?? StoreErrorKind.Unavailable, $"The store ({Description}) is not open{(_refusal is null ? "." : $": {_refusal.Message}")}", _refusal);
            }
        }
    }

    /// <inheritdoc/>
    protected override StoreImage Load()
    {
        lock (_writes)
        {
            try
            {
                LiteDbFile file = OpenFile();
                _chunks.Clear();
                _pending.Clear();
                _head = Schema.Prepare(file, head =>
                {
                    _head = head;
                    TakeJournal();
                    Settle(false);
                    return _head;
                });
                TakeJournal();
                file.SealOldPages();
                _states = file.Read(StatePages.Read);
                CatchUp();
                _keys = file.Read(database => KeyMap.Read(database, id => _states[id] is not null));
                return new StoreImage
                {
                    LastId = _head.LastId,
                    LastSequence = _head.LastSequence,
                    LastEpoch = _head.LastEpoch,
                    States = _states,
                    Launchers = file.Read(database => StoreCollections.Launchers(database).FindAll().Select(LauncherDocument.Read).ToList()),
                    Applications = file.Read(database => StoreCollections.Applications(database).FindAll().Select(ApplicationDocument.Read).ToList()),
                    ActiveJobs = ReadActive(),
                };
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                Exception translated = StoreErrors.OfReading(exception, Description);
                lock (_opening)
                {
                    if (_file is not { IsDisplaced: true })
                    {
                        _file?.Dispose();
                        _file = null;
                    }

                    _refusal = translated as StoreException;
                }

                throw translated;
            }
        }
    }

    /// <inheritdoc/>
    protected override void Shut()
    {
        if (_file is null)
        {
            return;
        }

        try
        {
            if (!_file.IsFaulted)
            {
                lock (_writes)
                {
                    Settle(false);
                }
            }

            if (!_file.IsFaulted && _head.StatesAt < _head.LastSequence)
            {
                StoreHead head = _head with { StatesAt = _head.LastSequence };
                _file.Commit(database =>
                {
                    StatePages.Write(database, _states, _dirtyPages, []);
                    StoreCollections.Head(database).Update(head.ToDocument());
                });
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The journal keeps what is not in LiteDB. The pages only make the next opening quicker; the events say the same. A full disk or a damaged page is told to whoever writes or reads next.
            _ = exception;
        }
        finally
        {
            _file.Dispose();
            _file = null;
        }
    }

    private LiteDbFile OpenFile()
    {
        lock (_opening)
        {
            if (_file is { IsDisplaced: true } displaced)
            {
                // As long as it is held, it can be read, and moved back.
                displaced.DemandInPlace();
            }

            _file?.Dispose();
            _file = null;
            _file = LiteDbFile.Open(_path, (FileOptions ?? new LiteDbFileOptions { Clock = _time }) with { Identity = _identity });
            _identity = _file.Identity;
            _refusal = null;
            return _file;
        }
    }

    // The pages are as old as the last time they were written: the events since then tell the rest.
    private void CatchUp()
    {
        long after = _head.StatesAt;
        while (ReadStoredEvents(after, EventChunk.MaxEvents) is { Count: > 0 } events)
        {
            Follow(events);
            after = events[^1].Sequence;
        }

        Follow(_pending.Events);
    }

    private void Follow(IReadOnlyList<JobEvent> events)
    {
        foreach (JobEvent step in events)
        {
            _states.Set(step.JobId.Value, step.To);
            _dirtyPages.Add(StatePages.PageOf(step.JobId.Value));
        }
    }

    private List<Job> ReadActive()
    {
        List<Job> jobs = [];
        foreach (long[] ids in ActiveIds().Chunk(ScanPage))
        {
            File.Read(database =>
            {
                Dictionary<long, BsonDocument> documents = JobReader.ReadAll(StoreCollections.Jobs(database), ids);
                BsonDocument[] active = [.. ids.Select(id => documents.GetValueOrDefault(id) is { } document ? _pending.Overlay(document)
                    : throw new StoreException(StoreErrorKind.Unreadable, FormattableString.Invariant($"The store file '{_path}' is damaged: job {id} is missing. {StoreErrors.WhatToDo}")))];
                jobs.AddRange(JobReader.Read(database, active));
                foreach (BsonDocument document in active)
                {
                    _chunks[new JobId(document["_id"].AsInt64)] = JobDocument.ReadChunks(document);
                }

                return active.Length;
            });
        }

        return jobs;
    }

    private IEnumerable<long> ActiveIds()
    {
        JobStateSet active = JobStates.All.Except(JobStates.Final);
        for (long id = _states.Next(0, active); id != 0; id = _states.Next(id, active))
        {
            yield return id;
        }
    }
}
