using Balsam.Storage.LiteDb.Files;
using Balsam.Storage.LiteDb.Tests.Files;

namespace Balsam.Storage.LiteDb.Tests.Care;

/// <summary>A recovery brings over what is as it was written, says of everything else that it is lost, and never touches what it reads.</summary>
public sealed class RepairTests
{
    private const int Fours = 30;
    private const long Jobs = Fours * 4;

    private string _directory = "";

    private string StorePath => Path.Combine(_directory, "store.db");

    private string NewPath => Path.Combine(_directory, "recovered", "store.db");

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("balsam-repair-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task Recover_OfASoundStore_BringsEverythingOver()
    {
        SortedDictionary<long, string> expected = await FillAsync();
        RecoveryReport report = await LiteDbRepair.RecoverAsync(StorePath, NewPath);
        Assert.That(report.Losses, Is.Empty, report.ToString());
        Assert.That((report.Jobs, report.DamagedPages), Is.EqualTo((Jobs, 0)));
        Assert.That(Directory.GetFiles(Path.GetDirectoryName(NewPath)!), Is.EqualTo(new[] { NewPath }));

        await using var store = new LiteDbJobStore(NewPath);
        await store.OpenAsync(CancellationToken.None);
        Assert.That(await Campaign.DescribeAsync(store), Is.EqualTo(expected));
        StoreReport inspection = await store.VerifyAsync();
        Assert.That(inspection.Findings, Is.Empty, inspection.ToString());
        Assert.That(inspection.Events, Is.EqualTo(report.Events));
        Assert.That((await store.ListLaunchersAsync(CancellationToken.None)).Count, Is.EqualTo(1));
        Assert.That((await store.ListApplicationsAsync(CancellationToken.None)).Select(app => app.Name), Is.EqualTo(new[] { Campaign.App }));

        // Numbers go on where they were, and keys are taken.
        CommitResult result = (await store.CommitAsync([new JobCommit { Additions = [Campaign.Addition(2), Campaign.Addition(901)] }], CancellationToken.None))[0];
        Assert.That(result.Added.Select(job => job.Id.Value), Is.EqualTo(new[] { 3L, Jobs + 1 }));
    }

    [Test]
    public async Task Recover_WithAnyPageFlippedZeroedOrTornAway_BringsOverWhatStandsOnTheOthers()
    {
        Random random = TestSeed.NewRandom();
        SortedDictionary<long, string> expected = await FillAsync();
        byte[] sound = await File.ReadAllBytesAsync(StorePath);
        for (int round = 0; round < 12; round++)
        {
            byte[] damaged = [.. sound];
            int pages = damaged.Length / PageFormat.Size;
            string what = (round % 4) switch
            {
                0 => Spoil(damaged, 1, page => page[random.Next(page.Count)] ^= (byte)(1 << random.Next(8)), random),
                1 => Spoil(damaged, 3, page => page.AsSpan().Clear(), random),
                2 => Spoil(damaged, 5, page => random.NextBytes(page.AsSpan()), random),
                _ => Cut(ref damaged, random.Next(pages / 3, pages)),
            };
            await ExpectRecoveryAsync(damaged, expected, FormattableString.Invariant($"round {round}: {what}"), round);
        }
    }

    [TestCase((byte)1, TestName = "Recover_WithoutItsHeader_BringsEverythingOver")]
    [TestCase((byte)2, TestName = "Recover_WithoutItsCollections_BringsEverythingOver")]
    [TestCase((byte)3, TestName = "Recover_WithoutItsIndexes_BringsEverythingOver")]
    public async Task Recover_WithoutThePagesOfAKind_BringsEverythingOver(byte type)
    {
        SortedDictionary<long, string> expected = await FillAsync();
        byte[] bytes = await File.ReadAllBytesAsync(StorePath);
        int cleared = 0;
        for (int position = 0; position < bytes.Length; position += PageFormat.Size)
        {
            if (bytes[position + 4] == type)
            {
                bytes.AsSpan(position, PageFormat.Size).Clear();
                cleared++;
            }
        }

        Assert.That(cleared, Is.Positive);
        await File.WriteAllBytesAsync(StorePath, bytes);
        RecoveryReport report = await LiteDbRepair.RecoverAsync(StorePath, NewPath);
        Assert.That(report.DamagedPages, Is.EqualTo(cleared));
        Assert.That(report.Losses.Where(loss => loss.Kind != RecoveryLossKind.Unknown), Is.Empty, report.ToString());
        await using var store = new LiteDbJobStore(NewPath);
        await store.OpenAsync(CancellationToken.None);
        Assert.That(await Campaign.DescribeAsync(store), Is.EqualTo(expected));
    }

    [Test]
    public async Task Recover_OfAJobForWhichOthersWait_FailsThoseAndSaysWhy()
    {
        await FillAsync();
        long parent = 0;
        using (LiteDbFile file = LiteDbFile.Open(StorePath))
        {
            // The mesh of the last four: three jobs wait for it or for what comes after it.
            parent = Jobs - 3;
            file.Maintain(database =>
            {
                LiteDB.BsonDocument mesh = database.GetCollection("jobs").FindById(parent);
                mesh["dir"] = "elsewhere";
                database.GetCollection("jobs").Update(mesh);
            });
        }

        RecoveryReport report = await LiteDbRepair.RecoverAsync(StorePath, NewPath);
        Assert.That(report.Losses.Where(loss => loss.Job is not null).Select(loss => (loss.Kind, loss.Job!.Value.Value)), Is.EqualTo(new[]
        {
            (RecoveryLossKind.Job, parent), (RecoveryLossKind.AwaitedParent, parent + 1), (RecoveryLossKind.AwaitedParent, parent + 2),
        }));
        await using var store = new LiteDbJobStore(NewPath);
        await store.OpenAsync(CancellationToken.None);
        Assert.That(await store.FindAsync([new JobId(parent)], CancellationToken.None), Is.Empty);
        IReadOnlyList<Job> children = await store.FindAsync([new JobId(parent + 1), new JobId(parent + 2), new JobId(parent + 3)], CancellationToken.None);
        Assert.That(children.Select(job => job.State), Has.All.EqualTo(JobState.Failed));
        Assert.That(children[0].Failure!.Message, Does.Contain(FormattableString.Invariant($"job {parent}")));
        Assert.That((await store.VerifyAsync()).Findings, Is.Empty);
    }

    [Test]
    public async Task Recover_OfAStoreThatCrashed_TakesWhatIsInItsLog()
    {
        await using var store = new LiteDbJobStore(StorePath);
        await store.OpenAsync(CancellationToken.None);
        await Campaign.FillAsync(store, Fours);
        string crashed = Path.Combine(_directory, "crashed.db");
        foreach (string suffix in new[] { "", "-wal" })
        {
            using System.Diagnostics.Process copy = System.Diagnostics.Process.Start("cp", [StorePath + suffix, crashed + suffix]);
            await copy.WaitForExitAsync();
        }

        Assert.That(new FileInfo(crashed + "-wal").Length, Is.GreaterThan(100_000), "All of it is in the log.");
        RecoveryReport report = await LiteDbRepair.RecoverAsync(crashed, NewPath);
        Assert.That(report.Losses, Is.Empty, report.ToString());
        await using var recovered = new LiteDbJobStore(NewPath);
        await recovered.OpenAsync(CancellationToken.None);
        Assert.That(await Campaign.DescribeAsync(recovered), Is.EqualTo(await Campaign.DescribeAsync(store)));
    }

    [Test]
    public async Task Recover_OfAStoreThatIsOpen_IsRefused()
    {
        await using var store = new LiteDbJobStore(StorePath);
        await store.OpenAsync(CancellationToken.None);
        StoreException? refusal = await Assert.ThrowsAsync<StoreException>(() => LiteDbRepair.RecoverAsync(StorePath, NewPath));
        Assert.That(refusal!.Kind, Is.EqualTo(StoreErrorKind.Locked));
        Assert.That(File.Exists(NewPath), Is.False);
    }

    [Test]
    public async Task Recover_ToAPlaceThatIsTaken_IsRefused()
    {
        await FillAsync();
        await File.WriteAllTextAsync(StorePath + "2", "precious");
        StoreException? refusal = await Assert.ThrowsAsync<StoreException>(() => LiteDbRepair.RecoverAsync(StorePath, StorePath + "2"));
        Assert.That(refusal!.Kind, Is.EqualTo(StoreErrorKind.Forbidden));
        Assert.That(await File.ReadAllTextAsync(StorePath + "2"), Is.EqualTo("precious"));
        await Assert.ThatAsync(() => LiteDbRepair.RecoverAsync(StorePath, StorePath), Throws.ArgumentException);
    }

    [Test]
    public async Task Recover_OfSomethingElse_IsRefused()
    {
        await File.WriteAllBytesAsync(StorePath, new byte[20_000]);
        StoreException? refusal = await Assert.ThrowsAsync<StoreException>(() => LiteDbRepair.RecoverAsync(StorePath, NewPath));
        Assert.That(refusal!.Kind, Is.EqualTo(StoreErrorKind.Unreadable));
        await Assert.ThatAsync(() => LiteDbRepair.RecoverAsync(Path.Combine(_directory, "nowhere.db"), NewPath), Throws.TypeOf<StoreException>());
    }

    private async Task ExpectRecoveryAsync(byte[] damaged, SortedDictionary<long, string> expected, string what, int round)
    {
        string source = Path.Combine(_directory, FormattableString.Invariant($"damaged-{round}.db"));
        string target = Path.Combine(_directory, FormattableString.Invariant($"recovered-{round}.db"));
        await File.WriteAllBytesAsync(source, damaged);
        RecoveryReport report = await LiteDbRepair.RecoverAsync(source, target);
        Assert.That((await File.ReadAllBytesAsync(source)).AsSpan().SequenceEqual(damaged), Is.True, what);
        Assert.That(Directory.GetFiles(_directory, FormattableString.Invariant($"damaged-{round}.db*")), Has.Length.EqualTo(1), "Nothing is put beside it.");

        await using var store = new LiteDbJobStore(target);
        await store.OpenAsync(CancellationToken.None);
        SortedDictionary<long, string> found = await Campaign.DescribeAsync(store);
        HashSet<long> named = [.. report.Losses.Where(loss => loss.Job is not null).Select(loss => loss.Job!.Value.Value)];
        HashSet<long> lost = [.. report.Losses.Where(loss => loss.Kind == RecoveryLossKind.Job).Select(loss => loss.Job!.Value.Value)];

        Assert.That(found.Keys.Intersect(lost), Is.Empty, what);
        if (round % 4 == 0)
        {
            // One page: whatever stood on it, something else knows of the jobs. Of more than that, nothing at all may be left.
            Assert.That(expected.Keys.Except(found.Keys), Is.SubsetOf(lost), what);
        }

        foreach ((long id, string job) in found.Where(job => !named.Contains(job.Key) && job.Value != expected[job.Key]))
        {
            // What failed with one that is named, by the rules of the graph.
            Job failed = (await store.FindAsync([new JobId(id)], CancellationToken.None))[0];
            Assert.That(failed.State == JobState.Failed && failed.Failure!.GuiltyAncestor is { } guilty && (named.Contains(guilty.Value) || lost.Contains(guilty.Value)), Is.True, $"{what}: {job}\n{expected[id]}\n{report}");
        }

        StoreReport inspection = await store.VerifyAsync();
        Assert.That(inspection.Findings.Where(finding => finding.Job is not { } job || !named.Contains(job.Value)), Is.Empty, $"{what}: {inspection}\n{report}");
        TestContext.Out.WriteLine($"{what}: {found.Count} of {expected.Count} jobs, {report.DamagedPages} pages damaged, {report.Losses.Count} losses");
    }

    private static string Spoil(byte[] file, int count, Action<ArraySegment<byte>> spoil, Random random)
    {
        List<int> pages = [];
        for (int i = 0; i < count; i++)
        {
            int page = random.Next(1, file.Length / PageFormat.Size);
            pages.Add(page);
            spoil(new ArraySegment<byte>(file, page * PageFormat.Size, PageFormat.Size));
        }

        return $"pages {string.Join(", ", pages)} of {file.Length / PageFormat.Size}";
    }

    private static string Cut(ref byte[] file, int pages)
    {
        int all = file.Length / PageFormat.Size;
        file = file[..(pages * PageFormat.Size)];
        return FormattableString.Invariant($"the first {pages} of {all} pages");
    }

    private async Task<SortedDictionary<long, string>> FillAsync()
    {
        await using var store = new LiteDbJobStore(StorePath);
        await store.OpenAsync(CancellationToken.None);
        await Campaign.FillAsync(store, Fours);
        return await Campaign.DescribeAsync(store);
    }
}
