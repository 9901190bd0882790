using System.Globalization;
using Balsam.Storage.LiteDb.Files;
using LiteDB;

namespace Balsam.Storage.LiteDb.Tests.Files;

/// <summary>
/// Numbered batches whose whole effect follows from the number of the last one: documents of all sizes come, change and go, in two
/// collections with indexes. So after any crash the content can be checked to the byte.
/// </summary>
internal static class BatchWorkload
{
    private const int Kept = 20;
    private const int DocumentsPerBatch = 7;

    public static void Commit(LiteDbFile file, int number) => file.Commit(database => Write(database, number));

    public static void Write(ILiteDatabase database, int number)
    {
        ILiteCollection<BsonDocument> documents = database.GetCollection("documents");
        documents.EnsureIndex("batch");
        documents.EnsureIndex("mark");
        documents.Insert(Enumerable.Range(0, DocumentsPerBatch).Select(i => Document(number, i, number)));
        documents.DeleteMany(Query.EQ("batch", number - Kept));
        if (number > 1)
        {
            documents.Update(Document(number - 1, 0, number));
        }

        database.GetCollection("counter").Upsert(new BsonDocument { ["_id"] = 1, ["last"] = number });
    }

    /// <summary>Checks that the store holds exactly what batches 1 to some number leave, and returns that number.</summary>
    public static int Verify(LiteDbFile file) => file.Read(static database =>
    {
        int last = database.GetCollection("counter").FindById(1)?["last"].AsInt32 ?? 0;
        var expected = Expected(last).ToDictionary(document => document["_id"].AsInt32);
        ILiteCollection<BsonDocument> documents = database.GetCollection("documents");
        var found = documents.FindAll().ToDictionary(document => document["_id"].AsInt32);
        Assert.That(found.Keys, Is.EquivalentTo(expected.Keys), $"after batch {last}");
        foreach ((int id, BsonDocument document) in expected)
        {
            Assert.That(found[id].CompareTo(document), Is.Zero, $"document {id} after batch {last}");
        }

        for (int batch = last - Kept; batch <= last + 1; batch++)
        {
            int count = documents.Find(Query.EQ("batch", batch)).Count();
            Assert.That(count, Is.EqualTo(expected.Values.Count(d => d["batch"] == batch)), $"index of batch {batch} after {last}");
        }

        Assert.That(documents.Find(Query.GTE("mark", string.Empty)).Count(), Is.EqualTo(expected.Count));
        return last;
    });

    private static IEnumerable<BsonDocument> Expected(int last)
    {
        for (int batch = Math.Max(1, last - Kept + 1); batch <= last; batch++)
        {
            for (int i = 0; i < DocumentsPerBatch; i++)
            {
                yield return Document(batch, i, i == 0 && batch < last ? batch + 1 : batch);
            }
        }
    }

    private static BsonDocument Document(int batch, int i, int version)
    {
        int seed = (batch * 397) ^ (i * 31) ^ version;
        int size = i switch { 0 => 100 + (seed & 0x3FF), 5 => seed & 0x3FFF, 6 => (batch % 10 == 0 ? 100_000 : 10), _ => 600 };
        return new BsonDocument
        {
            ["_id"] = (batch * 10) + i,
            ["batch"] = batch,
            ["mark"] = ((uint)seed * 2654435761u).ToString("x8", CultureInfo.InvariantCulture),
            ["version"] = version,
            ["padding"] = new string((char)('a' + (version % 26)), size),
        };
    }
}
