using Balsam.Storage.LiteDb.Documents;
using Balsam.Storage.LiteDb.Files;
using LiteDB;

namespace Balsam.Storage.LiteDb.Tests.Care;

/// <summary>An inspection says nothing of a sound store, and names what is wrong with another.</summary>
public sealed class VerifyTests
{
    private string _directory = "";

    private string StorePath => Path.Combine(_directory, "store.db");

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("balsam-verify-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task Verify_OfASoundStore_FindsNothingAndHasReadAll()
    {
        await using LiteDbJobStore store = await FillAsync();
        StoreReport report = await store.VerifyAsync();
        Assert.That(report.Findings, Is.Empty, report.ToString());
        IReadOnlyList<JobEvent> events = await store.ReadEventsAsync(0, int.MaxValue, CancellationToken.None);
        Assert.That((report.IsSound, report.Jobs, report.Events), Is.EqualTo((true, 120, events.Count)));
        Assert.That(report.Pages, Is.EqualTo(new FileInfo(StorePath).Length / PageFormat.Size));
        Assert.That(report.Documents, Is.GreaterThan(report.Jobs * 3 / 2), "Jobs and lists of parents, and blocks of events besides.");
    }

    [Test]
    public async Task Verify_OfAnEmptyStore_FindsNothing()
    {
        await using var store = new LiteDbJobStore(StorePath);
        await store.OpenAsync(CancellationToken.None);
        Assert.That((await store.VerifyAsync()).ToString(), Does.Contain("0 jobs, 0 events").And.Contain("sound"));
    }

    [Test]
    public async Task Verify_OfAStoreThatIsNotOpen_IsRefused()
    {
        await using var store = new LiteDbJobStore(StorePath);
        StoreException? refusal = await Assert.ThrowsAsync<StoreException>(() => store.VerifyAsync());
        Assert.That(refusal!.Kind, Is.EqualTo(StoreErrorKind.Unavailable));
    }

    [TestCase(StoreFindingKind.WrongState, 1)]
    [TestCase(StoreFindingKind.BrokenHistory, 2)]
    [TestCase(StoreFindingKind.StrayEvents, 2)]
    [TestCase(StoreFindingKind.NotIndexed, 5)]
    [TestCase(StoreFindingKind.MissingJob, 1)]
    [TestCase(StoreFindingKind.StrayJob, 9_000)]
    [TestCase(StoreFindingKind.DamagedDocument, 7)]
    [TestCase(StoreFindingKind.CounterBehind, null)]
    public async Task Verify_OfWhatWasChangedBehindItsBack_NamesTheJob(StoreFindingKind kind, long? job)
    {
        await (await FillAsync()).DisposeAsync();
        using (LiteDbFile file = LiteDbFile.Open(StorePath))
        {
            file.Maintain(database => Spoil(database, kind));
        }

        await using var store = new LiteDbJobStore(StorePath);
        await store.OpenAsync(CancellationToken.None);
        StoreReport report = await store.VerifyAsync();
        Assert.That(report.Findings.Select(finding => (finding.Kind, finding.Job?.Value)), Does.Contain((kind, job)), report.ToString());
        Assert.That(report.Findings.Select(finding => finding.Advice), Is.All.Contains("backup"));
        Assert.That(report.Findings.Select(finding => finding.Job?.Value).Distinct().Count(), Is.EqualTo(1), $"Nothing else is accused: {report}");
    }

    [Test]
    public async Task Verify_WithADamagedPage_NamesItAndGoesOn()
    {
        await (await FillAsync()).DisposeAsync();
        byte[] bytes = await File.ReadAllBytesAsync(StorePath);
        // The first jobs have ended, so that the store opens without them.
        int page = Campaign.FirstPageOfJobs(bytes);
        bytes[(page * PageFormat.Size) + 200] ^= 16;
        await File.WriteAllBytesAsync(StorePath, bytes);

        await using var store = new LiteDbJobStore(StorePath);
        await store.OpenAsync(CancellationToken.None);
        StoreReport report = await store.VerifyAsync();
        Assert.That(report.Findings.Where(finding => finding.Kind == StoreFindingKind.DamagedPage).Select(finding => finding.What), Is.EqualTo(new[] { FormattableString.Invariant($"page {page} does not have the content that was written.") }));
        Assert.That(report.Jobs, Is.GreaterThan(60), "Jobs on other pages are looked at.");
    }

    [Test]
    public async Task Verify_WhileOthersWrite_FindsNothing()
    {
        await using LiteDbJobStore store = await FillAsync();
        using var end = new CancellationTokenSource();
        Task writing = Task.Run(async () =>
        {
            for (int i = 1_000; !end.IsCancellationRequested; i++)
            {
                Job job = (await store.CommitAsync([new JobCommit { Additions = [Campaign.Addition(i)] }], CancellationToken.None))[0].Added[0];
                var change = new JobChange(job);
                Campaign.Finish(change, JobState.JobFinished);
                await store.CommitAsync([new JobCommit { Changes = [change] }], CancellationToken.None);
                if (i % 3 == 0)
                {
                    await store.DeleteAsync(new JobDeletion { Ids = [job.Id] }, CancellationToken.None);
                }
            }
        });
        for (int i = 0; i < 5; i++)
        {
            StoreReport report = await store.VerifyAsync();
            Assert.That(report.Findings, Is.Empty, report.ToString());
        }

        await end.CancelAsync();
        await writing;
    }

    private static void Spoil(LiteDatabase database, StoreFindingKind kind)
    {
        ILiteCollection<BsonDocument> jobs = database.GetCollection("jobs");
        switch (kind)
        {
            case StoreFindingKind.WrongState:
                Edit(jobs, 1L, job => job["state"] = (int)JobState.Failed);
                break;
            case StoreFindingKind.BrokenHistory:
                // A block that is named and not there.
                Edit(jobs, 2L, job => job["chunks"].AsArray.Add(500_000L));
                break;
            case StoreFindingKind.StrayEvents:
                // The last block of the job is not named any more: the state is then not the one of its last event either.
                Edit(jobs, 2L, job => job["chunks"].AsArray.RemoveAt(job["chunks"].AsArray.Count - 1));
                break;
            case StoreFindingKind.NotIndexed:
                Edit(database.GetCollection("keys"), 0L, page => page["hashes"] = Without(page["hashes"].AsBinary, 5));
                break;
            case StoreFindingKind.MissingJob:
                Assert.That(jobs.Delete(1L), Is.True);
                break;
            case StoreFindingKind.StrayJob:
                BsonDocument copy = jobs.FindById(1L);
                copy["_id"] = 9_000L;
                copy["chunks"] = new BsonArray();
                copy["state"] = (int)JobState.Created;
                foreach (string field in new[] { "key", "tags", "crc", "try" })
                {
                    copy.Remove(field);
                }

                jobs.Insert(DocumentSeal.Seal(copy));
                Edit(database.GetCollection("head"), 1, head => head["id"] = 9_000L);
                break;
            case StoreFindingKind.DamagedDocument:
                BsonDocument damaged = jobs.FindById(7L);
                damaged["dir"] = "elsewhere";
                jobs.Update(damaged);
                break;
            case StoreFindingKind.CounterBehind:
                Edit(database.GetCollection("head"), 1, head => head["id"] = 100L);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "No way to spoil that.");
        }
    }

    private static byte[] Without(byte[] hashes, int job)
    {
        hashes.AsSpan(job * sizeof(ulong), sizeof(ulong)).Clear();
        return hashes;
    }

    private static void Edit(ILiteCollection<BsonDocument> collection, BsonValue id, Action<BsonDocument> edit)
    {
        BsonDocument document = collection.FindById(id);
        edit(document);
        document.Remove("crc");
        Assert.That(collection.Update(DocumentSeal.Seal(document)), Is.True);
    }

    private async Task<LiteDbJobStore> FillAsync()
    {
        var store = new LiteDbJobStore(StorePath);
        await store.OpenAsync(CancellationToken.None);
        await Campaign.FillAsync(store, 30);
        return store;
    }
}
