using System.Collections.Immutable;
using Balsam.Storage.LiteDb.Documents;
using LiteDB;

namespace Balsam.Storage.LiteDb.Care;

/// <summary>All that a store says of one job, read at one instant.</summary>
/// <param name="Id">The job.</param>
/// <param name="Document">Its document; null when there is none.</param>
/// <param name="Parents">The document of its parents; null when there is none.</param>
/// <param name="Chunks">The blocks of events that its document names, null for those that are not there.</param>
/// <param name="UnindexedTags">Those of its tags by which it is not found.</param>
/// <param name="Unreadable">Why it could not be read; null when it could.</param>
internal sealed record JobEvidence(
    long Id, BsonDocument? Document, BsonDocument? Parents, ImmutableArray<(long Id, BsonDocument? Document)> Chunks, ImmutableArray<string> UnindexedTags, string? Unreadable)
{
    public static JobEvidence Read(LiteDatabase database, long id)
    {
        try
        {
            ILiteCollection<BsonDocument> jobs = StoreCollections.Jobs(database);
            if (jobs.FindById(id) is not { } document)
            {
                return new JobEvidence(id, null, null, [], [], null);
            }

            DocumentSeal.Check(document, JobDocument.What, id);
            ILiteCollection<BsonDocument> events = StoreCollections.Events(database);
            return new JobEvidence(
                id,
                document,
                document.ContainsKey(ParentsDocument.CountField) ? StoreCollections.Parents(database).FindById(id) : null,
                [.. JobDocument.ReadChunks(document).Select(chunk => (chunk, (BsonDocument?)events.FindById(chunk)))],
                [.. JobDocument.ReadTags(document).Where(tag => !jobs.Exists(FilterTranslator.TagBetween(tag, id, id)))],
                null);
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or IOException or LiteException))
        {
            return new JobEvidence(id, null, null, [], [], exception.Message);
        }
    }
}
