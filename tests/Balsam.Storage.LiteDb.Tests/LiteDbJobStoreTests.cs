using System.Collections.Immutable;
using System.Diagnostics;
using Balsam.Storage.LiteDb.Files;
using LiteDB;

namespace Balsam.Storage.LiteDb.Tests;

/// <summary>What the LiteDB store does beyond the contract: its file, its schema, its owner.</summary>
public sealed class LiteDbJobStoreTests
{
    private const int Current = 8;

    private string _directory = "";

    private string StorePath => Path.Combine(_directory, "store.db");

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("balsam-litedb-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task Open_FileOfSchema1_IsMigratedWithEveryJob()
    {
        IReadOnlyList<Job> before = await FillAsync();
        Rewrite(database =>
        {
            // Schema 1 had no pages of states.
            database.DropCollection("states");
            SetSchema(database, 1);
        });

        await using var store = new LiteDbJobStore(StorePath);
        await store.OpenAsync(CancellationToken.None);

        IReadOnlyList<Job> after = await store.QueryAsync(new JobSelector(), CancellationToken.None);
        Assert.That(after.Select(job => (job.Id, job.State, job.Version)), Is.EqualTo(before.Select(job => (job.Id, job.State, job.Version))));
        Assert.That((await store.CountAsync(JobFilter.All, CancellationToken.None))[JobState.Failed], Is.EqualTo(before.Count(job => job.State == JobState.Failed)));
        await store.DisposeAsync();
        Rewrite(database => Assert.That(database.GetCollection("head").FindById(1)["schema"].AsInt32, Is.EqualTo(Current)));
    }

    [Test]
    public async Task Open_FileOfSchema2_HasItsTagIndexInOrder()
    {
        IReadOnlyList<Job> before = await FillAsync();
        Rewrite(database =>
        {
            // Schema 2 had the tags in no order of number.
            database.GetCollection("jobs").DropIndex("tagids");
            database.GetCollection("jobs").EnsureIndex("tags", "$.tags[*]");
            SetSchema(database, 2);
        });

        await using var store = new LiteDbJobStore(StorePath);
        await store.OpenAsync(CancellationToken.None);

        foreach ((string key, string value) in before.SelectMany(job => job.Tags).Select(tag => (tag.Key, tag.Value)).Distinct())
        {
            IReadOnlyList<Job> tagged = await store.QueryAsync(new JobSelector { Filter = new TagFilter(key, value) }, CancellationToken.None);
            Assert.That(tagged.Select(job => job.Id), Is.EqualTo(before.Where(job => job.Tags.GetValueOrDefault(key) == value).Select(job => job.Id)));
        }

        Assert.That(before.SelectMany(job => job.Tags), Is.Not.Empty);
    }

    [Test]
    public async Task Open_FileOfSchema3_TakesKeysFromThenOn()
    {
        IReadOnlyList<Job> before = await FillAsync();
        Rewrite(database =>
        {
            // Schema 3 knew no keys.
            Assert.That(database.GetCollection("jobs").FindAll().Select(job => job.ContainsKey("key")), Has.All.False);
            database.DropCollection("keys");
            SetSchema(database, 3);
        });
        var keyed = new JobCommit { Additions = [new JobAddition { Application = "App", Site = SiteName.Local, Key = "study/mesh-64" }] };

        JobId first;
        await using (var store = new LiteDbJobStore(StorePath))
        {
            await store.OpenAsync(CancellationToken.None);
            Assert.That((await store.QueryAsync(new JobSelector(), CancellationToken.None)).Select(job => (job.Id, job.Version, job.Key)), Is.EqualTo(before.Select(job => (job.Id, job.Version, (string?)null))));
            first = (await store.CommitAsync([keyed], CancellationToken.None))[0].Added[0].Id;
        }

        await using var reopened = new LiteDbJobStore(StorePath);
        await reopened.OpenAsync(CancellationToken.None);
        Assert.That((await reopened.CommitAsync([keyed], CancellationToken.None))[0].Existing, Is.EqualTo(new[] { first }));
        await reopened.DisposeAsync();
        Rewrite(database => Assert.That(database.GetCollection("head").FindById(1)["schema"].AsInt32, Is.EqualTo(Current)));
    }

    [Test]
    public async Task Open_FileOfSchema4_TakesRecords()
    {
        var request = new SessionRequest { Site = "local", Host = "host", ProcessId = 1 };
        await FillAsync();
        await using (var newer = new LiteDbJobStore(StorePath))
        {
            await newer.OpenAsync(CancellationToken.None);
            await newer.OpenSessionAsync(request, CancellationToken.None);
        }

        Rewrite(database =>
        {
            // Schema 4 recorded no launchers.
            Assert.That(database.DropCollection("launchers"), Is.True);
            SetSchema(database, 4);
        });

        await using var store = new LiteDbJobStore(StorePath);
        await store.OpenAsync(CancellationToken.None);
        Assert.That(await store.ListLaunchersAsync(CancellationToken.None), Is.Empty);
        LauncherSession session = await store.OpenSessionAsync(request, CancellationToken.None);
        Assert.That((await store.ListLaunchersAsync(CancellationToken.None)).Select(launcher => launcher.Token), Is.EqualTo(new[] { session.Token }));
    }

    [Test]
    public async Task Open_FileOfSchema5_HasTheParentsOfEveryJob()
    {
        Job[] before;
        await using (var newer = new LiteDbJobStore(StorePath))
        {
            await newer.OpenAsync(CancellationToken.None);
            await newer.CommitAsync([Add(3)], CancellationToken.None);
            ImmutableArray<ParentReference> parents = [ParentReference.To(new JobId(1)), ParentReference.To(new JobId(3), DependencyCondition.Either)];
            await newer.CommitAsync([new JobCommit { Additions = [new JobAddition { Application = "App", Site = SiteName.Local, Parents = parents }] }], CancellationToken.None);
            await newer.CommitAsync([new JobCommit { Additions = [new JobAddition { Application = "App", Site = SiteName.Local, Parents = parents[..1] }] }], CancellationToken.None);
            before = [.. await newer.QueryAsync(new JobSelector(), CancellationToken.None)];
        }

        Rewrite(database =>
        {
            // Schema 5 had the parents in the documents of the jobs.
            ILiteCollection<BsonDocument> jobs = database.GetCollection("jobs");
            foreach (BsonDocument edges in database.GetCollection("parents").FindAll().ToArray())
            {
                BsonDocument job = jobs.FindById(edges["_id"]);
                Assert.That(job.Remove("after") && job.Remove("crc"), Is.True);
                job["parents"] = edges["parents"];
                if (edges.ContainsKey("edges"))
                {
                    job["edges"] = edges["edges"];
                }

                jobs.Update(job);
            }

            database.DropCollection("parents");
            jobs.EnsureIndex("parents", "$.parents[*]");
            SetSchema(database, 5);
        });

        await using var store = new LiteDbJobStore(StorePath);
        await store.OpenAsync(CancellationToken.None);
        Assert.That((await store.QueryAsync(new JobSelector(), CancellationToken.None)).Select(Edges), Is.EqualTo(before.Select(Edges)));
        Assert.That((await store.QueryAsync(new JobSelector { Filter = new ChildOfFilter(new JobId(1)) }, CancellationToken.None)).Select(job => job.Id.Value), Is.EqualTo(new[] { 4L, 5L }));
        await store.CommitAsync([new JobCommit { Changes = [Cancel(before[0])] }], CancellationToken.None);
        Assert.That((await store.FindAsync([before[3].Id, before[4].Id], CancellationToken.None)).Select(job => job.State), Has.All.EqualTo(JobState.Failed));
        await store.DisposeAsync();
        Rewrite(database =>
        {
            Assert.That(database.GetCollection("jobs").FindAll().Select(job => job.ContainsKey("parents")), Has.All.False);
            Assert.That(database.GetCollection("head").FindById(1)["schema"].AsInt32, Is.EqualTo(Current));
        });
    }

    [Test]
    public async Task Delete_OfAChild_TakesItsParentsOutOfTheFile()
    {
        await using var store = new LiteDbJobStore(StorePath);
        await store.OpenAsync(CancellationToken.None);
        await store.CommitAsync([Add(1)], CancellationToken.None);
        await store.CommitAsync([new JobCommit { Additions = [new JobAddition { Application = "App", Site = SiteName.Local, Parents = [ParentReference.To(new JobId(1))] }] }], CancellationToken.None);
        await store.DeleteAsync(new JobDeletion { Ids = [new JobId(2)] }, CancellationToken.None);
        await store.DisposeAsync();
        Rewrite(database => Assert.That(database.GetCollection("parents").Count(), Is.Zero));
    }

    [Test]
    public async Task Open_FileOfNewerSchema_IsRefusedAndLeftAsItWas()
    {
        await FillAsync();
        Rewrite(database => SetSchema(database, 99));
        byte[] before = await File.ReadAllBytesAsync(StorePath);

        await using var store = new LiteDbJobStore(StorePath);
        StoreException? refusal = await Assert.ThrowsAsync<StoreException>(() => store.OpenAsync(CancellationToken.None));

        Assert.That(refusal!.Kind, Is.EqualTo(StoreErrorKind.TooNew));
        Assert.That(refusal.Message, Does.Contain("schema 99").And.Contain(StorePath).And.Contain("Use version 9.8.7 of Balsam"));
        Assert.That(await File.ReadAllBytesAsync(StorePath), Is.EqualTo(before));
    }

    [Test]
    public async Task Open_LiteDbFileOfAnotherProgram_IsRefusedAndLeftAsItWas()
    {
        Rewrite(database => database.GetCollection("customers").Insert(new BsonDocument { ["name"] = "Ada" }));
        byte[] before = await File.ReadAllBytesAsync(StorePath);

        await using var store = new LiteDbJobStore(StorePath);
        StoreException? refusal = await Assert.ThrowsAsync<StoreException>(() => store.OpenAsync(CancellationToken.None));

        Assert.That(refusal!.Kind, Is.EqualTo(StoreErrorKind.Unreadable));
        Assert.That(refusal.Message, Does.Contain("customers"));
        Assert.That(await File.ReadAllBytesAsync(StorePath), Is.EqualTo(before));
    }

    [TestCase("this is not a database", TestName = "Open_TextFile_IsRefusedAndLeftAsItWas")]
    [TestCase("", TestName = "Open_EmptyFile_IsRefusedAndLeftAsItWas")]
    public async Task Open_SomethingElse_IsRefusedAndLeftAsItWas(string content)
    {
        await File.WriteAllTextAsync(StorePath, content);

        await using var store = new LiteDbJobStore(StorePath);
        StoreException? refusal = await Assert.ThrowsAsync<StoreException>(() => store.OpenAsync(CancellationToken.None));

        Assert.That(refusal!.Kind, Is.EqualTo(StoreErrorKind.Unreadable));
        Assert.That(await File.ReadAllTextAsync(StorePath), Is.EqualTo(content));
    }

    [Test]
    public async Task Open_TruncatedFile_IsRefusedAndLeftAsItWas()
    {
        await FillAsync();
        byte[] cut = (await File.ReadAllBytesAsync(StorePath))[..^8192];
        await File.WriteAllBytesAsync(StorePath, cut);

        await using var store = new LiteDbJobStore(StorePath);
        StoreException? refusal = await Assert.ThrowsAsync<StoreException>(() => store.OpenAsync(CancellationToken.None));

        Assert.That(refusal!.Kind, Is.EqualTo(StoreErrorKind.Unreadable));
        Assert.That(await File.ReadAllBytesAsync(StorePath), Is.EqualTo(cut));
    }

    [Test]
    public async Task Open_WhileAnotherStoreHoldsTheFile_SaysWho()
    {
        await using var owner = new LiteDbJobStore(StorePath);
        await owner.OpenAsync(CancellationToken.None);

        await using var second = new LiteDbJobStore(StorePath);
        StoreException? refusal = await Assert.ThrowsAsync<StoreException>(() => second.OpenAsync(CancellationToken.None));

        Assert.That(refusal!.Kind, Is.EqualTo(StoreErrorKind.Locked));
        Assert.That(refusal.Message, Does.Contain(Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture)).And.Contain(Environment.MachineName));
    }

    [Test]
    public async Task Open_AfterManyEventsWithoutClosing_FindsEveryStateFromThePagesAndTheEventsBehindThem()
    {
        // The pages are written on the way (every 65,536 events); the copy is taken while the store is open, as a crash would leave it.
        await using var store = new LiteDbJobStore(StorePath);
        await store.OpenAsync(CancellationToken.None);
        for (int i = 0; i < 12; i++)
        {
            IReadOnlyList<Job> added = (await store.CommitAsync([Add(2000)], CancellationToken.None))[0].Added;
            await store.CommitAsync([.. added.Select(job => new JobCommit { Changes = [Cancel(job)] })], CancellationToken.None);
        }

        await store.CommitAsync([Add(10)], CancellationToken.None);
        string copy = Path.Combine(_directory, "copy");
        Directory.CreateDirectory(copy);
        string[] files = [.. Directory.GetFiles(_directory).Where(file => !file.EndsWith("-lock", StringComparison.Ordinal))];
        using (Process cp = Process.Start("cp", [.. files, copy]))
        {
            await cp.WaitForExitAsync();
        }

        await using var reopened = new LiteDbJobStore(Path.Combine(copy, "store.db"));
        await reopened.OpenAsync(CancellationToken.None);

        JobCounts counts = await reopened.CountAsync(JobFilter.All, CancellationToken.None);
        Assert.That((counts[JobState.Failed], counts[JobState.StagedIn], counts.Total), Is.EqualTo((24_000, 10, 24_010)));
    }

    private static JobCommit Add(int count) => new()
    {
        Additions = [.. Enumerable.Range(0, count).Select(i => new JobAddition { Application = "App", Site = SiteName.Local, Workdir = FormattableString.Invariant($"w/{i}"), Tags = new Dictionary<string, string> { ["study"] = i % 2 == 0 ? "a" : "b" } })],
    };

    private static string Edges(Job job) => $"{job.Id} v{job.Version}: {string.Join(", ", job.Parents)}";

    private static JobChange Cancel(Job job) =>
        new JobChange(job).Fail(JobTrigger.Cancelled, job.LastUpdate, new FailureDetails { Kind = FailureKind.Cancelled, Message = "enough" });

    private async Task<IReadOnlyList<Job>> FillAsync()
    {
        await using var store = new LiteDbJobStore(StorePath);
        await store.OpenAsync(CancellationToken.None);
        IReadOnlyList<Job> added = (await store.CommitAsync([Add(5)], CancellationToken.None))[0].Added;
        await store.CommitAsync([new JobCommit { Changes = [Cancel(added[1])] }], CancellationToken.None);
        return await store.QueryAsync(new JobSelector(), CancellationToken.None);
    }

    private void Rewrite(Action<LiteDatabase> edit)
    {
        using LiteDbFile file = LiteDbFile.Open(StorePath);
        file.Maintain(edit);
    }

    private static void SetSchema(LiteDatabase database, int schema)
    {
        ILiteCollection<BsonDocument> heads = database.GetCollection("head");
        BsonDocument head = heads.FindById(1);
        head["schema"] = schema;
        head["package"] = "9.8.7";
        head.Remove("crc");
        heads.Update(head);
    }
}
