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

    [Test]
    public void Enter_ManyThreads_ExcludesThem()
    {
        var gate = new FairGate();
        int inside = 0;
        int most = 0;
        int turns = 0;
        Parallel.For(0, 4, _ =>
        {
            for (int i = 0; i < 5_000; i++)
            {
                using FairGate.Turn turn = gate.Enter();
                using FairGate.Turn again = gate.Enter();
                most = Math.Max(most, ++inside);
                turns++;
                inside--;
            }
        });

        Assert.That(most, Is.EqualTo(1));
        Assert.That(turns, Is.EqualTo(20_000));
        Assert.That(gate.Asking, Is.Zero);
    }

    [Test]
    public void Enter_WhileHeld_ServesInTheOrderOfAsking()
    {
        var gate = new FairGate();
        var served = new List<int>();
        var threads = new List<Thread>();
        using (gate.Enter())
        {
            for (int i = 0; i < 6; i++)
            {
                int number = i;
                var thread = new Thread(() =>
                {
                    using FairGate.Turn turn = gate.Enter();
                    served.Add(number);
                });
                threads.Add(thread);
                thread.Start();
                SpinWait.SpinUntil(() => gate.Asking == number + 2);
            }
        }

        threads.ForEach(thread => thread.Join());
        Assert.That(served, Is.EqualTo(new[] { 0, 1, 2, 3, 4, 5 }));
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
