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
    private readonly List<RecordedBatch> _batches;

    private Recording(List<RecordedBatch> batches) => _batches = batches;

    /// <summary>The durable writes.</summary>
    public int Batches => _batches.Count;

    /// <summary>The job documents changed by all batches but the first, which is the submit.</summary>
    public int Updates => _batches.Skip(1).Sum(batch => batch.Updates.Length);

    /// <summary>Reads a store that the engine has closed.</summary>
    public static Recording Read(string path)
    {
        using LiteDbFile file = LiteDbFile.Open(path);
        return file.Read(database =>
        {
            Dictionary<long, BsonDocument> jobs = StoreCollections.Jobs(database).FindAll().ToDictionary(job => job["_id"].AsInt64);
            BsonDocument head = StoreCollections.Head(database).FindById(1);
            List<RecordedBatch> batches = [];
            List<BsonDocument> chunks = [];
            foreach (BsonDocument chunk in StoreCollections.Events(database).FindAll().OrderBy(chunk => chunk["_id"].AsInt64))
            {
                chunks.Add(chunk);
                if (chunk["count"].AsInt32 < EventChunk.MaxEvents)
                {
                    batches.Add(Batch(chunks, jobs, head));
                    chunks.Clear();
                }
            }

            if (chunks.Count > 0)
            {
                batches.Add(Batch(chunks, jobs, head));
            }

            return new Recording(batches);
        });
    }

    /// <summary>Writes everything into a new file, on the engine's own streams, and returns what it took.</summary>
    /// <param name="path">The new file.</param>
    /// <param name="batches">How many batches; all when it is null.</param>
    public Timing Replay(string path, int? batches = null)
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
        foreach (RecordedBatch batch in _batches.Take(batches ?? _batches.Count))
        {
            file.Commit(database =>
            {
                ILiteCollection<BsonDocument> jobs = StoreCollections.Jobs(database);
                StoreCollections.Events(database).Insert(batch.Chunks);
                jobs.Insert(batch.Inserts);
                jobs.Update(batch.Updates);
                StoreCollections.Head(database).Update(batch.Head);
            });
            if (file.CheckpointDue)
            {
                file.Checkpoint();
            }
        }

        return new Timing(Stopwatch.GetElapsedTime(begin).TotalSeconds, CpuTime.Now() - before);
    }

    private static RecordedBatch Batch(List<BsonDocument> chunks, Dictionary<long, BsonDocument> jobs, BsonDocument head)
    {
        Dictionary<JobId, JobState> states = [];
        HashSet<JobId> created = [];
        foreach (JobEvent step in chunks.SelectMany(EventChunk.Read))
        {
            states[step.JobId] = step.To;
            if (step.From == JobState.Created)
            {
                created.Add(step.JobId);
            }
        }

        long last = chunks[^1]["_id"].AsInt64;
        return new RecordedBatch(
            [.. chunks],
            [.. states.Where(job => created.Contains(job.Key)).Select(job => Document(job.Key, job.Value))],
            [.. states.Where(job => !created.Contains(job.Key)).Select(job => Document(job.Key, job.Value))],
            head);

        // The document as it is at last, with the fields that the run changed as they were then.
        BsonDocument Document(JobId id, JobState state)
        {
            BsonDocument final = jobs[id.Value];
            var then = new BsonDocument(new Dictionary<string, BsonValue>((IEnumerable<KeyValuePair<string, BsonValue>>)final, StringComparer.OrdinalIgnoreCase)) { ["state"] = (int)state };
            then[JobDocument.ChunksField] = new BsonArray(JobDocument.ReadChunks(final).Where(chunk => chunk <= last).Select(chunk => new BsonValue(chunk)));
            if (!state.IsFinal())
            {
                then.Remove("out");
                then.Remove("code");
            }

            return then;
        }
    }
}
