using System.Diagnostics;
using System.Globalization;
using Balsam.Storage.LiteDb.Files;

namespace Balsam.Storage.LiteDb.Tests.Files;

/// <summary>Real processes, really killed.</summary>
internal sealed class KillTests
{
    private const int KillsAtRandom = 25;
    private const int KillsInCheckpoints = 15;

    private TemporaryDirectory _directory = null!;
    private string _path = null!;
    private Random _random = null!;

    [SetUp]
    public void MakeDirectory()
    {
        _directory = new TemporaryDirectory();
        _path = _directory["store.db"];
        _random = TestSeed.NewRandom();
    }

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [Test]
    public void Kill_AtRandomInstants_KeepsEveryAcknowledgedBatchAndNoHalfOne()
    {
        int acknowledged = 0;
        for (int kill = 0; kill < KillsAtRandom; kill++)
        {
            long checkpointAt = kill % 2 == 0 ? long.MaxValue : 300_000;

            // Half of the kills come once something was written, however slow the machine is.
            RunAndKill(checkpointAt, waitFor: kill % 4 < 2 ? "open" : "batch", TimeSpan.FromMilliseconds(_random.Next(400)), ref acknowledged);
            acknowledged = VerifyAfterKill(acknowledged);
        }

        Assert.That(acknowledged, Is.GreaterThanOrEqualTo(KillsAtRandom / 2));
        TestContext.Out.WriteLine($"{acknowledged} batches, {KillsAtRandom} kills");
    }

    [Test]
    public void Kill_InCheckpoints_KeepsEveryAcknowledgedBatchAndNoHalfOne()
    {
        int acknowledged = 0;
        int unmerged = 0;
        for (int kill = 0; kill < KillsInCheckpoints; kill++)
        {
            RunAndKill(3_000_000, waitFor: "checkpoint", TimeSpan.FromMicroseconds(_random.Next(6_000)), ref acknowledged);
            unmerged += new FileInfo(_path + "-wal").Length > 0 ? 1 : 0;
            acknowledged = VerifyAfterKill(acknowledged);
        }

        TestContext.Out.WriteLine($"{acknowledged} batches, {KillsInCheckpoints} kills, {unmerged} with a log left");
        Assert.That(unmerged, Is.Positive);
    }

    /// <summary>Starts a child, kills it some time after it said a word, and counts what it acknowledged until then.</summary>
    private void RunAndKill(long checkpointAt, string waitFor, TimeSpan delay, ref int acknowledged)
    {
        using Process child = ChildProcess.Batches(_path, checkpointAt);
        bool killed = false;
        while (child.StandardOutput.ReadLine() is { } line)
        {
            bool isBatch = int.TryParse(line, CultureInfo.InvariantCulture, out int number);
            if (isBatch)
            {
                acknowledged = number;
            }

            if (!killed && (line == waitFor || (isBatch && waitFor == "batch")))
            {
                killed = true;
                KillLater(child, delay);
            }
        }

        child.WaitForExit();
        Assert.That(killed, Is.True, "the child ended by itself");
    }

    private static void KillLater(Process child, TimeSpan delay)
    {
        long start = Stopwatch.GetTimestamp();
        var killer = new Thread(() =>
        {
            if (delay > TimeSpan.FromMilliseconds(20))
            {
                Thread.Sleep(delay);
            }

            while (Stopwatch.GetElapsedTime(start) < delay)
            {
                Thread.SpinWait(20);
            }

            child.Kill();
        });
        killer.Start();
    }

    /// <summary>One more batch than acknowledged may be there: the kill can come between the commit and its word.</summary>
    private int VerifyAfterKill(int acknowledged)
    {
        using LiteDbFile file = LiteDbFile.Open(_path);
        int last = BatchWorkload.Verify(file);
        Assert.That(last, Is.InRange(acknowledged, acknowledged + 1));
        return last;
    }
}
