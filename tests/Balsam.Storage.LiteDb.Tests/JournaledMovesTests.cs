using System.Diagnostics;
using Balsam.Storage.LiteDb.Files;
using Balsam.Storage.LiteDb.Tests.Files;

namespace Balsam.Storage.LiteDb.Tests;

/// <summary>Moves that stand in the journal and not yet in LiteDB: every read knows them, and no end of the process loses one.</summary>
internal sealed class JournaledMovesTests
{
    private static readonly CancellationToken None = CancellationToken.None;

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
    public async Task AMove_StandsInTheJournalUntilARead_AndEveryReadKnowsIt()
    {
        await using LiteDbJobStore store = await OpenAsync();
        IReadOnlyList<Job> jobs = await AddAsync(store, 6);
        long before = await store.GetLastSequenceAsync(None);

        foreach (Func<Task> read in Reads(store, jobs, before))
        {
            Job target = (await store.QueryAsync(new JobSelector { Filter = new StateFilter(JobStateSet.Of(JobState.StagedIn)), Take = 1 }, None))[0];
            await store.CommitAsync([new JobCommit { Changes = [Cancel(target)] }], None);
            Assert.That(JournalLength, Is.Positive, "the move was not acknowledged from the journal");
            Assert.That((await store.FindAsync([target.Id], None))[0].State, Is.EqualTo(JobState.Failed));
            Assert.That(JournalLength, Is.Positive, "a job that the journal knows is not a reason to write");
            await read();
        }
    }

    [Test]
    public async Task Open_WithMovesInTheJournal_HasThemBesideTheFileAsItWas()
    {
        IReadOnlyList<Job> jobs;
        Dictionary<JobId, (JobState, long)> before;
        string copy = Path.Combine(Path.GetDirectoryName(_path)!, "copy");
        await using (LiteDbJobStore store = await OpenAsync())
        {
            jobs = await AddAsync(store, 20);
            foreach (Job job in jobs.Take(12))
            {
                await store.CommitAsync([new JobCommit { Changes = [Cancel(job)] }], None);
            }

            await store.CommitAsync([new JobCommit { Changes = [new JobChange(jobs[12]).Apply(JobTrigger.Preprocessed, jobs[12].LastUpdate)] }], None);
            Assert.That(JournalLength, Is.Positive);
            before = (await store.FindAsync([.. jobs.Select(job => job.Id)], None)).ToDictionary(job => job.Id, job => (job.State, job.Version));
            Directory.CreateDirectory(copy);
            await CopyAsync(copy, _path, _path + "-wal", _path + "-journal");
        }

        await using var reopened = new LiteDbJobStore(Path.Combine(copy, "store.db"));
        await reopened.OpenAsync(None);

        JobCounts counts = await reopened.CountAsync(JobFilter.All, None);
        Assert.That((counts[JobState.Failed], counts[JobState.Preprocessed], counts[JobState.StagedIn]), Is.EqualTo((12, 1, 7)));
        foreach (Job job in await reopened.QueryAsync(new JobSelector(), None))
        {
            IReadOnlyList<JobEvent> history = await reopened.ReadHistoryAsync(job.Id, None);
            Assert.That(history[^1].To, Is.EqualTo(job.State));
            Assert.That((job.State, job.Version), Is.EqualTo(before[job.Id]));
        }
    }

    [Test]
    public async Task Open_WithAJournalOfAnotherMoment_IsRefused()
    {
        string kept = _path + ".kept";
        await using (LiteDbJobStore store = await OpenAsync())
        {
            await AddAsync(store, 3);
        }

        File.Copy(_path, kept);
        string journal = _path + ".journal-kept";
        await using (LiteDbJobStore store = await OpenAsync())
        {
            IReadOnlyList<Job> jobs = await AddAsync(store, 3);
            await store.CommitAsync([new JobCommit { Changes = [Cancel(jobs[0])] }], None);
            await CopyAsync(journal, _path + "-journal");
        }

        File.Move(kept, _path, overwrite: true);
        File.Move(journal, _path + "-journal", overwrite: true);
        await using var older = new LiteDbJobStore(_path);
        StoreException? refusal = await Assert.ThrowsAsync<StoreException>(() => older.OpenAsync(None));

        Assert.That(refusal!.Kind, Is.EqualTo(StoreErrorKind.Unreadable));
        Assert.That(refusal.Message, Does.Contain("-journal").And.Contain("one moment"));
    }

    [Test]
    public async Task Open_WithADamagedJournal_IsRefusedAndLeftAsItWas()
    {
        string copy = Path.Combine(Path.GetDirectoryName(_path)!, "copy");
        await using (LiteDbJobStore store = await OpenAsync())
        {
            foreach (Job job in await AddAsync(store, 5))
            {
                await store.CommitAsync([new JobCommit { Changes = [Cancel(job)] }], None);
            }

            Directory.CreateDirectory(copy);
            await CopyAsync(copy, _path, _path + "-wal", _path + "-journal");
        }

        string journal = Path.Combine(copy, "store.db-journal");
        byte[] damaged = await File.ReadAllBytesAsync(journal);
        damaged[100] ^= 1;
        await File.WriteAllBytesAsync(journal, damaged);
        await using var reopened = new LiteDbJobStore(Path.Combine(copy, "store.db"));
        StoreException? refusal = await Assert.ThrowsAsync<StoreException>(() => reopened.OpenAsync(None));

        Assert.That(refusal!.Kind, Is.EqualTo(StoreErrorKind.Unreadable));
        Assert.That(refusal.Message, Does.Contain(journal).And.Contain("backup"));
        Assert.That(await File.ReadAllBytesAsync(journal), Is.EqualTo(damaged));
    }

    [TestCase(0, TestName = "Open_WithABlankJournal_IsRefused")]
    [TestCase(1, TestName = "Open_WithAJournalCutAtARecord_IsRefused")]
    [TestCase(-1, TestName = "Open_WithoutItsJournal_IsRefused")]
    public async Task Open_WithAJournalThatIsShorterThanItWas_IsRefused(int recordsLeft)
    {
        string copy = Path.Combine(Path.GetDirectoryName(_path)!, "copy");
        long first = 0;
        await using (LiteDbJobStore store = await OpenAsync())
        {
            foreach (Job job in await AddAsync(store, 3))
            {
                await store.CommitAsync([new JobCommit { Changes = [Cancel(job)] }], None);
                first = first == 0 ? JournalLength : first;
            }

            Directory.CreateDirectory(copy);
            await CopyAsync(copy, _path, _path + "-wal", _path + "-journal", _path + "-lock");
        }

        string journal = Path.Combine(copy, "store.db-journal");
        if (recordsLeft < 0)
        {
            File.Delete(journal);
        }
        else
        {
            await File.WriteAllBytesAsync(journal, (await File.ReadAllBytesAsync(journal))[..(recordsLeft == 0 ? 0 : (int)first)]);
        }

        await using var reopened = new LiteDbJobStore(Path.Combine(copy, "store.db"));
        StoreException? refusal = await Assert.ThrowsAsync<StoreException>(() => reopened.OpenAsync(None));

        Assert.That(refusal!.Kind, Is.EqualTo(StoreErrorKind.Unreadable));
        Assert.That(refusal.Message, Does.Contain("lacks commits that were acknowledged").And.Contain(journal));
    }

    [Test]
    public async Task Recovery_OfAStoreWithMovesInItsJournal_BringsThemOver()
    {
        string copy = Path.Combine(Path.GetDirectoryName(_path)!, "copy");
        await using (LiteDbJobStore store = await OpenAsync())
        {
            foreach (Job job in (await AddAsync(store, 6)).Take(4))
            {
                await store.CommitAsync([new JobCommit { Changes = [Cancel(job)] }], None);
            }

            Directory.CreateDirectory(copy);
            await CopyAsync(copy, _path, _path + "-wal", _path + "-journal");
        }

        string target = Path.Combine(copy, "recovered.db");
        RecoveryReport report = await LiteDbRepair.RecoverAsync(Path.Combine(copy, "store.db"), target, None);

        Assert.That(report.Losses, Is.Empty);
        await using var recovered = new LiteDbJobStore(target);
        await recovered.OpenAsync(None);
        Assert.That((await recovered.CountAsync(JobFilter.All, None))[JobState.Failed], Is.EqualTo(4));
        Assert.That((await recovered.VerifyAsync(None)).Findings, Is.Empty);
    }

    [Test]
    public async Task AKillBeforeTheJournalIsEmptied_LeavesOneThatIsEmptiedAtTheNextOpening()
    {
        string stale = _path + ".stale";
        await using (LiteDbJobStore store = await OpenAsync())
        {
            IReadOnlyList<Job> jobs = await AddAsync(store, 5);
            await store.CommitAsync([new JobCommit { Changes = [Cancel(jobs[0])] }], None);
            await CopyAsync(stale, _path + "-journal");
        }

        File.Move(stale, _path + "-journal");
        for (int i = 2; i < 4; i++)
        {
            await using LiteDbJobStore store = await OpenAsync();
            await AddAsync(store, 1);
            Job job = (await store.FindAsync([new JobId(i)], None))[0];
            await store.CommitAsync([new JobCommit { Changes = [Cancel(job)] }], None);
            Assert.That(JournalLength, Is.Positive);
        }

        await using LiteDbJobStore last = await OpenAsync();
        Assert.That((await last.CountAsync(JobFilter.All, None))[JobState.Failed], Is.EqualTo(3));
    }

    [Test]
    public async Task ManyMoves_AreBroughtIntoTheFileOnTheWay()
    {
        await using LiteDbJobStore store = await OpenAsync();
        IReadOnlyList<Job> jobs = await AddAsync(store, 3000);
        long longest = 0;
        foreach (Job[] some in jobs.Chunk(50))
        {
            await store.CommitAsync([.. some.Select(job => new JobCommit { Changes = [Cancel(job)] })], None);
            longest = Math.Max(longest, JournalLength);
        }

        Assert.That(longest, Is.Positive.And.LessThan(2 * 1024 * 1024));
        Assert.That((await store.QueryAsync(new JobSelector { Filter = new StateFilter(JobStateSet.Of(JobState.Failed)), Take = 5000 }, None)).Count, Is.EqualTo(3000));
        await store.ReadHistoryAsync(jobs[0].Id, None);
        Assert.That(JournalLength, Is.Zero);
    }

    [Test]
    public async Task ARead_OnAFullDisk_IsRefusedAndWorksOnceThereIsRoom()
    {
        await using (LiteDbJobStore store = await OpenAsync())
        {
            await AddAsync(store, 2);
        }

        var disk = new FullDisk();
        await using var full = new LiteDbJobStore(_path) { FileOptions = disk.Options };
        await full.OpenAsync(None);
        Job job = (await full.FindAsync([new JobId(1)], None))[0];
        await full.CommitAsync([new JobCommit { Changes = [Cancel(job)] }], None);
        disk.IsFull = true;

        StoreException? refusal = await Assert.ThrowsAsync<StoreException>(() => full.ReadHistoryAsync(job.Id, None));
        Assert.That(refusal!.Kind, Is.EqualTo(StoreErrorKind.Unavailable));
        Assert.That((await full.FindAsync([job.Id], None))[0].State, Is.EqualTo(JobState.Failed), "what the journal knows needs no room");

        disk.IsFull = false;
        Assert.That((await full.ReadHistoryAsync(job.Id, None))[^1].To, Is.EqualTo(JobState.Failed));
    }

    [Test]
    public async Task APowerCutAtAnyPoint_KeepsEveryAcknowledgedMove()
    {
        Random random = TestSeed.NewRandom();
        for (int round = 0; round < 30; round++)
        {
            string path = _directory[$"cut-{round}.db"];
            var disk = new PowerLossDisk(random);
            Dictionary<JobId, JobState> acknowledged = [];
            await using (var store = new LiteDbJobStore(path) { FileOptions = disk.Options(300_000) })
            {
                await store.OpenAsync(None);
                IReadOnlyList<Job> jobs = await AddAsync(store, 400);
                jobs.ToList().ForEach(job => acknowledged[job.Id] = job.State);
                disk.FailAfter(random.Next(1, 120));
                try
                {
                    foreach (Job[] some in jobs.Chunk(random.Next(1, 9)))
                    {
                        await store.CommitAsync([.. some.Select(job => new JobCommit { Changes = [Cancel(job)] })], None);
                        some.ToList().ForEach(job => acknowledged[job.Id] = JobState.Failed);
                        if (random.Next(10) == 0)
                        {
                            await store.ReadHistoryAsync(some[0].Id, None);
                        }
                    }
                }
                catch (StoreException)
                {
                    // The power went.
                }
            }

            disk.Restart();
            await using var again = new LiteDbJobStore(path);
            await again.OpenAsync(None);
            foreach (Job job in await again.QueryAsync(new JobSelector { Take = 1000 }, None))
            {
                // The write that was under way may have come through.
                Assert.That(acknowledged[job.Id] == JobState.StagedIn || job.State == JobState.Failed, $"round {round}: job {job.Id} was acknowledged as {acknowledged[job.Id]} and is {job.State}");
                Assert.That((await again.ReadHistoryAsync(job.Id, None))[^1].To, Is.EqualTo(job.State));
            }
        }
    }

    private long JournalLength => new FileInfo(_path + "-journal").Length;

    private static IEnumerable<Func<Task>> Reads(LiteDbJobStore store, IReadOnlyList<Job> jobs, long before)
    {
        yield return async () => Assert.That((await store.QueryAsync(new JobSelector { Filter = new TagFilter("study", "a") }, None)).Count(job => job.State == JobState.Failed), Is.EqualTo(1));
        yield return async () => Assert.That((await store.ReadHistoryAsync(jobs[1].Id, None))[^1].To, Is.EqualTo(JobState.Failed));
        yield return async () => Assert.That((await store.ReadEventsAsync(before, 10, None)).Count, Is.EqualTo(3));
        yield return async () => Assert.That((await store.ReadEventsAsync(0, 1000, None))[^1].JobId, Is.EqualTo(jobs[3].Id));
        yield return async () => Assert.That((await store.ReadEventsBeforeAsync(long.MaxValue, 1, None))[0].JobId, Is.EqualTo(jobs[4].Id));
    }

    private static async Task<IReadOnlyList<Job>> AddAsync(LiteDbJobStore store, int count) => (await store.CommitAsync(
        [new JobCommit { Additions = [.. Enumerable.Range(0, count).Select(_ => new JobAddition { Application = "App", Site = SiteName.Local, Tags = new Dictionary<string, string> { ["study"] = "a" } })] }],
        None))[0].Added;

    // The files are held against every opener of this runtime, as a crash would leave them.
    private static async Task CopyAsync(string to, params string[] files)
    {
        using Process cp = Process.Start("cp", [.. files, to]);
        await cp.WaitForExitAsync();
        Assert.That(cp.ExitCode, Is.Zero);
    }

    private static JobChange Cancel(Job job) =>
        new JobChange(job).Fail(JobTrigger.Cancelled, job.LastUpdate, new FailureDetails { Kind = FailureKind.Cancelled, Message = "enough" });

    private async Task<LiteDbJobStore> OpenAsync()
    {
        var store = new LiteDbJobStore(_path);
        await store.OpenAsync(None);
        return store;
    }

    private sealed class FullDisk
    {
        public bool IsFull { get; set; }

        public LiteDbFileOptions Options => new() { OpenDevice = path => new Device(FileDevice.Open(path), this) };

        private sealed class Device(FileDevice file, FullDisk disk) : IFileDevice
        {
            public long Length => file.Length;

            public int Read(Span<byte> buffer, long position) => file.Read(buffer, position);

            public void Write(ReadOnlySpan<byte> buffer, long position)
            {
                if (disk.IsFull)
                {
                    throw new IOException("No space left on device", 28);
                }

                file.Write(buffer, position);
            }

            public void SetLength(long length) => file.SetLength(length);

            public void Sync() => file.Sync();

            public void Dispose() => file.Dispose();
        }
    }
}
