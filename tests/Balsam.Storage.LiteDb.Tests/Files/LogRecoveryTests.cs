using Balsam.Storage.LiteDb.Files;

namespace Balsam.Storage.LiteDb.Tests.Files;

/// <summary>What a crash leaves of the log is read up to the last commit; what a crash cannot leave is refused.</summary>
internal sealed class LogRecoveryTests
{
    private const int Batches = 12;

    private TemporaryDirectory _directory = null!;
    private string _path = null!;
    private string _log = null!;
    private byte[] _content = null!;

    [SetUp]
    public void CopyAnOpenStore()
    {
        _directory = new TemporaryDirectory();
        _path = _directory["store.db"];
        _log = _path + "-wal";
        using (LiteDbFile file = LiteDbFile.Open(_directory["original.db"]))
        {
            for (int number = 1; number <= Batches; number++)
            {
                BatchWorkload.Commit(file, number);
                if (number == 4)
                {
                    file.Checkpoint();
                }
            }

            CopyRaw(_directory["original.db"], _path);
            CopyRaw(_directory["original.db-wal"], _log);
        }

        _content = File.ReadAllBytes(_log);
    }

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [Test]
    public void Open_LogAsAKillLeavesIt_HasEveryBatch()
    {
        Assert.That(Reopen(), Is.EqualTo(Batches));
        Assert.That(Reopen(), Is.EqualTo(Batches));
    }

    [Test]
    public void Open_LogCutAnywhereInItsLastCommit_HasTheBatchesBefore()
    {
        long acknowledged = LengthBeforeLastCommit();
        byte[] data = File.ReadAllBytes(_path);
        for (long length = acknowledged; length < _content.Length; length += 1777)
        {
            File.WriteAllBytes(_path, data);
            File.WriteAllBytes(_log, _content[..(int)length]);
            Assert.That(Reopen(), Is.EqualTo(Batches - 1), $"cut to {length} of {_content.Length}");
        }
    }

    [Test]
    public void Open_GarbageBehindTheLastCommit_IsCutOffAndDoesNotComeBack([Values(1, 5000, 100_000)] int size)
    {
        byte[] garbage = new byte[size];
        new Random(size).NextBytes(garbage);
        File.WriteAllBytes(_log, [.. _content, .. garbage]);

        Assert.That(Reopen(), Is.EqualTo(Batches));
        using LiteDbFile file = LiteDbFile.Open(_path);
        BatchWorkload.Commit(file, Batches + 1);
        Assert.That(BatchWorkload.Verify(file), Is.EqualTo(Batches + 1));
    }

    [Test]
    public void Commit_AfterATornCommitWasCutOff_IsNotFollowedByTheRestOfThatCommit()
    {
        // The last commit lost its first page, and its later pages are whole: they must not join the next commit, which has the same number.
        byte[] torn = (byte[])_content.Clone();
        torn[LengthBeforeLastCommit() + 1000] ^= 1;
        File.WriteAllBytes(_log, torn);
        using (LiteDbFile file = LiteDbFile.Open(_path))
        {
            file.Commit(static database => database.GetCollection("other").Insert(new LiteDB.BsonDocument { ["_id"] = 1 }));
            CopyRaw(_path, _directory["copy.db"]);
            CopyRaw(_log, _directory["copy.db-wal"]);
        }

        using LiteDbFile copy = LiteDbFile.Open(_directory["copy.db"]);
        Assert.That(BatchWorkload.Verify(copy), Is.EqualTo(Batches - 1));
        Assert.That(copy.Read(static database => database.GetCollection("other").Count()), Is.EqualTo(1));
    }

    [Test]
    public void Open_AnyByteOfTheLogChanged_IsRefusedUntouchedOrCutToTheBatchBefore()
    {
        long acknowledged = LengthBeforeLastCommit();
        byte[] data = File.ReadAllBytes(_path);
        var random = new Random(3);
        int refused = 0;
        for (int i = 0; i < 90; i++)
        {
            int at = i < 32 ? i : random.Next(_content.Length);
            byte[] changed = (byte[])_content.Clone();
            changed[at] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(_path, data);
            File.WriteAllBytes(_log, changed);
            try
            {
                int last = Reopen();
                bool unused = at is >= 28 and < 32;
                Assert.That(last, Is.EqualTo(unused ? Batches : Batches - 1), $"byte {at}");
                Assert.That(unused || at >= acknowledged, Is.True, $"byte {at}");
            }
            catch (StoreFileException refusal)
            {
                refused++;
                Assert.That(refusal.Problem, Is.EqualTo(StoreFileProblem.LogDamaged), refusal.Message);
                Assert.That(File.ReadAllBytes(_log), Is.EqualTo(changed));
                Assert.That(File.ReadAllBytes(_path), Is.EqualTo(data));
            }
        }

        Assert.That(refused, Is.GreaterThan(30));
    }

    [Test]
    public void Open_BlankLog_IsAnEmptyOne([Values(10, 32, 9000)] int length)
    {
        File.WriteAllBytes(_log, new byte[length]);

        Assert.That(Reopen(), Is.EqualTo(4));
    }

    [Test]
    public void Open_NoLog_HasTheBatchesOfTheLastCheckpoint()
    {
        File.Delete(_log);

        Assert.That(Reopen(), Is.EqualTo(4));
    }

    [Test]
    public void Open_LogOfAnotherStore_IsRefusedUntouched()
    {
        string other = _directory["other.db"];
        LiteDbFile.Open(other).Dispose();
        byte[] data = File.ReadAllBytes(other);
        File.Copy(_log, other + "-wal");

        Assert.That(Refusal(other).Problem, Is.EqualTo(StoreFileProblem.LogForeign));
        Assert.That(File.ReadAllBytes(other), Is.EqualTo(data));
        Assert.That(File.ReadAllBytes(other + "-wal"), Is.EqualTo(_content));
    }

    [Test]
    public void Open_LogWithoutItsFile_IsRefusedInsteadOfBegunAnew()
    {
        File.Delete(_path);

        Assert.That(Refusal(_path).Problem, Is.EqualTo(StoreFileProblem.LogForeign));
        Assert.That(File.Exists(_path), Is.False);
    }

    [Test]
    public void Open_FileCutInACheckpointButLogWhole_HasEveryBatch()
    {
        // As a kill leaves it that comes while a checkpoint makes the file longer: the log still holds those pages.
        byte[] before = File.ReadAllBytes(_path);
        Assert.That(Reopen(), Is.EqualTo(Batches));
        byte[] after = File.ReadAllBytes(_path);
        for (int length = before.Length; length < after.Length; length += 4096)
        {
            File.WriteAllBytes(_path, after[..length]);
            File.WriteAllBytes(_log, _content);
            Assert.That(Reopen(), Is.EqualTo(Batches), $"{length} of {after.Length}");
            Assert.That(File.ReadAllBytes(_path), Has.Length.EqualTo(after.Length));
        }
    }

    [Test]
    public void Open_FileCutBelowWhatTheLogHolds_IsRefused()
    {
        byte[] cut = File.ReadAllBytes(_path)[..^PageFormat.Size];
        cut = cut[..(cut.Length / 2 / PageFormat.Size * PageFormat.Size)];
        File.WriteAllBytes(_path, cut);

        Assert.That(Refusal(_path).Problem, Is.EqualTo(StoreFileProblem.Truncated));
        Assert.That(File.ReadAllBytes(_path), Is.EqualTo(cut));
    }

    private int Reopen()
    {
        using LiteDbFile file = LiteDbFile.Open(_path);
        return BatchWorkload.Verify(file);
    }

    private static StoreFileException Refusal(string path) =>
        Assert.Catch<StoreFileException>(() => LiteDbFile.Open(path).Dispose())!;

    /// <summary>The end of the last commit but one: the last frame but one that ends a transaction.</summary>
    private long LengthBeforeLastCommit()
    {
        long found = 0;
        long newest = 0;
        for (long frame = 0; LogFormat.PositionOf(frame + 1) <= _content.Length; frame++)
        {
            ReadOnlySpan<byte> bytes = _content.AsSpan((int)LogFormat.PositionOf(frame), LogFormat.FrameSize);
            if (PageFormat.IsConfirmed(LogFormat.Page(bytes)))
            {
                found = newest;
                newest = LogFormat.PositionOf(frame + 1);
            }
        }

        return found;
    }

    /// <summary>The runtime would refuse to copy a file that is held; the shell does not ask.</summary>
    private static void CopyRaw(string from, string to)
    {
        using var copy = System.Diagnostics.Process.Start("cp", [from, to]);
        copy.WaitForExit();
        Assert.That(copy.ExitCode, Is.Zero);
    }
}
