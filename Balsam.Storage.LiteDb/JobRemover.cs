using System.Collections.Immutable;
using Balsam.Storage.LiteDb.Documents;
using LiteDB;

namespace Balsam.Storage.LiteDb;

/// <summary>Deletes jobs, and takes their events out of the chunks that they share with others.</summary>
internal static class JobRemover
{
    public static void Remove(LiteDatabase database, IReadOnlyCollection<JobId> ids, Func<JobId, ImmutableArray<long>> chunksOf)
    {
        ILiteCollection<BsonDocument> events = StoreCollections.Events(database);
        HashSet<JobId> gone = [.. ids];
        foreach (long chunk in ids.SelectMany(id => chunksOf(id)).Distinct().ToArray())
        {
            if (events.FindById(chunk) is { } document)
            {
                List<JobEvent> kept = EventChunk.Read(document);
                kept.RemoveAll(step => gone.Contains(step.JobId));
                events.Update(EventChunk.Write(chunk, document["last"].AsInt64, kept));
            }
        }

        ILiteCollection<BsonDocument> jobs = StoreCollections.Jobs(database);
        foreach (JobId id in ids)
        {
            jobs.Delete(id.Value);
            StoreCollections.Parents(database).Delete(id.Value);
        }
    }
}
