using System.Collections.Immutable;
using Balsam.Storage.Embedded;
using Balsam.Storage.LiteDb.Documents;
using Balsam.Storage.LiteDb.Files;
using LiteDB;

namespace Balsam.Storage.LiteDb;

/// <summary>The moves of jobs that are durable in the journal and not yet in LiteDB: what each job has become, and the events in order. Safe for readers beside the one writer.</summary>
internal sealed class PendingMoves
{
    private const int MaxJobsOfARecord = 256;
    private const int MaxChanges = 1024;
    private const int MaxBytes = 4 * 1024 * 1024;
    private const string JobsField = "jobs";
    private const string EventsField = "events";

    private readonly Lock _gate = new();
    private readonly Dictionary<JobId, (Job? Job, BsonDocument Document)> _jobs = [];
    private readonly List<JobEvent> _events = [];
    private int _changes;
    private int _bytes;
    private volatile bool _any;

    /// <summary>Says whether LiteDB has everything.</summary>
    public bool IsEmpty => !_any;

    /// <summary>Says whether so much has come together that it should be brought into LiteDB.</summary>
    public bool IsFull => _changes >= MaxChanges || _bytes >= MaxBytes;

    /// <summary>The events, in order.</summary>
    public IReadOnlyList<JobEvent> Events => _events;

    /// <summary>Says whether a batch may be acknowledged from the journal: it is small, and does nothing but move jobs that are there.</summary>
    public static bool Takes(WriteBatch batch)
    {
        int jobs = batch.Updates.Count();
        return jobs is > 0 and <= MaxJobsOfARecord && batch.Events.Count > 0 && !batch.Inserts.Any() && batch.Deletes.Count == 0 && !batch.Relinked.Any()
            && batch.Launchers.Count == 0 && batch.ForgottenLaunchers.Count == 0 && batch.Applications.Count == 0 && batch.RemovedApplications.Count == 0;
    }

    /// <summary>A batch as a record of the journal.</summary>
    public static (IReadOnlyList<(Job Job, BsonDocument Document)> Jobs, byte[] Payload) ToRecord(WriteBatch batch)
    {
        (Job Job, BsonDocument Document)[] jobs = [.. batch.Updates.Select(job => (job, JobDocument.Compose(job, [])))];
        return (jobs, BsonSerializer.Serialize(new BsonDocument
        {
            [JobsField] = new BsonArray(jobs.Select(job => job.Document)),
            [EventsField] = EventChunk.Write(batch.Events),
        }));
    }

    /// <summary>A record with nothing in it of jobs that are not known; null when nothing is left.</summary>
    public static byte[]? Keep(byte[] payload, Func<JobId, bool> isKnown, out int events)
    {
        BsonDocument content = BsonSerializer.Deserialize(payload);
        List<JobEvent> kept = [.. EventChunk.Read(content[EventsField].AsDocument).Where(step => isKnown(step.JobId))];
        events = kept.Count;
        if (kept.Count == 0)
        {
            return null;
        }

        content[JobsField] = new BsonArray(content[JobsField].AsArray.Where(job => isKnown(new JobId(job["_id"].AsInt64))));
        content[EventsField] = EventChunk.Write(kept);
        return BsonSerializer.Serialize(content);
    }

    /// <summary>Takes in a batch whose record is durable.</summary>
    public void Add(IReadOnlyList<(Job Job, BsonDocument Document)> jobs, IReadOnlyList<JobEvent> events, int bytes)
    {
        lock (_gate)
        {
            foreach ((Job job, BsonDocument document) in jobs)
            {
                _jobs[job.Id] = (job, document);
            }

            Count(jobs.Count, events, bytes);
        }
    }

    /// <summary>Takes in a record of the journal.</summary>
    public void Add(JournalRecord record)
    {
        BsonDocument content = BsonSerializer.Deserialize(record.Payload);
        lock (_gate)
        {
            BsonArray jobs = content[JobsField].AsArray;
            foreach (BsonValue job in jobs)
            {
                _jobs[new JobId(job["_id"].AsInt64)] = (null, job.AsDocument);
            }

            Count(jobs.Count, EventChunk.Read(content[EventsField].AsDocument), record.Payload.Length);
        }
    }

    /// <summary>Forgets everything: LiteDB has it.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _jobs.Clear();
            _events.Clear();
            _changes = _bytes = 0;
            _any = false;
        }
    }

    /// <summary>A job as it has become; null when it is not known here.</summary>
    public Job? Find(JobId id)
    {
        lock (_gate)
        {
            return _jobs.TryGetValue(id, out (Job? Job, BsonDocument Document) pending) ? pending.Job : null;
        }
    }

    /// <summary>The document that a job has become, with the chunks that its document in LiteDB lists; that document itself where the job has not moved.</summary>
    public BsonDocument Overlay(BsonDocument stored)
    {
        lock (_gate)
        {
            if (!_jobs.TryGetValue(new JobId(stored["_id"].AsInt64), out (Job? Job, BsonDocument Document) pending))
            {
                return stored;
            }

            var become = new BsonDocument(new Dictionary<string, BsonValue>((IEnumerable<KeyValuePair<string, BsonValue>>)pending.Document, StringComparer.OrdinalIgnoreCase));
            become[JobDocument.ChunksField] = stored[JobDocument.ChunksField];
            return DocumentSeal.Seal(become);
        }
    }

    /// <summary>The documents for LiteDB, complete with the chunks that hold their events.</summary>
    public IReadOnlyCollection<BsonDocument> Complete(IReadOnlyDictionary<JobId, ImmutableArray<long>> chunks)
    {
        lock (_gate)
        {
            foreach ((JobId id, (_, BsonDocument document)) in _jobs)
            {
                document[JobDocument.ChunksField] = JobDocument.WriteChunks(chunks[id]);
                DocumentSeal.Seal(document);
            }

            return [.. _jobs.Values.Select(job => job.Document)];
        }
    }

    /// <summary>The state that each job has come to.</summary>
    public IEnumerable<(JobId Id, JobState State)> States => _jobs.Select(job => (job.Key, JobDocument.ReadState(job.Value.Document)));

    /// <summary>The events after one, when all of them are here; null when LiteDB has to be asked.</summary>
    public IReadOnlyList<JobEvent>? FindEvents(long after, int limit)
    {
        lock (_gate)
        {
            if (_events.Count == 0 || after + 1 < _events[0].Sequence)
            {
                return null;
            }

            int low = 0;
            int high = _events.Count;
            while (low < high)
            {
                int middle = (low + high) / 2;
                (low, high) = _events[middle].Sequence <= after ? (middle + 1, high) : (low, middle);
            }

            return _events.GetRange(low, Math.Min(limit, _events.Count - low));
        }
    }

    private void Count(int changes, IReadOnlyList<JobEvent> events, int bytes)
    {
        _events.AddRange(events);
        _changes += changes;
        _bytes += bytes;
        _any = true;
    }
}
