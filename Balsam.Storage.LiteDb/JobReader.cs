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
        StoreCollections.Jobs(database).FindById(id) is { } document ? Read(database, [become(document)])[0] : null;

    /// <summary>The jobs of some documents, in their order.</summary>
    public static List<Job> Read(LiteDatabase database, IReadOnlyCollection<BsonDocument> documents)
    {
        long[] children = [.. documents.Where(document => document.ContainsKey(ParentsDocument.CountField)).Select(document => document["_id"].AsInt64).Order()];
        Dictionary<long, BsonDocument> parents = ReadAll(StoreCollections.Parents(database), children);
        return [.. documents.Select(document => JobDocument.Read(document, parents.TryGetValue(document["_id"].AsInt64, out BsonDocument? edges) ? ParentsDocument.Read(edges) : []))];
    }

    /// <summary>The documents of some ids, in rising order. Ids that stand close together are read in one walk along the index.</summary>
    public static Dictionary<long, BsonDocument> ReadAll(ILiteCollection<BsonDocument> collection, long[] ids)
    {
        IEnumerable<BsonDocument?> documents = ids.Length > 1 && ids[^1] - ids[0] < 2L * ids.Length
            ? collection.Find(BsonExpression.Create("$._id BETWEEN @0 AND @1", ids[0], ids[^1]))
            : ids.Select(id => collection.FindById(id));
        return documents.OfType<BsonDocument>().ToDictionary(document => document["_id"].AsInt64);
    }
}
