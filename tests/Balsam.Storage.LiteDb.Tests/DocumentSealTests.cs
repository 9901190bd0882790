using System.Collections.Immutable;
using Balsam.Storage.LiteDb.Documents;
using Balsam.Storage.LiteDb.Files;
using LiteDB;

namespace Balsam.Storage.LiteDb.Tests;

/// <summary>Each document carries a checksum: what is not as it was written is refused by name, and never handed out.</summary>
public sealed class DocumentSealTests
{
    private const long Job = 2;
    private const long Child = 3;

    private string _directory = "";

    private string StorePath => Path.Combine(_directory, "store.db");

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("balsam-seal-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task EveryDocument_OfAStore_IsSealedAndWhole()
    {
        await FillAsync();
        Rewrite(database =>
        {
            string[] collections = [.. database.GetCollectionNames()];
            Assert.That(collections, Is.EquivalentTo(new[] { "jobs", "parents", "events", "keys", "states", "launchers", "applications", "head" }));
            foreach (string collection in collections)
            {
                BsonDocument[] documents = [.. database.GetCollection(collection).FindAll()];
                Assert.That(documents, Is.Not.Empty.And.All.Matches<BsonDocument>(document => document is not null && DocumentSeal.IsSealed(document) && DocumentSeal.IsWhole(document)), collection);
            }
        });
    }

    [Test]
    public void AnyBit_OfADocument_BreaksTheSeal()
    {
        BsonDocument document = DocumentSeal.Seal(new BsonDocument
        {
            ["_id"] = 7L, ["n"] = 3, ["text"] = "Grüße, \ud83c\udf32", ["flag"] = true, ["none"] = BsonValue.Null, ["id"] = Guid.Parse("11111111-2222-3333-4444-555555555555"),
            ["bytes"] = new byte[] { 1, 2, 3 }, ["list"] = new BsonArray("a", 1L), ["sub"] = new BsonDocument { ["x"] = "" },
        });
        byte[] bytes = BsonSerializer.Serialize(document);
        Assert.That(DocumentSeal.IsWhole(BsonSerializer.Deserialize(bytes)), Is.True);
        Assert.Multiple(() =>
        {
            for (int bit = 0; bit < bytes.Length * 8; bit++)
            {
                byte[] flipped = [.. bytes];
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.That(Passes(flipped, document), Is.False, $"bit {bit % 8} of byte {bit / 8} of {bytes.Length}");
            }
        });
    }

    [TestCase("jobs", Job, "state", "job 2", TestName = "Read_JobWithAnotherState_IsRefusedByName")]
    [TestCase("jobs", Job, "dir", "job 2", TestName = "Read_JobWithAnotherWorkdir_IsRefusedByName")]
    [TestCase("parents", Child, "parents", "the list of parents of job 3", TestName = "Read_JobWithOtherParents_IsRefusedByName")]
    public async Task Read_OfADamagedJob_IsRefusedByName(string collection, long id, string field, string named)
    {
        await FillAsync();
        Rewrite(database => Damage(database, collection, id, field));
        await using var store = new LiteDbJobStore(StorePath);
        await store.OpenAsync(CancellationToken.None);

        StoreException? refusal = await Assert.ThrowsAsync<StoreException>(() => store.FindAsync([new JobId(id)], CancellationToken.None));
        Assert.That(refusal!.Kind, Is.EqualTo(StoreErrorKind.Unreadable));
        Assert.That(refusal.Message, Does.Contain(named).And.Contain(StorePath).And.Contain("backup"));
        await Assert.ThatAsync(() => store.QueryAsync(new JobSelector(), CancellationToken.None), Throws.TypeOf<StoreException>());
        Assert.That(await store.FindAsync([new JobId(1)], CancellationToken.None), Has.Count.EqualTo(1), "The others are read as ever.");
    }

    [Test]
    public async Task Read_OfADamagedBlockOfEvents_IsRefusedByName()
    {
        await FillAsync();
        Rewrite(database => Damage(database, "events", 1, "block"));
        await using var store = new LiteDbJobStore(StorePath);
        await store.OpenAsync(CancellationToken.None);

        foreach (Func<Task> read in new Func<Task>[] { () => store.ReadEventsAsync(0, 10, CancellationToken.None), () => store.ReadHistoryAsync(new JobId(Job), CancellationToken.None), () => store.ReadEventsBeforeAsync(2, 10, CancellationToken.None) })
        {
            StoreException? refusal = await Assert.ThrowsAsync<StoreException>(read);
            Assert.That(refusal!.Kind, Is.EqualTo(StoreErrorKind.Unreadable));
            Assert.That(refusal.Message, Does.Contain("events from number 1").And.Contain(StorePath));
        }
    }

    [TestCase("head", 1, "seq")]
    [TestCase("states", 0, "states")]
    [TestCase("keys", 0, "hashes")]
    [TestCase("launchers", 1, "pid")]
    [TestCase("applications", "App", "class")]
    public async Task Open_WithADamagedRecord_IsRefusedAndNamesTheFile(string collection, object id, string field)
    {
        await FillAsync();
        Rewrite(database => Damage(database, collection, new BsonValue(id), field));
        await using var store = new LiteDbJobStore(StorePath);
        StoreException? refusal = await Assert.ThrowsAsync<StoreException>(() => store.OpenAsync(CancellationToken.None));
        Assert.That(refusal!.Kind, Is.EqualTo(StoreErrorKind.Unreadable));
        Assert.That(refusal.Message, Does.Contain(StorePath).And.Contain("does not have the content that was written"));
    }

    [Test]
    public async Task Read_OfDocumentsWithoutASeal_IsAsEver()
    {
        await FillAsync();
        Rewrite(database =>
        {
            foreach (string collection in database.GetCollectionNames().ToArray())
            {
                foreach (BsonDocument document in database.GetCollection(collection).FindAll().ToArray())
                {
                    Assert.That(document.Remove("crc"), Is.True);
                    database.GetCollection(collection).Update(document);
                }
            }
        });
        await using var store = new LiteDbJobStore(StorePath);
        await store.OpenAsync(CancellationToken.None);
        Assert.That(await store.QueryAsync(new JobSelector(), CancellationToken.None), Has.Count.EqualTo(3));
        Assert.That(await store.ReadHistoryAsync(new JobId(Job), CancellationToken.None), Is.Not.Empty);
    }

    [Test]
    [Explicit("A measurement: what sealing and checking cost, for a document of a job, a block of 256 events and a page.")]
    public void Cost_OfSeals_IsPrinted()
    {
        JobAddition addition = new() { Application = "App", Site = SiteName.Local, Workdir = "study/12345", Key = "key-12345", Tags = ImmutableDictionary<string, string>.Empty.Add("study", "a").Add("n", "17"), Parameters = JobData.Parse("""{"input":"molecule-12345.xyz","tolerance":0.0001}""") };
        Job job = Balsam.Job.Create(new JobId(12_345), addition, [], DateTimeOffset.UnixEpoch);
        BsonDocument document = JobDocument.Write(job, [1, 2, 3, 4, 5]);
        JobEvent[] events = [.. Enumerable.Range(1, 256).Select(i => new JobEvent { JobId = new JobId(i), From = JobState.Ready, Trigger = JobTrigger.StagedIn, To = JobState.StagedIn, At = DateTimeOffset.UnixEpoch }.WithSequence(i))];
        BsonDocument block = EventChunk.Write(events);
        byte[] page = new byte[PageFormat.Size];
        Random.Shared.NextBytes(page);
        Print("write a job's document, sealed", () => JobDocument.Write(job, [1, 2, 3, 4, 5]));
        Print("of that the seal", () => DocumentSeal.Seal(document));
        Print("check it", () => DocumentSeal.Check(document, "job"));
        Print("seal a block of 256 events", () => DocumentSeal.Seal(block));
        Print("seal a page", () => PageSeal.Seal(page, 8192));
        Print("check a page", () => PageSeal.IsWhole(page, 8192));

        static void Print(string what, Action action)
        {
            const int times = 100_000;
            double best = double.MaxValue;
            for (int round = 0; round < 7; round++)
            {
                long start = System.Diagnostics.Stopwatch.GetTimestamp();
                for (int i = 0; i < times; i++)
                {
                    action();
                }

                best = Math.Min(best, System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMicroseconds / times);
            }

            TestContext.Out.WriteLine(FormattableString.Invariant($"{what}: {best:F2} µs"));
        }
    }

    private static bool Passes(byte[] bytes, BsonDocument original)
    {
        try
        {
            BsonDocument read = BsonSerializer.Deserialize(bytes);
            return DocumentSeal.IsSealed(read) && DocumentSeal.IsWhole(read) && BsonSerializer.Serialize(read).AsSpan().SequenceEqual(bytes) && read.Count == original.Count;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return false;
        }
    }

    // Changes one value behind the back of the seal.
    private static void Damage(LiteDatabase database, string collection, BsonValue id, string field)
    {
        ILiteCollection<BsonDocument> documents = database.GetCollection(collection);
        BsonDocument document = documents.FindById(id);
        document[field] = document[field] switch
        {
            { IsInt32: true } number => number.AsInt32 == (int)JobState.Failed ? (int)JobState.JobFinished : number.AsInt32 ^ 1,
            { IsInt64: true } number => number.AsInt64 ^ 1,
            { IsString: true } text => text.AsString + "x",
            { IsArray: true } => new BsonArray(1L),
            { IsBinary: true } bytes => Flip(bytes.AsBinary),
            var other => throw new ArgumentException($"{collection}.{field} is {other.Type}"),
        };
        Assert.That(documents.Update(document), Is.True);
    }

    private static byte[] Flip(byte[] bytes)
    {
        bytes[^1] ^= 4;
        return bytes;
    }

    // Job 1 waits for nothing, job 2 was cancelled and takes job 3, which came after it, with it.
    private async Task FillAsync()
    {
        await using var store = new LiteDbJobStore(StorePath);
        await store.OpenAsync(CancellationToken.None);
        JobAddition plain = new() { Application = "App", Site = SiteName.Local, Tags = ImmutableDictionary<string, string>.Empty.Add("study", "a"), Key = "first" };
        IReadOnlyList<Job> added = (await store.CommitAsync([new JobCommit { Additions = [plain, plain with { Key = null }, plain with { Key = null, Parents = [ParentReference.ToIndex(1)] }] }], CancellationToken.None))[0].Added;
        JobChange cancel = new JobChange(added[1]).Fail(JobTrigger.Cancelled, added[1].LastUpdate, new FailureDetails { Kind = FailureKind.Cancelled, Message = "enough" });
        await store.CommitAsync([new JobCommit { Changes = [cancel] }], CancellationToken.None);
        await store.OpenSessionAsync(new SessionRequest { Site = "local", Host = "host", ProcessId = 1 }, CancellationToken.None);
        await store.RegisterApplicationsAsync([new ApplicationRecord { Name = "App", ClassName = "Tests.App" }], CancellationToken.None);
    }

    private void Rewrite(Action<LiteDatabase> edit)
    {
        using LiteDbFile file = LiteDbFile.Open(StorePath);
        file.Maintain(edit);
    }
}
