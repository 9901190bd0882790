using Balsam.Storage.LiteDb.Documents;
using LiteDB;

namespace Balsam.Storage.LiteDb;

/// <content>Reading: jobs by number and by index, page by page, and their events.</content>
public sealed partial class LiteDbJobStore
{
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
        return part is null ? ScanPages(range, descending, (first, last) => BsonExpression.Create("$._id BETWEEN @0 AND @1", first, last), "$._id")
            : FilterTranslator.FindOrdered(part) is (string index, string entry) ? ScanPages(range, descending, (first, last) => FilterTranslator.Between(index, entry, first, last), index)
            : ReadNumbers(FindNumbers(part), range, descending);
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
