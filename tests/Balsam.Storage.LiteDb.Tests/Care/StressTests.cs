using System.Collections.Concurrent;
using System.Globalization;
using Balsam.Storage.LiteDb.Tests.Files;
using LiteDB;

namespace Balsam.Storage.LiteDb.Tests.Care;

/// <summary>LiteDB corrupts its file under several writers. The store does not, whatever comes at once. <c>BALSAM_STRESS_SECONDS</c> says for how long it is tried; default: 10.</summary>
public sealed class StressTests
{
    private const int Writers = 4;

    private string _directory = "";

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("balsam-stress-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task Store_WithEverybodyAtOnce_IsSoundWhenItIsOpenedAgain()
    {
        int seed = TestSeed.NewRandom().Next();
        string path = Path.Combine(_directory, "store.db");
        using var end = new CancellationTokenSource();
        StressLoad load;
        await using (var store = new LiteDbJobStore(path))
        {
            await store.OpenAsync(CancellationToken.None);
            load = new StressLoad(store, _directory, seed, end.Token);
            end.CancelAfter(Seconds());
            await load.RunAsync();
        }

        TestContext.Out.WriteLine(string.Join(", ", load.Done));
        await using var reopened = new LiteDbJobStore(path);
        await reopened.OpenAsync(CancellationToken.None);
        await load.VerifyAsync(reopened);
    }

    [Test]
    [Explicit("Evidence, not a test of ours: it shows what the store keeps out. It ends as soon as LiteDB fails, and says how; now and then a run survives.")]
    public async Task PlainLiteDb_WithSeveralWriters_FailsOrLosesWhatItAcknowledged()
    {
        string path = Path.Combine(_directory, "plain.db");
        using var end = new CancellationTokenSource(Seconds());
        ConcurrentBag<string> problems = [];
        ConcurrentDictionary<int, HashSet<int>> kept = [];
        long writes = 0;
        var database = new LiteDatabase(path);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() =>
        {
            ILiteCollection<BsonDocument> documents = database.GetCollection(FormattableString.Invariant($"documents{writer}"));
            HashSet<int> mine = kept[writer] = [];
            try
            {
                documents.EnsureIndex("tag");
                for (int batch = 0; !end.IsCancellationRequested; batch++)
                {
                    int first = batch * 50;
                    documents.Insert(Enumerable.Range(first, 50).Select(i => new BsonDocument { ["_id"] = i, ["tag"] = i % 7, ["text"] = new string('x', i % 600) }));
                    mine.UnionWith(Enumerable.Range(first, 50));
                    foreach (int old in mine.Where(id => id < first - 200).ToArray())
                    {
                        documents.Delete(old);
                        mine.Remove(old);
                    }

                    Interlocked.Add(ref writes, 100);
                }
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                problems.Add($"writer {writer}: {exception.GetType().Name}: {exception.Message}");
                end.Cancel();
            }
        })));
        try
        {
            database.Dispose();
            using var reopened = new LiteDatabase(path);
            foreach ((int writer, HashSet<int> ids) in kept)
            {
                HashSet<int> found = [.. reopened.GetCollection(FormattableString.Invariant($"documents{writer}")).FindAll().Select(document => document["_id"].AsInt32)];
                if (!found.SetEquals(ids))
                {
                    problems.Add(FormattableString.Invariant($"writer {writer}: {found.Count} documents are there, {ids.Count} were acknowledged; {ids.Except(found).Count()} are missing, {found.Except(ids).Count()} too many"));
                }
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            problems.Add($"opened again: {exception.GetType().Name}: {exception.Message}");
        }

        TestContext.Out.WriteLine(FormattableString.Invariant($"{writes} writes by {Writers} writers"));
        Assert.That(problems, Is.Not.Empty, "LiteDB survived this time.");
        TestContext.Out.WriteLine(string.Join(Environment.NewLine, problems));
    }

    private static TimeSpan Seconds() =>
        TimeSpan.FromSeconds(double.TryParse(Environment.GetEnvironmentVariable("BALSAM_STRESS_SECONDS"), CultureInfo.InvariantCulture, out double seconds) ? seconds : 10);
}
