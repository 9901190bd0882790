using Balsam.Storage.LiteDb.Files;
using Balsam.Storage.LiteDb.Tests.Files;

namespace Balsam.Storage.LiteDb.Tests.Damage;

/// <summary>A disk without room for another byte: writes are refused, reading goes on, and nothing acknowledged is lost.</summary>
internal sealed class DiskFullTests
{
    private const int Rounds = 25;

    [Test]
    public async Task Submit_DiskFullAtAnyPoint_IsRefusedAndWorksAgainOnceThereIsRoom()
    {
        using SmallDisk disk = SmallDisk.MountOrIgnore(24_000);
        string path = disk["store.db"];
        List<string> acknowledged = [];
        int number = 0;
        int refusals = 0;
        for (int opened = 0; opened < 3; opened++)
        {
            await using var store = new LiteDbJobStore(path);
            await store.OpenAsync(default);
            for (int round = 0; round < Rounds; round++)
            {
                disk.Fill(leaving: round * 12_000);
                try
                {
                    while (true)
                    {
                        JobAddition[] additions = [.. Enumerable.Range(0, 1 + (number % 7)).Select(_ => Addition(++number))];
                        await store.CommitAsync([new JobCommit { Additions = additions }], default);
                        acknowledged.AddRange(additions.Select(addition => addition.Workdir!));
                    }
                }
                catch (StoreException refusal)
                {
                    refusals++;
                    Assert.That(refusal.Kind, Is.EqualTo(StoreErrorKind.Unavailable), refusal.Message);
                    Assert.That(refusal.Message, Does.Contain(path).And.Contain("No space left").And.Contain("opened again").Or.Contain("try again"));
                }

                Assert.That(await WorkdirsAsync(store), Is.EqualTo(acknowledged), "reading goes on, and shows what was acknowledged and no more");
                disk.Free();
                await store.CommitAsync([new JobCommit { Additions = [Addition(++number)] }], default);
                acknowledged.Add($"w/{number}");
            }

            if (opened == 0)
            {
                // The close finds no room either: the log is left to the next one.
                disk.Fill();
            }
        }

        await using var last = new LiteDbJobStore(path);
        await last.OpenAsync(default);
        Assert.That(await WorkdirsAsync(last), Is.EqualTo(acknowledged));
        Assert.That(refusals, Is.EqualTo(3 * Rounds));
        TestContext.Out.WriteLine($"{acknowledged.Count} jobs acknowledged, {refusals} writes refused.");
    }

    [Test]
    public void Checkpoint_DiskFull_IsPutOffAndCommitsGoOn()
    {
        using SmallDisk disk = SmallDisk.MountOrIgnore(16_000);
        using LiteDbFile file = LiteDbFile.Open(disk["store.db"], new LiteDbFileOptions { CheckpointAt = 2_000_000 });
        int number = 0;
        while (!file.CheckpointDue)
        {
            BatchWorkload.Commit(file, ++number);
        }

        long length = new FileInfo(disk["store.db"]).Length;
        disk.Fill(leaving: 400_000);
        file.Checkpoint();

        Assert.That(file.IsFaulted, Is.False);
        Assert.That(file.CheckpointDue, Is.False, "it is not tried again at once");
        Assert.That(new FileInfo(disk["store.db"]).Length, Is.EqualTo(length), "nothing is left half grown");
        BatchWorkload.Commit(file, ++number);
        Assert.That(BatchWorkload.Verify(file), Is.EqualTo(number));

        disk.Free();
        while (!file.CheckpointDue)
        {
            BatchWorkload.Commit(file, ++number);
        }

        file.Checkpoint();
        Assert.That(file.LogLength, Is.Zero);
        Assert.That(BatchWorkload.Verify(file), Is.EqualTo(number));
    }

    [Test]
    public async Task Open_DiskFull_ReadsAndRefusesToWrite()
    {
        using SmallDisk disk = SmallDisk.MountOrIgnore(8_000);
        string path = disk["store.db"];
        await using (var store = new LiteDbJobStore(path))
        {
            await store.OpenAsync(default);
            await store.CommitAsync([new JobCommit { Additions = [Addition(1)] }], default);
        }

        disk.Fill();
        await using var full = new LiteDbJobStore(path);
        await full.OpenAsync(default);

        Assert.That(await WorkdirsAsync(full), Is.EqualTo(new[] { "w/1" }));
        Assert.That(async () => await full.CommitAsync([new JobCommit { Additions = [Addition(2)] }], default), Throws.TypeOf<StoreException>().With.Property("Kind").EqualTo(StoreErrorKind.Unavailable));
        Assert.That(await WorkdirsAsync(full), Is.EqualTo(new[] { "w/1" }));
    }

    [Test]
    public async Task Open_NewStoreOnAFullDisk_IsRefusedAndLeavesNoHalfOne()
    {
        using SmallDisk disk = SmallDisk.MountOrIgnore(1_000);
        disk.Fill();
        await using var store = new LiteDbJobStore(disk["store.db"]);

        StoreException? refusal = await Assert.ThrowsAsync<StoreException>(() => store.OpenAsync(default));

        Assert.That(refusal!.Message, Does.Contain("No space left").And.Contain(disk["store.db"]));
        Assert.That(File.Exists(disk["store.db"]), Is.False);
        disk.Free();
        await store.OpenAsync(default);
        await store.CommitAsync([new JobCommit { Additions = [Addition(1)] }], default);
    }

    private static JobAddition Addition(int number) => new()
    {
        Application = "App",
        Site = SiteName.Local,
        Workdir = FormattableString.Invariant($"w/{number}"),
        Data = JobData.Parse(System.Text.Json.JsonSerializer.Serialize(new { text = new string('x', 1000 + (number * 7919 % 6000)) })),
    };

    private static async Task<string[]> WorkdirsAsync(LiteDbJobStore store) => [.. (await store.QueryAsync(new JobSelector(), default)).Select(job => job.Workdir)];
}
