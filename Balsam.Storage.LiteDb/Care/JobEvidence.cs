using System.Collections.Immutable;
using Balsam.Storage.LiteDb.Documents;
using LiteDB;

namespace Balsam.Storage.LiteDb.Care;

/// <summary>All that a store says of one job, read at one instant.</summary>
/// <param name="Id">The job.</param>
/// <param name="Document">Its document; null when there is none.</param>
/// <param name="Parents">The document of its parents; null when there is none.</param>
/// <param name="Chunks">The blocks of events that its document names.</param>
/// <param name="History">Its events, as far as they could be read.</param>
/// <param name="Damages">What is wrong with the blocks.</param>
/// <param name="UnindexedTags">Those of its tags by which it is not found.</param>
/// <param name="UnindexedMarks">Those of its marks by which it is not found.</param>
/// <param name="Unreadable">Why it could not be read; null when it could.</param>
internal sealed record JobEvidence(
    long Id,
    BsonDocument? Document,
    BsonDocument? Parents,
    ImmutableArray<long> Chunks,
    IReadOnlyList<JobEvent> History,
    ImmutableArray<(StoreFindingKind Kind, string What)> Damages,
    ImmutableArray<string> UnindexedTags,
    ImmutableArray<string> UnindexedMarks,
    string? Unreadable)
{
    public static JobEvidence Read(LiteDatabase database, long id, EventBlocks? blocks = null)
    {
        try
        {
            ILiteCollection<BsonDocument> jobs = StoreCollections.Jobs(database);
            return jobs.FindById(id) is not { } document
                ? new JobEvidence(id, null, null, [], [], [], [], [], null)
                : Read(database, id, DocumentSeal.Check(document, JobDocument.What, id), blocks ?? new EventBlocks(database));
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or IOException or LiteException))
        {
            return new JobEvidence(id, null, null, [], [], [], [], [], exception.Message);
        }
    }

    private static JobEvidence Read(LiteDatabase database, long id, BsonDocument document, EventBlocks blocks)
    {
        ImmutableArray<long> chunks = JobDocument.ReadChunks(document);
        List<JobEvent> history = [];
        List<(StoreFindingKind Kind, string What)> damages = [];
        foreach (long chunk in chunks)
        {
            if (blocks.Read(chunk, out string? damage) is { } events)
            {
                history.AddRange(events[new JobId(id)]);
            }
            else
            {
                damages.Add(damage is null
                    ? (StoreFindingKind.BrokenHistory, FormattableString.Invariant($"the block of events {chunk}, which its document names, is not in the file."))
                    : (StoreFindingKind.DamagedDocument, damage));
            }
        }

        ILiteCollection<BsonDocument> jobs = StoreCollections.Jobs(database);
        return new JobEvidence(
            id,
            document,
            document.ContainsKey(ParentsDocument.CountField) ? StoreCollections.Parents(database).FindById(id) : null,
            chunks,
            history,
            [.. damages],
            [.. JobDocument.ReadTags(document).Where(tag => !jobs.Exists(FilterTranslator.Between(StoreCollections.TagIndex, tag, id, id)))],
            [.. JobDocument.ReadMarks(document).Where(mark => !jobs.Exists(FilterTranslator.Between(StoreCollections.MarkIndex, mark, id, id)))],
            null);
    }
}
