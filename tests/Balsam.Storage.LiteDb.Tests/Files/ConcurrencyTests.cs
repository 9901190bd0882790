using Balsam.Storage.LiteDb.Files;
using LiteDB;

namespace Balsam.Storage.LiteDb.Tests.Files;

internal sealed class ConcurrencyTests
{
    [Test]
    public void Read_FourReadersBesideTheWriter_SeeWholeCommitsOnly()
    {
        const int Documents = 3_000;
        using var directory = new TemporaryDirectory();
        using LiteDbFile file = LiteDbFile.Open(directory["store.db"], new LiteDbFileOptions { CheckpointAt = 4_000_000 });
        file.Commit(static database => database.GetCollection("c").Insert(Enumerable.Range(0, Documents).Select(id => Document(id, 0))));
        using var stop = new CancellationTokenSource();
        var errors = new List<Exception>();
        long reads = 0;
        Thread[] readers = [.. Enumerable.Range(0, 4).Select(seed => new Thread(() => ReadUntil(file, seed, errors, ref reads, stop.Token)))];
        Array.ForEach(readers, reader => reader.Start());

        var random = new Random(1);
        for (int version = 1; version <= 400; version++)
        {
            int first = random.Next(Documents / 10) * 10;
            file.Commit(database => database.GetCollection("c").Update(Enumerable.Range(first, 10).Select(id => Document(id, version))));
            if (file.CheckpointDue)
            {
                file.Checkpoint();
            }
        }

        stop.Cancel();
        Array.ForEach(readers, reader => reader.Join());
        Assert.That(errors, Is.Empty);
        Assert.That(Interlocked.Read(ref reads), Is.GreaterThan(400));
    }

    private static void ReadUntil(LiteDbFile file, int seed, List<Exception> errors, ref long reads, CancellationToken stop)
    {
        var random = new Random(seed);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                int first = random.Next(300) * 10;
                int[] versions = file.Read(database =>
                    database.GetCollection("c").Find(Query.Between("_id", first, first + 9)).Select(document => document["version"].AsInt32).ToArray());
                Assert.That(versions, Has.Length.EqualTo(10));
                Assert.That(versions.Distinct().Count(), Is.EqualTo(1));
                Interlocked.Increment(ref reads);
            }
            catch (Exception ex)
            {
                lock (errors)
                {
                    errors.Add(ex);
                }

                return;
            }
        }
    }

    private static BsonDocument Document(int id, int version) => new()
    {
        ["_id"] = id,
        ["version"] = version,
        ["padding"] = new string('x', 500),
    };
}
