using System.Runtime.Versioning;
using Balsam.Storage.LiteDb.Files;
using LiteDB;

namespace Balsam.Storage.LiteDb.Tests.Files;

[SupportedOSPlatform("linux")]
internal sealed class LiteDbFileTests
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
    public void Open_NoFile_MakesOneWithItsDirectoryForTheOwnerOnly()
    {
        string path = _directory["a/b/store.db"];
        using LiteDbFile file = LiteDbFile.Open(path);
        Insert(file, 1);

        foreach (string each in new[] { path, path + "-wal", path + "-lock", path + "-owner" })
        {
            Assert.That(File.GetUnixFileMode(each), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite), each);
        }
    }

    [Test]
    public void Open_NewFile_ComparesByCodeUnitsAndGivesUtc()
    {
        using LiteDbFile file = LiteDbFile.Open(_path);

        Assert.That(file.Database.Collation.ToString(), Is.EqualTo(Collation.Binary.ToString()));
        Assert.That(file.Database.UtcDate, Is.True);
        Assert.That(file.Database.CheckpointSize, Is.Zero);
    }

    [Test]
    public void Open_FileThatAsksForAutomaticCheckpoints_SwitchesThemOff()
    {
        using (var other = new LiteDatabase(_path))
        {
            other.GetCollection("c").Insert(new BsonDocument { ["_id"] = 1 });
        }

        using LiteDbFile file = LiteDbFile.Open(_path);

        Assert.That(file.Database.CheckpointSize, Is.Zero);
        Assert.That(Ids(file), Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public void Dispose_AfterCommits_LeavesAPlainLiteDbFileWithoutLog()
    {
        using (LiteDbFile file = LiteDbFile.Open(_path))
        {
            Insert(file, 1, 2);
        }

        Assert.That(File.Exists(_path + "-wal"), Is.False);
        Assert.That(File.Exists(_path + "-owner"), Is.False);
        using var plain = new LiteDatabase(_path);
        Assert.That(plain.GetCollection("c").Count(), Is.EqualTo(2));
    }

    [Test]
    public void Commit_WorkThrows_TakesEverythingBackAndGoesOn()
    {
        using (LiteDbFile file = LiteDbFile.Open(_path))
        {
            Insert(file, 1);
            Assert.That(
                () => file.Commit(database =>
                {
                    database.GetCollection("c").Insert(new BsonDocument { ["_id"] = 2, ["text"] = new string('x', 50_000) });
                    throw new ArithmeticException("no");
                }),
                Throws.TypeOf<ArithmeticException>());
            Assert.That(file.IsFaulted, Is.False);
            Insert(file, 3);
            Assert.That(Ids(file), Is.EqualTo(new[] { 1, 3 }));
        }

        using LiteDbFile again = LiteDbFile.Open(_path);
        Assert.That(Ids(again), Is.EqualTo(new[] { 1, 3 }));
    }

    [Test]
    public void Commit_LiteDbRefusesADocument_TakesEverythingBackAndGoesOn()
    {
        using LiteDbFile file = LiteDbFile.Open(_path);
        Insert(file, 1);

        Assert.That(() => Insert(file, 2, 1), Throws.TypeOf<LiteException>());

        Insert(file, 3);
        Assert.That(Ids(file), Is.EqualTo(new[] { 1, 3 }));
    }

    [Test]
    public void Commit_WorkSwallowsAnErrorOfLiteDb_FaultsAndNothingOfItIsKept()
    {
        using (LiteDbFile file = LiteDbFile.Open(_path))
        {
            Insert(file, 1);
            Assert.That(() => file.Commit(SwallowDuplicate), Throws.TypeOf<StoreFileFaultedException>());
            Assert.That(file.IsFaulted, Is.True);
            Assert.That(() => Insert(file, 9), Throws.TypeOf<StoreFileFaultedException>());
            Assert.That(() => Ids(file), Throws.TypeOf<StoreFileFaultedException>());
        }

        using LiteDbFile again = LiteDbFile.Open(_path);
        Assert.That(Ids(again), Is.EqualTo(new[] { 1 }));

        static void SwallowDuplicate(LiteDatabase database)
        {
            ILiteCollection<BsonDocument> collection = database.GetCollection("c");
            collection.Insert(new BsonDocument { ["_id"] = 2 });
            try
            {
                collection.Insert(new BsonDocument { ["_id"] = 1 });
            }
            catch (LiteException)
            {
                collection.Insert(new BsonDocument { ["_id"] = 3 });
            }
        }
    }

    [Test]
    public void Commit_NothingChanged_Returns()
    {
        using LiteDbFile file = LiteDbFile.Open(_path);

        file.Commit(static database => database.GetCollection("c").FindById(1));

        Assert.That(file.LogLength, Is.Zero);
    }

    [Test]
    public void Commit_InsideACommitOrAReading_IsRefused()
    {
        using LiteDbFile file = LiteDbFile.Open(_path);

        Assert.That(() => file.Commit(_ => Insert(file, 1)), Throws.InvalidOperationException);
        Assert.That(() => file.Read<int>(_ => { Insert(file, 1); return 0; }), Throws.InvalidOperationException);
        Insert(file, 2);
        Assert.That(Ids(file), Is.EqualTo(new[] { 2 }));
    }

    [Test]
    public void Commit_InFullThreadPool_DoesNotWaitForIt()
    {
        using LiteDbFile file = LiteDbFile.Open(_path);
        using var release = new ManualResetEventSlim();
        ThreadPool.GetMaxThreads(out int workers, out int ports);
        ThreadPool.GetMinThreads(out int before, out _);
        try
        {
            ThreadPool.SetMaxThreads(Math.Max(before, Environment.ProcessorCount), ports);
            Task[] blocked = [.. Enumerable.Range(0, 64).Select(_ => Task.Run(release.Wait))];
            var writer = new Thread(() => Insert(file, 1));
            writer.Start();
            bool done = writer.Join(TimeSpan.FromSeconds(10));
            release.Set();
            Task.WaitAll(blocked);
            Assert.That(done, Is.True);
        }
        finally
        {
            release.Set();
            ThreadPool.SetMaxThreads(workers, ports);
        }
    }

    [Test]
    public void Maintain_StepsBeforeAnError_AreKept()
    {
        using (LiteDbFile file = LiteDbFile.Open(_path))
        {
            Insert(file, 1);
            Assert.That(
                () => file.Maintain(static database =>
                {
                    database.UserVersion = 7;
                    database.RenameCollection("c", "d");
                    throw new ArithmeticException("no");
                }),
                Throws.TypeOf<ArithmeticException>());
        }

        using LiteDbFile again = LiteDbFile.Open(_path);
        Assert.That(again.Database.UserVersion, Is.EqualTo(7));
        Assert.That(again.Read(static database => database.GetCollection("d").Count()), Is.EqualTo(1));
    }

    [Test]
    public void Checkpoint_AfterCommits_EmptiesTheLogAndFillsTheFile()
    {
        using LiteDbFile file = LiteDbFile.Open(_path, new LiteDbFileOptions { CheckpointAt = 100_000 });
        int number = 0;
        while (!file.CheckpointDue)
        {
            BatchWorkload.Commit(file, ++number);
        }

        long before = new FileInfo(_path).Length;
        file.Checkpoint();

        Assert.That(file.LogLength, Is.Zero);
        Assert.That(new FileInfo(_path + "-wal").Length, Is.Zero);
        Assert.That(new FileInfo(_path).Length, Is.GreaterThan(before));
        Assert.That(BatchWorkload.Verify(file), Is.EqualTo(number));
    }

    [Test]
    public void Checkpoint_AfterCommitsAndRollbacks_LeavesAFileAsLongAsItsHeaderSays()
    {
        var random = new Random(5);
        using LiteDbFile file = LiteDbFile.Open(_path);
        for (int number = 1; number <= 300; number++)
        {
            if (random.Next(3) == 0)
            {
                Assert.That(() => file.Commit(database =>
                {
                    BatchWorkload.Write(database, number);
                    throw new ArithmeticException("no");
                }), Throws.TypeOf<ArithmeticException>());
            }

            BatchWorkload.Commit(file, number);
            if (random.Next(10) == 0)
            {
                file.Checkpoint();
                int lastPage = file.Read(static database => database.Execute("SELECT lastPageID FROM $database").First()["lastPageID"].AsInt32);
                Assert.That(new FileInfo(_path).Length, Is.EqualTo((lastPage + 1L) * PageFormat.Size));
            }
        }

        Assert.That(BatchWorkload.Verify(file), Is.EqualTo(300));
    }

    [Test]
    public void Open_AfterDisposeOfAFileWithManyBatches_HasThemAll()
    {
        for (int number = 1; number <= 60;)
        {
            using LiteDbFile file = LiteDbFile.Open(_path);
            for (int i = 0; i < 7; i++)
            {
                BatchWorkload.Commit(file, number++);
            }

            Assert.That(BatchWorkload.Verify(file), Is.EqualTo(number - 1));
        }
    }

    [Test]
    public void Dispose_Twice_IsHarmlessAndUseAfterwardsIsRefused()
    {
        LiteDbFile file = LiteDbFile.Open(_path);
        file.Dispose();
        file.Dispose();

        Assert.That(() => Insert(file, 1), Throws.TypeOf<ObjectDisposedException>());
    }

    private static void Insert(LiteDbFile file, params int[] ids) =>
        file.Commit(database => database.GetCollection("c").Insert(ids.Select(id => new BsonDocument { ["_id"] = id })));

    private static int[] Ids(LiteDbFile file) =>
        file.Read(static database => database.GetCollection("c").FindAll().Select(document => document["_id"].AsInt32).ToArray());
}
