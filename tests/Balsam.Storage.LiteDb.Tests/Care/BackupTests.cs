using Balsam.Storage.LiteDb.Files;
using Microsoft.Extensions.DependencyInjection;

namespace Balsam.Storage.LiteDb.Tests.Care;

/// <summary>A backup is a store of its own, as the other one was at one instant, and never half of one.</summary>
public sealed class BackupTests
{
    private string _directory = "";

    private string StorePath => Path.Combine(_directory, "store.db");

    private string BackupPath => Path.Combine(_directory, "backups", "monday.db");

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("balsam-backup-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task Backup_OfAStore_HoldsEveryJobAndIsSound()
    {
        await using LiteDbJobStore store = await FillAsync();
        await store.BackupAsync(BackupPath);
        SortedDictionary<long, string> expected = await Campaign.DescribeAsync(store);

        Assert.That(Directory.GetFiles(Path.GetDirectoryName(BackupPath)!), Is.EqualTo(new[] { BackupPath }), "Nothing lies beside it: no lock file, no log, nothing unfinished.");
        if (!OperatingSystem.IsWindows())
        {
            Assert.That(File.GetUnixFileMode(BackupPath), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }

        await using var backup = new LiteDbJobStore(BackupPath);
        await backup.OpenAsync(CancellationToken.None);
        Assert.That(await Campaign.DescribeAsync(backup), Is.EqualTo(expected));
        Assert.That((await backup.VerifyAsync()).Findings, Is.Empty);
        Assert.That((await backup.ListApplicationsAsync(CancellationToken.None)).Select(app => app.Name), Is.EqualTo(new[] { Campaign.App }));
    }

    [Test]
    public async Task Backup_WhileOthersWrite_IsOneInstantWithAllThatWasAcknowledgedBefore()
    {
        await using LiteDbJobStore store = await FillAsync();
        using var end = new CancellationTokenSource();
        long acknowledged = 0;

        // Each commit adds two jobs that are in a backup both or not at all.
        Task writing = Task.Run(async () =>
        {
            for (int i = 1_000; !end.IsCancellationRequested; i += 2)
            {
                IReadOnlyList<Job> added = (await store.CommitAsync([new JobCommit { Additions = [Campaign.Addition(i), Campaign.Addition(i + 1)] }], CancellationToken.None))[0].Added;
                Volatile.Write(ref acknowledged, added[1].Id.Value);
            }
        });
        for (int i = 0; i < 5; i++)
        {
            long before = Volatile.Read(ref acknowledged);
            string path = Path.Combine(_directory, FormattableString.Invariant($"backup-{i}.db"));
            await store.BackupAsync(path);
            await using var backup = new LiteDbJobStore(path);
            await backup.OpenAsync(CancellationToken.None);
            JobCounts counts = await backup.CountAsync(JobFilter.All, CancellationToken.None);
            Assert.That(counts.Total % 2, Is.Zero);
            Assert.That(counts.Total, Is.GreaterThanOrEqualTo(before));
            StoreReport report = await backup.VerifyAsync();
            Assert.That(report.Findings, Is.Empty, report.ToString());
        }

        await end.CancelAsync();
        await writing;
        Assert.That((await store.VerifyAsync()).Findings, Is.Empty);
    }

    [Test]
    public async Task Backup_WhereAFileIs_IsRefusedAndOverwritesNothing()
    {
        await using LiteDbJobStore store = await FillAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(BackupPath)!);
        foreach (string taken in new[] { BackupPath, BackupPath + "-wal" })
        {
            await File.WriteAllTextAsync(taken, "precious");
            StoreException? refusal = await Assert.ThrowsAsync<StoreException>(() => store.BackupAsync(BackupPath));
            Assert.That(refusal!.Kind, Is.EqualTo(StoreErrorKind.Forbidden));
            Assert.That(refusal.Message, Does.Contain(BackupPath).And.Contain("another path"));
            Assert.That(await File.ReadAllTextAsync(taken), Is.EqualTo("precious"));
            File.Delete(taken);
        }

        await Assert.ThatAsync(() => store.BackupAsync(StorePath), Throws.TypeOf<StoreException>());
        await store.BackupAsync(BackupPath);
    }

    [Test]
    public async Task Backup_ThatIsCancelled_LeavesNothing()
    {
        await using LiteDbJobStore store = await FillAsync();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThatAsync(() => store.BackupAsync(BackupPath, cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Directory.Exists(Path.GetDirectoryName(BackupPath)), Is.False);
    }

    [Test]
    public async Task Backup_OfADamagedStore_SaysWhichPageAndLeavesNothing()
    {
        await (await FillAsync()).DisposeAsync();
        byte[] bytes = await File.ReadAllBytesAsync(StorePath);
        int page = Campaign.FirstPageOfJobs(bytes);
        bytes[(page * PageFormat.Size) + 5000] ^= 1;
        await File.WriteAllBytesAsync(StorePath, bytes);
        await using var store = new LiteDbJobStore(StorePath);
        await store.OpenAsync(CancellationToken.None);

        StoreException? refusal = await Assert.ThrowsAsync<StoreException>(() => store.BackupAsync(BackupPath));
        Assert.That(refusal!.Kind, Is.EqualTo(StoreErrorKind.Unreadable));
        Assert.That(refusal.Message, Does.Contain(FormattableString.Invariant($"Page {page} ")).And.Contain(StorePath));
        Assert.That(Directory.GetFiles(Path.GetDirectoryName(BackupPath)!), Is.Empty);
    }

    [Test]
    public async Task BackupInThePlaceOfAStoreThatCrashed_RefusesTheLogOfThat()
    {
        // A crash leaves file and log; somebody puts a backup in the place of the file and forgets the log.
        await using LiteDbJobStore store = await FillAsync();
        await store.BackupAsync(BackupPath);
        await store.CommitAsync([new JobCommit { Additions = [Campaign.Addition(5_000)] }], CancellationToken.None);
        string restored = Path.Combine(_directory, "restored.db");
        File.Copy(BackupPath, restored);
        CopyOpenFile(StorePath + "-wal", restored + "-wal");
        await using var reopened = new LiteDbJobStore(restored);
        StoreException? refusal = await Assert.ThrowsAsync<StoreException>(() => reopened.OpenAsync(CancellationToken.None));
        Assert.That(refusal!.Kind, Is.EqualTo(StoreErrorKind.Unreadable));
        Assert.That(refusal.Message, Does.Contain("belongs to another store"));
    }

    [Test]
    public async Task UseLiteDb_GivesTheStoreItself_ForBackups()
    {
        var services = new ServiceCollection();
        services.AddBalsam(balsam => balsam.UseLiteDb(StorePath));
        await using ServiceProvider provider = services.BuildServiceProvider();
        var store = provider.GetService<LiteDbJobStore>();
        Assert.That(store, Is.Not.Null.And.SameAs(provider.GetService<IJobStore>()));
    }

    // The runtime locks against itself; the file system does not.
    private static void CopyOpenFile(string from, string to)
    {
        using System.Diagnostics.Process copy = System.Diagnostics.Process.Start("cp", [from, to]);
        copy.WaitForExit();
        Assert.That(copy.ExitCode, Is.Zero);
    }

    private async Task<LiteDbJobStore> FillAsync()
    {
        var store = new LiteDbJobStore(StorePath);
        await store.OpenAsync(CancellationToken.None);
        await Campaign.FillAsync(store, 30);
        return store;
    }
}
