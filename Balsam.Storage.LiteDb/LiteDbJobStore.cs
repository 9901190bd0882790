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
                if (_file is not { IsDisplaced: true })
                {
                    _file?.Dispose();
                    _file = null;
                }

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
    protected override void Write(WriteBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        lock (_writes)
        {
            try
            {
                if (PendingMoves.Takes(batch))
                {
                    Note(batch);
                }
                else
                {
                    Settle(true);
                    Store(batch);
                }
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                throw StoreErrors.Translate(exception, Description);
            }

            // Safe to do now: the batch is durable, and the checkpoint waits for the disk itself.
            if (File.CheckpointDue)
            {
                Checkpoint();
            }
        }
    }

    /// <inheritdoc/>
    protected override Job? Read(JobId id) => _pending.Find(id) ?? ReadingStored(database => JobReader.Find(database, id.Value, _pending.Overlay));

    /// <inheritdoc/>
    protected override IEnumerable<Job> ReadChildren(JobId parent) => Scan(new ChildOfFilter(parent), false);

    /// <inheritdoc/>
    protected override IEnumerable<Job> ReadMany(IReadOnlyCollection<JobId> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        List<Job> pending = [.. ids.Select(_pending.Find).OfType<Job>()];
        IEnumerable<long> stored = ids.Except(pending.Select(job => job.Id)).Select(id => id.Value);
        return pending.Concat(stored.Order().Chunk(ScanPage).SelectMany(page => ReadingStored(database =>
        {
            // What is read in one walk may hold others too.
            Dictionary<long, BsonDocument> documents = JobReader.ReadAll(StoreCollections.Jobs(database), page);
            return JobReader.Read(database, [.. page.Select(id => documents.GetValueOrDefault(id)).OfType<BsonDocument>().Select(_pending.Overlay)]);
        })));
    }

    /// <inheritdoc/>
    protected override IEnumerable<JobLink> ReadEdges()
    {
        // Page by page, so that writes find a turn between.
        long last = 0;
        while (Reading(database => StoreCollections.Parents(database).Query().Where(BsonExpression.Create("$._id > @0", last)).OrderBy("$._id").Limit(ScanPage).ToList()) is { Count: > 0 } page)
        {
            foreach (BsonDocument document in page)
            {
                JobId child = new(document["_id"].AsInt64);
                foreach (JobDependency edge in ParentsDocument.Read(document))
                {
                    yield return new JobLink(child, ParentReference.To(edge.Parent, edge.Condition));
                }
            }

            last = page[^1]["_id"].AsInt64;
        }
    }

    /// <inheritdoc/>
    protected override IEnumerable<Job> Scan(JobFilter filter, bool descending)
    {
        IdRangeFilter range = JobFilters.IdRangeOf(filter);
        JobFilter? part = FindIndexed(filter);
        return part switch
        {
            null => ScanPages(range, descending, (first, last) => BsonExpression.Create("$._id BETWEEN @0 AND @1", first, last), "$._id"),
            TagFilter { Value: { } value } tag => ScanPages(range, descending, (first, last) => FilterTranslator.TagBetween(JobDocument.TagKey(tag.Key, value), first, last), StoreCollections.TagIndex),
            _ => ReadNumbers(FindNumbers(part), range, descending),
        };
    }

    /// <inheritdoc/>
    protected override JobFilter? FindIndexed(JobFilter filter) => FilterTranslator.FindIndexed(filter);

    /// <inheritdoc/>
    protected override IReadOnlyList<JobEvent> ReadEvents(long after, int limit)
    {
        if (_pending.FindEvents(after, limit) is { } pending)
        {
            return pending;
        }

        SettleForReading();
        return ReadStoredEvents(after, limit);
    }

    private List<JobEvent> ReadStoredEvents(long after, int limit)
    {
        List<JobEvent> events = [];
        long asked = after;
        while (events.Count < limit)
        {
            // The chunk that holds the next event begins at it, or before it.
            List<JobEvent>? chunk = ReadingStored(database =>
            {
                ILiteCollection<BsonDocument> collection = StoreCollections.Events(database);
                BsonDocument? around = collection.Query().Where(BsonExpression.Create("$._id <= @0", after + 1)).OrderByDescending("$._id").Limit(1).FirstOrDefault();
                BsonDocument? next = around is not null && DocumentSeal.Check(around, EventChunk.What)["last"].AsInt64 > after
                    ? around
                    : collection.Query().Where(BsonExpression.Create("$._id > @0", after)).OrderBy("$._id").Limit(1).FirstOrDefault();
                after = next is null ? after : Math.Max(after, next["last"].AsInt64);
                return next is null ? null : EventChunk.Read(next);
            });
            if (chunk is null)
            {
                break;
            }

            events.AddRange(chunk.Where(step => step.Sequence > asked));
        }

        return events.Count > limit ? events.GetRange(0, limit) : events;
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<JobEvent> ReadEventsBefore(long before, int limit)
    {
        List<JobEvent> events = [];
        while (events.Count < limit)
        {
            // A chunk that begins below may reach above.
            long below = before;
            (long first, List<JobEvent>? chunk) = Reading(database =>
                StoreCollections.Events(database).Query().Where(BsonExpression.Create("$._id < @0", below)).OrderByDescending("$._id").Limit(1).FirstOrDefault() is { } document
                    ? (document["_id"].AsInt64, EventChunk.Read(document))
                    : default);
            if (chunk is null)
            {
                break;
            }

            events.AddRange(chunk.AsEnumerable().Where(step => step.Sequence < below).Reverse());
            before = first;
        }

        return events.Count > limit ? events.GetRange(0, limit) : events;
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<JobEvent> ReadHistory(JobId id) => Reading<IReadOnlyList<JobEvent>>(database =>
    {
        BsonDocument? job = StoreCollections.Jobs(database).FindById(id.Value);
        ILiteCollection<BsonDocument> events = StoreCollections.Events(database);
        return job is null ? [] : [.. JobDocument.ReadChunks(DocumentSeal.Check(job, JobDocument.What, id.Value)).Select(chunk => events.FindById(chunk)).Where(chunk => chunk is not null).SelectMany(EventChunk.Read).Where(step => step.JobId == id)];
    });

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

    // One transaction for the batch as it is.
    private void Store(WriteBatch batch)
    {
        EventWriter events = new(batch.Events);
        Dictionary<JobId, ImmutableArray<long>> chunks = [];
        List<(string? Key, JobId Id)> freed = [];
        bool savesStates = batch.Events.Count > 0 && batch.LastSequence - _head.StatesAt > EventsBetweenStatePages;
        StoreHead head = _head with { LastId = batch.LastId, LastSequence = batch.LastSequence, LastEpoch = batch.LastEpoch, StatesAt = savesStates ? _head.LastSequence : _head.StatesAt };
        File.Commit(database =>
        {
            ILiteCollection<BsonDocument> jobs = StoreCollections.Jobs(database);
            if (events.Chunks.Count > 0)
            {
                StoreCollections.Events(database).Insert(events.Chunks);
            }

            KeyMap.Write(database, batch.Inserts);
            jobs.Insert(batch.Inserts.Select(job => ToDocument(job, [])));
            WriteParents(database, batch);
            ReplaceAll(jobs, [.. batch.Updates.Select(job => ToDocument(job, ChunksOf(job.Id, database)))]);

            if (batch.Deletes.Count > 0)
            {
                freed.AddRange(batch.Deletes.Select(id => (jobs.FindById(id.Value) is { } document ? JobDocument.ReadKey(document) : null, id)));
                JobRemover.Remove(database, batch.Deletes, id => ChunksOf(id, database));
            }

            WriteRecords(database, batch);
            WriteStates(database, batch.Deletes, savesStates);
            StoreCollections.Head(database).Update(head.ToDocument());
        });
        Remember(batch, chunks, head, savesStates);
        RememberKeys(batch, freed);

        BsonDocument ToDocument(Job job, ImmutableArray<long> earlier)
        {
            ImmutableArray<long> all = earlier.AddRange(events.ChunksOf(job.Id));
            chunks[job.Id] = all;
            return JobDocument.Write(job, all);
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

    private T Reading<T>(Func<LiteDatabase, T> read)
    {
        SettleForReading();
        return ReadingStored(read);
    }

    private T ReadingStored<T>(Func<LiteDatabase, T> read)
    {
        try
        {
            return File.Read(read);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw StoreErrors.OfReading(exception, Description);
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

    // LiteDB's update compares every old index key with every new one; a job of many tags is cheaper to take out and put in.
    private static void ReplaceAll(ILiteCollection<BsonDocument> jobs, IEnumerable<BsonDocument> documents)
    {
        ILookup<bool, BsonDocument> byTags = documents.ToLookup(document => JobDocument.CountTags(document) > MaxComparedKeys);
        jobs.Update(byTags[false]);
        foreach (BsonDocument document in byTags[true])
        {
            jobs.Delete(document["_id"]);
            jobs.Insert(document);
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

    private ImmutableArray<long> ChunksOf(JobId id, LiteDatabase database) =>
        _chunks.TryGetValue(id, out ImmutableArray<long> known) ? known
        : StoreCollections.Jobs(database).FindById(id.Value) is { } document ? JobDocument.ReadChunks(DocumentSeal.Check(document, JobDocument.What, id.Value)) : [];

    private static void WriteParents(LiteDatabase database, WriteBatch batch)
    {
        // Even a call without a document would open the collection for writing.
        if (batch.Inserts.Any(job => !job.Parents.IsEmpty))
        {
            StoreCollections.Parents(database).Insert(batch.Inserts.Where(job => !job.Parents.IsEmpty).Select(ParentsDocument.Write));
        }

        // As with tags: an update compares every old index key with every new one.
        foreach (Job job in batch.Relinked)
        {
            StoreCollections.Parents(database).Delete(job.Id.Value);
            StoreCollections.Parents(database).Insert(ParentsDocument.Write(job));
        }
    }

    private static void WriteRecords(LiteDatabase database, WriteBatch batch)
    {
        foreach (LauncherRecord launcher in batch.Launchers)
        {
            StoreCollections.Launchers(database).Upsert(LauncherDocument.Write(launcher));
        }

        foreach (long epoch in batch.ForgottenLaunchers)
        {
            StoreCollections.Launchers(database).Delete(epoch);
        }

        foreach (ApplicationName name in batch.RemovedApplications)
        {
            StoreCollections.Applications(database).Delete(name.Value);
        }

        foreach (ApplicationRecord application in batch.Applications)
        {
            StoreCollections.Applications(database).Upsert(ApplicationDocument.Write(application));
        }
    }

    // Deleted jobs have no event that would take them off the pages, so theirs are written with the delete.
    private void WriteStates(LiteDatabase database, IReadOnlyList<JobId> deleted, bool all)
    {
        IEnumerable<int> pages = all ? _dirtyPages.Concat(deleted.Select(id => StatePages.PageOf(id.Value))) : deleted.Select(id => StatePages.PageOf(id.Value));
        StatePages.Write(database, _states, pages.Distinct().Where(page => page < _states.PageCount), deleted);
    }

    private void Remember(WriteBatch batch, Dictionary<JobId, ImmutableArray<long>> chunks, StoreHead head, bool savedStates)
    {
        KnowHead(head, savedStates);
        foreach (Job job in batch.Inserts.Concat(batch.Updates))
        {
            _dirtyPages.Add(StatePages.PageOf(job.Id.Value));
            KnowChunks(job.Id, job.State, chunks[job.Id]);
        }

        foreach (JobId id in batch.Deletes)
        {
            _chunks.Remove(id);
        }
    }

    private void KnowHead(StoreHead head, bool savedStates)
    {
        _head = head;
        if (savedStates)
        {
            _dirtyPages.Clear();
        }
    }

    private void KnowChunks(JobId id, JobState state, ImmutableArray<long> chunks)
    {
        if (state.IsFinal())
        {
            _chunks.Remove(id);
        }
        else
        {
            _chunks[id] = chunks;
        }
    }

    private void RememberKeys(WriteBatch batch, List<(string? Key, JobId Id)> freed)
    {
        foreach (Job job in batch.Inserts)
        {
            if (job.Key is { } key)
            {
                _keys.Add(key, job.Id);
            }
        }

        foreach ((string? key, JobId id) in freed)
        {
            if (key is not null)
            {
                _keys.Remove(key, id);
            }
        }
    }

    private void Checkpoint()
    {
        try
        {
            File.Checkpoint();
        }
        catch (StoreFileException exception)
        {
            // What is in the log is durable. The next write finds the file faulted, and opens it anew.
            _ = exception;
        }
    }

    // Page by page in order of number, each read behind the one before; the first ones are small, since most callers want no more.
    private IEnumerable<Job> ScanPages(IdRangeFilter range, bool descending, Func<long, long, BsonExpression> between, string order)
    {
        long first = range.After is { } after && after.Value < long.MaxValue ? after.Value + 1 : range.After is null ? 1 : long.MaxValue;
        long last = range.Before is { } before ? before.Value - 1 : long.MaxValue;
        for (int size = FirstScanPage; first <= last; size = Math.Min(size * 2, ScanPage))
        {
            List<Job> page = Reading(database =>
            {
                ILiteQueryable<BsonDocument> query = StoreCollections.Jobs(database).Query().Where(between(first, last));
                return JobReader.Read(database, (descending ? query.OrderByDescending(order) : query.OrderBy(order)).Limit(size).ToList());
            });
            foreach (Job job in page)
            {
                yield return job;
            }

            if (page.Count < size)
            {
                yield break;
            }

            (first, last) = descending ? (first, page[^1].Id.Value - 1) : (page[^1].Id.Value + 1, last);
        }
    }

    private IEnumerable<long> FindNumbers(JobFilter part) => part switch
    {
        KeyFilter { Keys: { } keys } => _keys.Find(keys),
        OrFilter any => any.Parts.SelectMany(each => FindNumbers(FindIndexed(each)!)),
        _ => Reading(database =>
        {
            (ILiteCollection<BsonDocument> collection, BsonExpression condition) = FilterTranslator.Translate(database, part);
            return collection.Query().Where(condition).Select("$._id").ToEnumerable().Select(row => row["_id"].AsInt64).ToArray();
        }),
    };

    // The numbers first, for these indexes are in no order of number: 8 bytes a job.
    private IEnumerable<Job> ReadNumbers(IEnumerable<long> numbers, IdRangeFilter range, bool descending)
    {
        long after = range.After?.Value ?? 0;
        long before = range.Before?.Value ?? long.MaxValue;
        long[] ids = [.. numbers.Where(id => id > after && id < before).Distinct()];
        Array.Sort(ids);
        if (descending)
        {
            Array.Reverse(ids);
        }

        foreach (long[] page in ids.Chunk(FirstScanPage))
        {
            foreach (Job job in Reading(database => JobReader.Read(database, [.. JobReader.FindEach(database, page)])))
            {
                yield return job;
            }
        }
    }
}
