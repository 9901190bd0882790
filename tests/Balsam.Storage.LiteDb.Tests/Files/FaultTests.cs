using Balsam.Storage.LiteDb.Files;

namespace Balsam.Storage.LiteDb.Tests.Files;

/// <summary>A disk that fails at each point in turn: what was acknowledged stays, what threw is not there, and the file opens again.</summary>
internal sealed class FaultTests
{
    private TemporaryDirectory _directory = null!;
    private string _path = null!;

    [SetUp]
    public void MakeDirectory()
    {
        _directory = new TemporaryDirectory();
        _path = _directory["store.db"];
    }

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [Test]
    public void Commit_DiskFullAtAnyPoint_FaultsAndKeepsExactlyWhatWasAcknowledged([Values(long.MaxValue, 200_000)] long checkpointAt)
    {
        int acknowledged = 0;
        int faults = 0;
        for (int accepted = 0; accepted < 60; accepted++)
        {
            using (LiteDbFile file = LiteDbFile.Open(_path, new FaultyDisk(accepted).Options(checkpointAt)))
            {
                try
                {
                    for (int i = 0; i < 12; i++)
                    {
                        BatchWorkload.Commit(file, acknowledged + 1);
                        acknowledged++;
                        if (file.CheckpointDue)
                        {
                            file.Checkpoint();
                        }
                    }
                }
                catch (StoreFileFaultedException ex)
                {
                    faults++;
                    Assert.That(ex.Message, Does.Contain(_path).And.Contain("No space left"));
                    Assert.That(file.IsFaulted, Is.True);
                    Assert.That(() => file.Commit(static _ => { }), Throws.TypeOf<StoreFileFaultedException>());
                }
            }

            using LiteDbFile again = LiteDbFile.Open(_path);
            Assert.That(BatchWorkload.Verify(again), Is.EqualTo(acknowledged), $"{accepted} accepted");
        }

        Assert.That(faults, Is.GreaterThan(15));
    }

    [Test]
    public void Open_OnAFullDisk_ReadsWhatIsThere()
    {
        using (LiteDbFile file = LiteDbFile.Open(_path, new FaultyDisk(6).Options()))
        {
            BatchWorkload.Commit(file, 1);
            BatchWorkload.Commit(file, 2);
        }

        Assert.That(new FileInfo(_path + "-wal").Length, Is.Positive);
        using LiteDbFile full = LiteDbFile.Open(_path, new FaultyDisk(0).Options());
        Assert.That(BatchWorkload.Verify(full), Is.EqualTo(2));
    }

    [Test]
    public void Dispose_DiskFullInTheLastCheckpoint_LeavesTheLogToTheNextOpener()
    {
        LiteDbFile file = LiteDbFile.Open(_path, new FaultyDisk(7).Options());
        BatchWorkload.Commit(file, 1);
        BatchWorkload.Commit(file, 2);

        file.Dispose();

        Assert.That(new FileInfo(_path + "-wal").Length, Is.Positive);
        using LiteDbFile again = LiteDbFile.Open(_path);
        Assert.That(BatchWorkload.Verify(again), Is.EqualTo(2));
    }

    [Test]
    public void Commit_AfterFileDeletedWhileOpen_StillHoldsTheLock()
    {
        using LiteDbFile file = LiteDbFile.Open(_path);
        BatchWorkload.Commit(file, 1);
        File.Delete(_path);

        Assert.That(() => LiteDbFile.Open(_path), Throws.TypeOf<StoreLockedException>());
    }
}
