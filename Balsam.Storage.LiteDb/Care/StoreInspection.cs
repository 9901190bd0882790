using Balsam.Storage.LiteDb.Documents;
using LiteDB;

namespace Balsam.Storage.LiteDb.Care;

/// <summary>
/// Reads a whole store, a little at a time, and compares every job with its events. What looks wrong while others write is looked at once more between two writes,
/// and only then said.
/// </summary>
internal sealed class StoreInspection(IInspectedStore store)
{
    private const int JobsAtOnce = 32;
    private const int IdsAtOnce = 256;

    private readonly List<StoreFinding> _findings = [];

    // How many events of each job its document leads to, and how many there are; those up to the event that was the newest when the inspection began.
    private readonly Dictionary<long, int> _ledTo = [];
    private readonly Dictionary<long, int> _stored = [];
    private readonly Dictionary<long, List<long>> _children = [];
    private long _documents;
    private long _jobs;
    private long _events;
    private long _until;

    public async Task<StoreReport> RunAsync(CancellationToken cancellationToken)
    {
        _until = store.LastSequence;
        long pages = CheckPages(cancellationToken);
        await CheckJobsAsync(cancellationToken).ConfigureAwait(false);
        await CheckEventsAsync(cancellationToken).ConfigureAwait(false);
        await CheckChildrenAsync(cancellationToken).ConfigureAwait(false);
        await CheckRecordsAsync(cancellationToken).ConfigureAwait(false);
        return new StoreReport { Store = store.Description, Pages = pages, Documents = _documents, Jobs = _jobs, Events = _events, Findings = _findings };
    }

    private long CheckPages(CancellationToken cancellationToken)
    {
        (long pages, IReadOnlyList<long> damaged) = store.CheckPages(cancellationToken);
        _findings.AddRange(damaged.Select(page => new StoreFinding(
            StoreFindingKind.DamagedPage, null, FormattableString.Invariant($"page {page} does not have the content that was written."), JobInspection.Restore)));
        return pages;
    }

    private async Task CheckJobsAsync(CancellationToken cancellationToken)
    {
        for (long after = 0; ; cancellationToken.ThrowIfCancellationRequested())
        {
            long behind = after;
            long[]? indexed = Follow("jobs", database => NumbersOf(StoreCollections.Jobs(database), behind, JobsAtOnce));
            IReadOnlyList<long> known = store.NumbersAfter(after, JobsAtOnce);
            long[] ids = [.. (indexed ?? []).Concat(known).Distinct().Order().Take(JobsAtOnce)];
            if (ids.Length == 0)
            {
                return;
            }

            after = ids[^1];
            foreach (JobEvidence evidence in Follow("jobs", database => ReadJobs(database, ids)) ?? [])
            {
                await CheckJobAsync(evidence).ConfigureAwait(false);
            }
        }
    }

    private static JobEvidence[] ReadJobs(LiteDatabase database, long[] ids)
    {
        var blocks = new EventBlocks(database);
        return [.. ids.Select(id => JobEvidence.Read(database, id, blocks))];
    }

    private async Task CheckJobAsync(JobEvidence evidence)
    {
        List<StoreFinding> findings = JobInspection.Judge(evidence, store);
        if (findings.Count > 0)
        {
            findings = await store.BetweenWritesAsync(() => JobInspection.Judge(store.Read(database => JobEvidence.Read(database, evidence.Id)), store)).ConfigureAwait(false);
            _findings.AddRange(findings);
        }

        if (evidence.Document is null)
        {
            return;
        }

        _jobs++;
        _documents += evidence.Parents is null ? 1 : 2;
        _ledTo[evidence.Id] = evidence.History.Count(step => step.Sequence <= _until);
        if (evidence.Parents is { } parents && findings.Count == 0)
        {
            foreach (JobDependency edge in ParentsDocument.Read(parents))
            {
                (_children.TryGetValue(edge.Parent.Value, out List<long>? children) ? children : _children[edge.Parent.Value] = []).Add(evidence.Id);
            }
        }
    }

    private async Task CheckEventsAsync(CancellationToken cancellationToken)
    {
        long previous = 0;
        await foreach ((long id, BsonDocument? document) in ReadAllAsync("events", StoreCollections.Events, EventChunk.What, cancellationToken).ConfigureAwait(false))
        {
            if (document is null || TryReadEvents(document) is not { } events)
            {
                continue;
            }

            _events += events.Count;
            long last = document["last"].AsInt64;
            if (id <= previous || (events.Count > 0 && (events[0].Sequence < id || events[^1].Sequence > last)))
            {
                Add(StoreFindingKind.BrokenHistory, null, FormattableString.Invariant($"the block of events {id} holds the numbers of another: {events[0].Sequence} to {events[^1].Sequence} of {id} to {last}, behind {previous}."));
            }

            previous = last;
            foreach (JobEvent step in events.Where(step => step.Sequence <= _until))
            {
                _stored[step.JobId.Value] = _stored.GetValueOrDefault(step.JobId.Value) + 1;
            }
        }

        HashSet<long> suspects = [.. _stored.Where(entry => _ledTo.GetValueOrDefault(entry.Key) != entry.Value).Select(entry => entry.Key)];
        if (suspects.Count > 0)
        {
            await CheckStrayEventsAsync(suspects, cancellationToken).ConfigureAwait(false);
        }
    }

    // A second reading, for the few: in which blocks the events of these jobs stand. Jobs that were deleted meanwhile have none any more.
    private async Task CheckStrayEventsAsync(HashSet<long> suspects, CancellationToken cancellationToken)
    {
        Dictionary<long, List<long>> blocks = [];
        await foreach ((long id, BsonDocument? document) in ReadAllAsync("events", StoreCollections.Events, null, cancellationToken).ConfigureAwait(false))
        {
            foreach (long job in document is null ? [] : (TryReadEvents(document) ?? []).Select(step => step.JobId.Value).Where(suspects.Contains).Distinct())
            {
                (blocks.TryGetValue(job, out List<long>? list) ? list : blocks[job] = []).Add(id);
            }
        }

        foreach ((long job, List<long> stored) in blocks)
        {
            long[] stray = await store.BetweenWritesAsync(() => store.Read(database => StrayBlocks(database, job, stored))).ConfigureAwait(false);
            if (stray.Length > 0)
            {
                Add(StoreFindingKind.StrayEvents, job, FormattableString.Invariant($"the blocks of events {string.Join(", ", stray)} hold events of it, and its document does not lead there."));
            }
        }
    }

    private static long[] StrayBlocks(LiteDatabase database, long job, List<long> blocks)
    {
        JobEvidence evidence = JobEvidence.Read(database, job);
        return evidence.Unreadable is not null ? [] :
        [
            .. blocks.Except(evidence.Chunks)
                .Where(block => StoreCollections.Events(database).FindById(block) is { } document && (TryReadEvents(document) ?? []).Any(step => step.JobId.Value == job)),
        ];
    }

    private async Task CheckChildrenAsync(CancellationToken cancellationToken)
    {
        foreach ((long parent, List<long> children) in _children)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Follow("parents", Unindexed) is [_, ..])
            {
                foreach (long child in await store.BetweenWritesAsync(() => Follow("parents", Unindexed) ?? []).ConfigureAwait(false))
                {
                    Add(StoreFindingKind.NotIndexed, child, FormattableString.Invariant($"it has the parent {parent}, of which it is not found as a child."));
                }
            }

            long[] Unindexed(LiteDatabase database)
            {
                (ILiteCollection<BsonDocument> collection, BsonExpression condition) = FilterTranslator.Translate(database, new ChildOfFilter(new JobId(parent)));
                HashSet<long> found = [.. collection.Query().Where(condition).Select("$._id").ToEnumerable().Select(row => row["_id"].AsInt64)];
                return [.. children.Where(child => !found.Contains(child) && collection.FindById(child) is { } document && ParentsDocument.Read(document).Any(edge => edge.Parent.Value == parent))];
            }
        }
    }

    private async Task CheckRecordsAsync(CancellationToken cancellationToken)
    {
        foreach ((string name, Func<LiteDatabase, ILiteCollection<BsonDocument>> collection) in new (string, Func<LiteDatabase, ILiteCollection<BsonDocument>>)[]
            { ("states", StoreCollections.States), ("keys", StoreCollections.Keys), ("launchers", StoreCollections.Launchers) })
        {
            await foreach (var _ in ReadAllAsync(name, collection, $"the document of {name}", cancellationToken).ConfigureAwait(false))
            {
            }
        }

        Follow("applications", database => StoreCollections.Applications(database).FindAll().Select(ApplicationDocument.Read).Count());
        await store.BetweenWritesAsync(() => Follow("head", CheckCounters)).ConfigureAwait(false);
    }

    private long[] CheckCounters(LiteDatabase database)
    {
        _documents++;
        if (StoreHead.From(StoreCollections.Head(database).FindById(1)) is not { } head)
        {
            Add(StoreFindingKind.DamagedDocument, null, "the document of the counters is not in the file.");
            return [];
        }

        long job = Last(StoreCollections.Jobs(database));
        long step = StoreCollections.Events(database).Query().OrderByDescending("$._id").Limit(1).FirstOrDefault() is { } chunk ? chunk["last"].AsInt64 : 0;
        long epoch = Last(StoreCollections.Launchers(database));
        foreach ((string what, long counter, long counted) in new[] { ("jobs", head.LastId, job), ("events", head.LastSequence, step), ("launchers", head.LastEpoch, epoch) })
        {
            if (counter < counted)
            {
                Add(StoreFindingKind.CounterBehind, null, FormattableString.Invariant($"the counter of {what} is at {counter}, and there is number {counted}."));
            }
        }

        return [];

        static long Last(ILiteCollection<BsonDocument> collection) =>
            collection.Query().OrderByDescending("$._id").Select("$._id").Limit(1).ToEnumerable().Select(row => row["_id"].AsInt64).FirstOrDefault();
    }

    // The documents of a collection one by one, each checked; what is damaged is noted, unless nobody says what it would be called, and passed over.
    private async IAsyncEnumerable<(long Id, BsonDocument? Document)> ReadAllAsync(
        string name, Func<LiteDatabase, ILiteCollection<BsonDocument>> collection, string? what, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long after = -1;
        while (Follow(name, database => NumbersOf(collection(database), after, IdsAtOnce)) is [_, ..] ids)
        {
            foreach (long[] few in ids.Chunk(JobsAtOnce))
            {
                cancellationToken.ThrowIfCancellationRequested();
                foreach ((long id, BsonDocument? document, string? reason) in Follow(name, database => few.Select(id => ReadOne(collection(database), id, what)).ToArray()) ?? [])
                {
                    if (what is not null)
                    {
                        _documents++;
                        if (reason is not null)
                        {
                            Add(StoreFindingKind.DamagedDocument, null, reason);
                        }
                    }

                    yield return (id, document);
                }

                await Task.Yield();
            }

            after = ids[^1];
        }
    }

    private static (long Id, BsonDocument? Document, string? Reason) ReadOne(ILiteCollection<BsonDocument> collection, long id, string? what)
    {
        try
        {
            return (id, collection.FindById(id) is { } document ? DocumentSeal.Check(document, what ?? "", document["_id"].IsInt32 ? (BsonValue)(int)id : id) : null, null);
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or IOException or LiteException))
        {
            return (id, null, exception.Message);
        }
    }

    private static List<JobEvent>? TryReadEvents(BsonDocument document)
    {
        try
        {
            return EventChunk.Read(document);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return null;
        }
    }

    private static long[] NumbersOf(ILiteCollection<BsonDocument> collection, long after, int limit) =>
        [.. collection.Query().Where(BsonExpression.Create("$._id > @0", after)).OrderBy("$._id").Select("$._id").Limit(limit).ToEnumerable().Select(row => row["_id"].AsInt64)];

    // An index that leads nowhere ends this part of the inspection, not the rest.
    private T? Follow<T>(string name, Func<LiteDatabase, T> read)
    {
        try
        {
            return store.Read(read);
        }
        catch (StoreException exception) when (exception.Kind is StoreErrorKind.Unreadable or StoreErrorKind.Unavailable)
        {
            var finding = new StoreFinding(StoreFindingKind.Unfollowable, null, $"the collection '{name}' cannot be followed to its end: {exception.Message}", JobInspection.Restore);
            if (!_findings.Contains(finding))
            {
                _findings.Add(finding);
            }

            return default;
        }
    }

    private void Add(StoreFindingKind kind, long? job, string what) =>
        _findings.Add(new StoreFinding(kind, job is >= 1 and { } id ? new JobId(id) : null, what, JobInspection.Restore));
}
