using System.Globalization;
using System.Runtime.Versioning;
using Balsam.Storage.LiteDb;

namespace Balsam.Crash.Tests;

/// <summary>Processes that are killed while they bring an old store file to the current version, at every operation on its files.</summary>
[Platform("Linux")]
[UnsupportedOSPlatform("windows")]
public sealed class MigrationCrashTests
{
    private const int Lanes = 2;
    private const int KillsInClosing = 8;
    private string _directory = null!;

    [SetUp]
    public void SetUp() => _directory = Directory.CreateTempSubdirectory("balsam-crash-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task Migration_KilledAtEveryFileOperation_LeavesAStoreThatOpensWithEverything()
    {
        string old = Path.Combine(_directory, "old.db");
        IReadOnlyList<string> content = await OldStore.MakeAsync(old);
        (int opened, int closed) = await CountAsync(old);

        // All of the migration, and some of the checkpoint at the end that brings it into the file.
        var random = new Random(CrashSettings.Seed);
        int[] ticks = [.. Enumerable.Range(1, opened), .. Enumerable.Range(0, KillsInClosing).Select(_ => random.Next(opened + 1, closed + 1)).Distinct()];
        await Parallel.ForEachAsync(ticks, new ParallelOptions { MaxDegreeOfParallelism = Lanes }, async (tick, _) =>
        {
            string path = Copy(old, tick);
            using (HostProcess killed = HostProcess.Open(path, tick))
            {
                Assert.That(await killed.ExitAsync(), Is.EqualTo(HostProcess.Killed), $"at operation {tick}: {killed.Said}");
            }

            await using var store = new LiteDbJobStore(path);
            await store.OpenAsync(CancellationToken.None);
            Assert.That(await OldStore.ReadAsync(store), Is.EqualTo(content), $"after a kill at operation {tick}");
        });

        TestContext.Out.WriteLine($"BALSAM_CRASH_SEED={CrashSettings.Seed}: {ticks.Length} kills, {opened} in the migration, the others in the checkpoint behind it");
        Assert.That(opened, Is.GreaterThan(10), "each step of the migration writes and synchronises");
    }

    private async Task<(int Opened, int Closed)> CountAsync(string old)
    {
        using HostProcess whole = HostProcess.Open(Copy(old, 0), int.MaxValue);
        (int opened, int closed) = (await whole.NumberAsync(), await whole.NumberAsync());
        Assert.That(await whole.ExitAsync(), Is.Zero, whole.Said);
        return (opened, closed);
    }

    private string Copy(string old, int tick)
    {
        string directory = Directory.CreateDirectory(Path.Combine(_directory, tick.ToString(CultureInfo.InvariantCulture))).FullName;
        string path = Path.Combine(directory, "store.db");
        File.Copy(old, path);
        return path;
    }
}
