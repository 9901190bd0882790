using System.Collections.Immutable;
using Balsam.Storage.LiteDb.Documents;
using LiteDB;

namespace Balsam.Storage.LiteDb;

/// <summary>Puts jobs together from their documents and those of their parents.</summary>
internal static class JobReader
{
    /// <param name="database">The database.</param>
    /// <param name="id">The job's number.</param>
    /// <param name="become">Gives the document that a stored one has become.</param>
    public static Job? Find(LiteDatabase database, long id, Func<BsonDocument, BsonDocument> become) =>
        StoreCollections.Jobs(database).FindById(id) is { } document ? Read(database, [become(DocumentSeal.Check(document, JobDocument.What, id))])[0] : null;

    /// <summary>The documents of some jobs, in the order asked, without those that are not there.</summary>
    public static IEnumerable<BsonDocument> FindEach(LiteDatabase database, IEnumerable<long> ids) =>
        ids.Select(id => StoreCollections.Jobs(database).FindById(id) is { } document ? DocumentSeal.Check(document, JobDocument.What, id) : null).OfType<BsonDocument>();

    /// <summary>The jobs of some documents, in their order.</summary>
    public static List<Job> Read(LiteDatabase database, IReadOnlyCollection<BsonDocument> documents)
    {
        long[] children = [.. documents.Where(document => document.ContainsKey(ParentsDocument.CountField)).Select(document => document["_id"].AsInt64).Order()];
        Dictionary<long, BsonDocument> parents = ReadAll(StoreCollections.Parents(database), children);
        return [.. documents.Select(document => JobDocument.Read(document, ParentsOf(document, parents)))];
    }

    /// <summary>The documents of some ids, in rising order. Ids that stand close together are read in one walk along the index.</summary>
    public static Dictionary<long, BsonDocument> ReadAll(ILiteCollection<BsonDocument> collection, long[] ids)
    {
        IEnumerable<BsonDocument?> documents = ids.Length > 1 && ids[^1] - ids[0] < 2L * ids.Length
            ? collection.Find(BsonExpression.Create("$._id BETWEEN @0 AND @1", ids[0], ids[^1]))
            : ids.Select(id => collection.FindById(id));
        Dictionary<long, BsonDocument> found = [];
        foreach (BsonDocument document in documents.OfType<BsonDocument>())
        {
            found[document["_id"].AsInt64] = document;
        }

        return found;
    }

    private static ImmutableArray<JobDependency> ParentsOf(BsonDocument job, Dictionary<long, BsonDocument> parents)
    {
        if (!job.TryGetValue(ParentsDocument.CountField, out BsonValue count))
        {
            return [];
        }

        ImmutableArray<JobDependency> edges = parents.TryGetValue(job["_id"].AsInt64, out BsonDocument? document) ? ParentsDocument.Read(document) : [];
        return edges.Length == count.AsInt32 ? edges : throw new DocumentDamagedException(ParentsDocument.What, job["_id"]);
    }
}
