using System.Diagnostics;
using Balsam.Storage.LiteDb.Tests.Files;

namespace Balsam.Storage.LiteDb.Tests.Damage;

/// <summary>Files that are deleted, moved or replaced while a store has them open: what goes there is lost, so nothing more is acknowledged.</summary>
[Platform("Linux")]
internal sealed class DisplacedTests
{
    private TemporaryDirectory _directory = null!;
    private string _path = null!;

    [SetUp]
    public void MakeDirectory()
    {
        _directory = new TemporaryDirectory();
        Directory.CreateDirectory(_directory["site"]);
        _path = Path.Combine(_directory["site"], "store.db");
    }

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [Test]
    public async Task Commit_FileDeleted_IsRefusedAndNoNewStoreIsBegun([Values("", "-wal")] string ending)
    {
        await using LiteDbJobStore store = await OpenAsync(2);
        File.Delete(_path + ending);

        for (int attempt = 0; attempt < 3; attempt++)
        {
            StoreException refusal = await RefusalAsync(store);
            Assert.That(refusal.Kind, Is.EqualTo(StoreErrorKind.Unavailable));
            Assert.That(refusal.Message, Does.Contain(_path).And.Contain("deleted, moved or replaced while it was open").And.Contain($"/proc/{Environment.ProcessId}/fd"));
            Assert.That(await CountAsync(store), Is.EqualTo(2), "reading goes on");
        }

        await store.DisposeAsync();
        Assert.That(File.Exists(_path + ending), Is.False);
    }

    [Test]
    public async Task Commit_DirectoryDeleted_IsRefusedAndNoNewStoreIsBegun()
    {
        await using LiteDbJobStore store = await OpenAsync(2);
        Directory.Delete(_directory["site"], recursive: true);

        Assert.That((await RefusalAsync(store)).Message, Does.Contain("deleted, moved or replaced"));
        Assert.That((await RefusalAsync(store)).Message, Does.Contain("deleted, moved or replaced"));
        Assert.That(await CountAsync(store), Is.EqualTo(2));
        await store.DisposeAsync();
        Assert.That(Directory.Exists(_directory["site"]), Is.False);
    }

    [Test]
    public async Task Commit_FileMovedAwayAndBack_GoesOnWithEverything()
    {
        await using LiteDbJobStore store = await OpenAsync(2);
        File.Move(_path, _directory["elsewhere.db"]);
        await RefusalAsync(store);
        File.Move(_directory["elsewhere.db"], _path);

        await AddAsync(store, 1);

        await store.DisposeAsync();
        await using LiteDbJobStore again = await OpenAsync(0);
        Assert.That(await CountAsync(again), Is.EqualTo(3));
    }

    [Test]
    public async Task Commit_FileReplacedByAnotherStore_IsRefusedAndTheOtherLeftAlone()
    {
        await using (var other = new LiteDbJobStore(_directory["other.db"]))
        {
            await other.OpenAsync(default);
            await AddAsync(other, 5);
        }

        byte[] content = await File.ReadAllBytesAsync(_directory["other.db"]);
        await using LiteDbJobStore store = await OpenAsync(2);
        File.Move(_directory["other.db"], _path, overwrite: true);

        await RefusalAsync(store);
        await RefusalAsync(store);
        await store.DisposeAsync();

        Assert.That(await File.ReadAllBytesAsync(_path), Is.EqualTo(content));
    }

    [Test]
    public async Task Commit_FileReplacedAfterAFailure_IsNotTakenForTheOneBefore()
    {
        // A full disk makes the store open its file anew; what it finds there must be what it left.
        using SmallDisk disk = SmallDisk.MountOrIgnore(4_000);
        await using var store = new LiteDbJobStore(disk["store.db"]);
        await store.OpenAsync(default);
        await AddAsync(store, 2);
        disk.Fill();
        await Assert.ThrowsAsync<StoreException>(() => AddAsync(store, 500));
        await Run("mv", disk["store.db"], _directory["moved.db"]);
        await Run("mv", disk["store.db-wal"], _directory["moved.db-wal"]);
        disk.Free();

        StoreException? refusal = await Assert.ThrowsAsync<StoreException>(() => AddAsync(store, 1));

        Assert.That(refusal!.Message, Does.Contain("deleted"));
        Assert.That(File.Exists(disk["store.db"]), Is.False);
    }

    [Test]
    public async Task Open_AfterTheLogWasDeletedByHand_IsRefusedUntilToldOtherwise()
    {
        await using (LiteDbJobStore store = await OpenAsync(2))
        {
            await Run("cp", "-r", _directory["site"], _directory["killed"]);
        }

        string path = Path.Combine(_directory["killed"], "store.db");
        File.Delete(path + "-wal");
        await using var again = new LiteDbJobStore(path);
        StoreException? refusal = await Assert.ThrowsAsync<StoreException>(() => again.OpenAsync(default));
        Assert.That(refusal!.Kind, Is.EqualTo(StoreErrorKind.Unreadable));
        Assert.That(refusal.Message, Does.Contain("lacks commits that were acknowledged").And.Contain(path + "-lock"));

        File.Delete(path + "-lock");
        await again.OpenAsync(default);
        Assert.That(await CountAsync(again), Is.Zero, "what the file held at its last checkpoint");
    }

    private async Task<LiteDbJobStore> OpenAsync(int jobs)
    {
        var store = new LiteDbJobStore(_path);
        await store.OpenAsync(default);
        if (jobs > 0)
        {
            await AddAsync(store, jobs);
        }

        return store;
    }

    private static Task<IReadOnlyList<CommitResult>> AddAsync(LiteDbJobStore store, int count) => store.CommitAsync(
        [new JobCommit { Additions = [.. Enumerable.Range(1, count).Select(i => new JobAddition { Application = "App", Site = SiteName.Local, Workdir = FormattableString.Invariant($"w/{i}"), Data = JobData.Parse($$"""{"x":"{{new string('x', 8000)}}"}""") })] }], default);

    private static async Task<int> CountAsync(LiteDbJobStore store) => (await store.QueryAsync(new JobSelector(), default)).Count;

    private static async Task<StoreException> RefusalAsync(LiteDbJobStore store) => (await Assert.ThrowsAsync<StoreException>(() => AddAsync(store, 1)))!;

    private static async Task Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero);
    }
}
