using LiteDB;

namespace Balsam.Storage.LiteDb.Documents;

/// <summary>Events of one transaction in a compact block: the number of the first is the document's id.</summary>
internal static class EventChunk
{
    /// <summary>The most events in a chunk: a job's history reads a few chunks, so they stay small.</summary>
    public const int MaxEvents = 256;

    /// <summary>What the document is, in messages, before its number.</summary>
    public const string What = "the block of events from number";

    public static BsonDocument Write(IReadOnlyList<JobEvent> events) => Write(events[0].Sequence, events[^1].Sequence, events);

    public static BsonDocument Write(long first, long last, IReadOnlyList<JobEvent> events)
    {
        using var block = new MemoryStream(events.Count * 24);
        using var writer = new BinaryWriter(block);
        long sequence = first;
        long time = 0;
        foreach (JobEvent step in events)
        {
            writer.Write7BitEncodedInt64(step.Sequence - sequence);
            writer.Write7BitEncodedInt64(step.JobId.Value);
            writer.Write((byte)step.From);
            writer.Write((byte)step.Trigger);
            writer.Write((byte)step.To);
            long at = step.At.ToUnixTimeMilliseconds();
            writer.Write7BitEncodedInt64(at - time);
            writer.Write((byte)((step.Message is null ? 0 : 1) | (step.Data.IsEmpty ? 0 : 2)));
            if (step.Message is not null)
            {
                writer.Write(step.Message);
            }

            if (!step.Data.IsEmpty)
            {
                writer.Write(step.Data.Json);
            }

            (sequence, time) = (step.Sequence, at);
        }

        writer.Flush();
        return DocumentSeal.Seal(new BsonDocument { ["_id"] = first, ["last"] = last, ["count"] = events.Count, ["block"] = block.ToArray() });
    }

    /// <exception cref="DocumentDamagedException">The document is not as it was written.</exception>
    public static List<JobEvent> Read(BsonDocument document)
    {
        DocumentSeal.Check(document, What);
        int count = document["count"].AsInt32;
        using var reader = new BinaryReader(new MemoryStream(document["block"].AsBinary));
        List<JobEvent> events = new(count);
        long sequence = document["_id"].AsInt64;
        long time = 0;
        for (int i = 0; i < count; i++)
        {
            sequence += reader.Read7BitEncodedInt64();
            var id = new JobId(reader.Read7BitEncodedInt64());
            var from = (JobState)reader.ReadByte();
            var trigger = (JobTrigger)reader.ReadByte();
            var to = (JobState)reader.ReadByte();
            time += reader.Read7BitEncodedInt64();
            byte parts = reader.ReadByte();
            string? message = (parts & 1) != 0 ? reader.ReadString() : null;
            JobData data = (parts & 2) != 0 ? JobData.Restore(reader.ReadString()) : JobData.Empty;
            events.Add(new JobEvent { JobId = id, From = from, Trigger = trigger, To = to, At = DateTimeOffset.FromUnixTimeMilliseconds(time), Message = message, Data = data }
                .WithSequence(sequence));
        }

        return events;
    }
}
