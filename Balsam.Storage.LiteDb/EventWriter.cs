using System.Collections.Immutable;
using Balsam.Storage.LiteDb.Documents;
using LiteDB;

namespace Balsam.Storage.LiteDb;

/// <summary>Cuts the events of a batch into chunks, and knows which chunks hold events of which job.</summary>
internal sealed class EventWriter
{
    private readonly Dictionary<JobId, ImmutableArray<long>> _ofJob = [];

    public EventWriter(IReadOnlyList<JobEvent> events)
    {
        List<BsonDocument> chunks = [];
        foreach (JobEvent[] chunk in events.Chunk(EventChunk.MaxEvents))
        {
            long id = chunk[0].Sequence;
            chunks.Add(EventChunk.Write(chunk));
            foreach (JobEvent step in chunk)
            {
                ImmutableArray<long> known = _ofJob.GetValueOrDefault(step.JobId, []);
                if (known.IsEmpty || known[^1] != id)
                {
                    _ofJob[step.JobId] = known.Add(id);
                }
            }
        }

        Chunks = chunks;
    }

    public IReadOnlyList<BsonDocument> Chunks { get; }

    public ImmutableArray<long> ChunksOf(JobId job) => _ofJob.GetValueOrDefault(job, []);
}
