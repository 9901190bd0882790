using System.Diagnostics;
using Balsam.Storage.LiteDb;
using Balsam.Storage.LiteDb.Documents;
using Balsam.Storage.LiteDb.Files;
using Balsam.Throughput.Measuring;
using LiteDB;

namespace Balsam.Throughput.Limits;

/// <summary>What an engine's run wrote, read back from its store, so that a bare loop can write the same documents in the same batches.</summary>
internal sealed class Recording
{
    private const int SettledChanges = 1024;

    private readonly List<RecordedBatch> _batches;

    private Recording(List<RecordedBatch> batches) => _batches = batches;

    /// <summary>The durable writes.</summary>
    public int Batches => _batches.Count;

    /// <summary>The job documents changed by all batches but the first, which is the submit.</summary>
    public int Updates => _batches.Skip(1).Sum(batch => batch.Updates.Length);

    /// <summary>Reads a store that the engine has closed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="acknowledged">Where its small writes ended.</param>
    public static Recording Read(string path, AcknowledgedBatches acknowledged)
    {
        using LiteDbFile file = LiteDbFile.Open(path);
        return file.Read(database =>
        {
            Dictionary<long, BsonDocument> jobs = StoreCollections.Jobs(database).FindAll().ToDictionary(job => job["_id"].AsInt64);
            BsonDocument head = StoreCollections.Head(database).FindById(1);
            Dictionary<JobId, List<long>> chunks = [];
            List<RecordedBatch> batches = [];
            List<JobEvent> events = [];
            foreach (BsonDocument chunk in StoreCollections.Events(database).FindAll().OrderBy(chunk => chunk["_id"].AsInt64))
            {
                foreach (JobEvent step in EventChunk.Read(chunk))
                {
                    events.Add(step);
                    if (acknowledged.EndsWith(step.Sequence))
                    {
                        Cut();
                    }
                }

                if (chunk["count"].AsInt32 < EventChunk.MaxEvents)
                {
                    Cut();
                }
            }

            Cut();
            return new Recording(batches);

            void Cut()
            {
                if (events.Count > 0)
                {
                    batches.Add(Batch(events, jobs, chunks, head));
                    events.Clear();
                }
            }
        });
    }

    /// <summary>Writes everything into a new file, a transaction a batch, on the engine's own streams, and returns what it took.</summary>
    /// <param name="path">The new file.</param>
    /// <param name="batches">How many batches; all when it is null.</param>
    public Timing Replay(string path, int? batches = null) => Time(path, file =>
    {
        foreach (RecordedBatch batch in _batches.Take(batches ?? _batches.Count))
        {
            Commit(file, batch);
        }
    });

    /// <summary>Writes everything into a new file as the store does: each batch but the first is appended to the journal, and LiteDB gets them together.</summary>
    /// <param name="path">The new file.</param>
    public Timing ReplayJournaled(string path) => Time(path, file =>
    {
        Commit(file, _batches[0]);
        long last = _batches[0].Events[^1].Sequence;
        Dictionary<long, BsonDocument> updates = [];
        List<JobEvent> events = [];
        int changes = 0;
        foreach (RecordedBatch batch in _batches.Skip(1))
        {
            byte[] payload = BsonSerializer.Serialize(new BsonDocument { ["jobs"] = new BsonArray(batch.Updates), ["events"] = EventChunk.Write(batch.Events) });
            file.Append(payload, last, batch.Events[^1].Sequence);
            last = batch.Events[^1].Sequence;
            events.AddRange(batch.Events);
            foreach (BsonDocument update in batch.Updates)
            {
                updates[update["_id"].AsInt64] = update;
            }

            changes += batch.Updates.Length;
            if (changes >= SettledChanges)
            {
                Settle(batch.Head);
            }
        }

        Settle(_batches[^1].Head);

        void Settle(BsonDocument head)
        {
            Commit(file, new RecordedBatch([.. events], [], [.. updates.Values], head));
            file.ClearJournal();
            updates.Clear();
            events.Clear();
            changes = 0;
        }
    });

    private Timing Time(string path, Action<LiteDbFile> write)
    {
        using LiteDbFile file = LiteDbFile.Open(path);
        file.Commit(database =>
        {
            StoreCollections.EnsureIndexes(database);
            StoreCollections.Head(database).Insert(_batches[0].Head);
        });
        GC.Collect();
        CpuTime before = CpuTime.Now();
        long begin = Stopwatch.GetTimestamp();
        write(file);
        return new Timing(Stopwatch.GetElapsedTime(begin).TotalSeconds, CpuTime.Now() - before);
    }

    private static void Commit(LiteDbFile file, RecordedBatch batch)
    {
        file.Commit(database =>
        {
            ILiteCollection<BsonDocument> jobs = StoreCollections.Jobs(database);
            StoreCollections.Events(database).Insert(batch.Events.Chunk(EventChunk.MaxEvents).Select(EventChunk.Write));
            jobs.Insert(batch.Inserts);
            jobs.Update(batch.Updates);
            StoreCollections.Head(database).Update(batch.Head);
        });
        if (file.CheckpointDue)
        {
            file.Checkpoint();
        }
    }

    private static RecordedBatch Batch(List<JobEvent> events, Dictionary<long, BsonDocument> jobs, Dictionary<JobId, List<long>> chunks, BsonDocument head)
    {
        Dictionary<JobId, JobState> states = [];
        HashSet<JobId> created = [];
        foreach (JobEvent[] chunk in events.Chunk(EventChunk.MaxEvents))
        {
            foreach (JobEvent step in chunk)
            {
                states[step.JobId] = step.To;
                if (step.From == JobState.Created)
                {
                    created.Add(step.JobId);
                }

                List<long> known = chunks.TryGetValue(step.JobId, out List<long>? list) ? list : chunks[step.JobId] = [];
                if (known.Count == 0 || known[^1] != chunk[0].Sequence)
                {
                    known.Add(chunk[0].Sequence);
                }
            }
        }

        return new RecordedBatch(
            [.. events],
            [.. states.Where(job => created.Contains(job.Key)).Select(job => Document(job.Key, job.Value))],
            [.. states.Where(job => !created.Contains(job.Key)).Select(job => Document(job.Key, job.Value))],
            head);

        // The document as it is at last, with the fields that the run changed as they were then.
        BsonDocument Document(JobId id, JobState state)
        {
            BsonDocument final = jobs[id.Value];
            var then = new BsonDocument(new Dictionary<string, BsonValue>((IEnumerable<KeyValuePair<string, BsonValue>>)final, StringComparer.OrdinalIgnoreCase)) { ["state"] = (int)state };
            then[JobDocument.ChunksField] = JobDocument.WriteChunks(chunks[id]);
            if (!state.IsFinal())
            {
                then.Remove("out");
                then.Remove("code");
            }

            return then;
        }
    }
}
