using System.Diagnostics;
using Balsam.Storage.LiteDb.Care;
using Balsam.Storage.LiteDb.Documents;
using Balsam.Storage.LiteDb.Files;
using Balsam.Storage.LiteDb.Tests.Files;
using LiteDB;

namespace Balsam.Storage.LiteDb.Tests;

/// <summary>Transfers and pending clean-up in the file: the migration, what the index costs, the journal, inspection and recovery.</summary>
internal sealed class TransferStorageTests
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 2, 12, 0, 0, TimeSpan.Zero);
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
    public async Task Open_FileOfSchema7_TakesTransfersFromThenOn()
    {
        IReadOnlyList<Job> before;
        await using (LiteDbJobStore newer = await OpenAsync())
        {
            before = await AddAsync(newer, Plain, Plain with { Tags = new Dictionary<string, string> { ["study"] = "a" } });
        }

        Rewrite(database =>
        {
            // Schema 7 knew neither transfers nor clean-up, and had no index of them.
            Assert.That(database.GetCollection("jobs").DropIndex("markids"), Is.True);
            BsonDocument head = database.GetCollection("head").FindById(1);
            head["schema"] = 7;
            head.Remove("crc");
            database.GetCollection("head").Update(head);
        });

        await using LiteDbJobStore store = await OpenAsync();
        Assert.That((await store.QueryAsync(new JobSelector(), None)).Select(job => (job.Id, job.Version, job.Transfers.Length)), Is.EqualTo(before.Select(job => (job.Id, job.Version, 0))));
        Job added = (await AddAsync(store, Moved))[0];
        Assert.That(await FindAsync(store, new TransferFilter(Location: "laptop")), Is.EqualTo(new[] { added.Id }));
        await store.DisposeAsync();
        Rewrite(database => Assert.That(database.GetCollection("head").FindById(1)["schema"].AsInt32, Is.EqualTo(8)));
    }

    [Test]
    public async Task Index_OfMarks_HoldsNothingOfJobsWithoutAny()
    {
        await using (LiteDbJobStore store = await OpenAsync())
        {
            IReadOnlyList<Job> jobs = await AddAsync(store, [.. Enumerable.Repeat(Plain, 50), Moved, Moved]);
            await CommitAsync(store, Finish(jobs[0]).Edit(fields => fields with { IsCleanupPending = true }, Noon));
            await CommitAsync(store, Finish(jobs[1]));
        }

        Rewrite(database =>
        {
            Assert.That(JobsIn(database, "markids"), Is.EqualTo(new[] { 1L, 51, 52 }));
            Assert.That(database.GetCollection("jobs").FindAll().Count(job => job.ContainsKey("marks") || job.ContainsKey("move") || job.ContainsKey("clean")), Is.EqualTo(3));
        });
        await using (LiteDbJobStore store = await OpenAsync())
        {
            Job job = (await store.FindAsync([new JobId(1)], None))[0];
            await CommitAsync(store, new JobChange(job).Edit(fields => fields with { IsCleanupPending = false }, Noon));
        }

        Rewrite(database => Assert.That(JobsIn(database, "markids"), Is.EqualTo(new[] { 51L, 52 })));
    }

    [Test]
    public async Task Plan_OfTransfersAndCleanup_ReadsNothingElse()
    {
        await using LiteDbJobStore store = await OpenAsync();
        IReadOnlyList<Job> jobs = await AddAsync(store, [.. Enumerable.Repeat(Plain, 4_200), Moved]);
        await store.CommitAsync([.. jobs.Take(4_200).Select(job => new JobCommit { Changes = [Finish(job)] })], None);
        Assert.That(store.DescribePlan(new JobSelector { Filter = new CleanupPendingFilter() }), Does.StartWith("Read the jobs of the index: is to be cleaned up."));
        Assert.That(store.DescribePlan(new JobSelector { Filter = new TransferFilter(TransferState.Done, null, "laptop") }), Does.StartWith("Read the jobs of the index: has DONE transfer at laptop."));
        Assert.That(store.DescribePlan(new JobSelector { Filter = new TransferFilter(TransferState.Pending) }), Does.StartWith("Walk the state map in memory for READY, POSTPROCESSED"));
    }

    [Test]
    public async Task AMove_ThatEditsTransfers_IsInTheJournalWhole()
    {
        Job moved;
        string copy = _directory["copy"];
        await using (LiteDbJobStore store = await OpenAsync())
        {
            Job job = (await AddAsync(store, Moved))[0];
            await CommitAsync(store, new JobChange(job).EditTransfer("in", Arrived, Noon).Apply(JobTrigger.StagedIn, Noon));
            Assert.That(new FileInfo(_path + "-journal").Length, Is.Positive);
            moved = (await store.FindAsync([job.Id], None))[0];
            Directory.CreateDirectory(copy);
            await CopyAsync(copy, _path, _path + "-wal", _path + "-journal");
        }

        await using var killed = new LiteDbJobStore(Path.Combine(copy, "store.db"));
        await killed.OpenAsync(None);
        Job found = (await killed.FindAsync([moved.Id], None))[0];
        Assert.That((found.State, found.Version), Is.EqualTo((JobState.StagedIn, moved.Version)));
        Assert.That(found.Transfers, Is.EqualTo(moved.Transfers));
        Assert.That(await FindAsync(killed, new TransferFilter(TransferState.Done, TransferDirection.In, "laptop")), Is.EqualTo(new[] { moved.Id }));
    }

    [Test]
    public async Task News_OfAnItemWithoutAMove_OutlivesAKill()
    {
        string copy = _directory["copy"];
        await using (LiteDbJobStore store = await OpenAsync())
        {
            Job job = (await AddAsync(store, Moved))[0];
            await CommitAsync(store, new JobChange(job).EditTransfer("in", item => item with { State = TransferState.Active }, Noon));
            Directory.CreateDirectory(copy);
            await CopyAsync(copy, [.. new[] { _path, _path + "-wal", _path + "-journal" }.Where(File.Exists)]);
        }

        await using var killed = new LiteDbJobStore(Path.Combine(copy, "store.db"));
        await killed.OpenAsync(None);
        Assert.That((await killed.FindAsync([new JobId(1)], None))[0].Transfers[0].State, Is.EqualTo(TransferState.Active));
    }

    [Test]
    public async Task Verify_OfTransfersThatCannotBe_NamesThem()
    {
        await using (LiteDbJobStore store = await OpenAsync())
        {
            await AddAsync(store, Moved, Moved, Plain);
        }

        Rewrite(database =>
        {
            ILiteCollection<BsonDocument> jobs = database.GetCollection("jobs");
            BsonDocument open = jobs.FindById(1L);
            open["move"].AsArray[1]["state"] = (int)TransferState.Active;
            jobs.Update(DocumentSeal.Seal(open));
        });
        await using LiteDbJobStore spoilt = await OpenAsync();
        StoreFinding finding = (await spoilt.VerifyAsync()).Findings.Single();
        Assert.That((finding.Kind, finding.Job, finding.What), Is.EqualTo((StoreFindingKind.WrongState, new JobId(1), "its document says READY, and its transfer 'out' is ACTIVE.")));
    }

    [Test]
    public async Task Verify_AndRecover_OfSoundTransfers_KeepThem()
    {
        IReadOnlyList<Job> jobs;
        await using (LiteDbJobStore store = await OpenAsync())
        {
            jobs = await AddAsync(store, Moved, Moved, Moved, Plain);
            await CommitAsync(store, Finish(jobs[0]).Edit(fields => fields with { IsCleanupPending = true }, Noon));
            await CommitAsync(store, new JobChange(jobs[1]).EditTransfer("in", item => item with { State = TransferState.Active, Attempts = 2, Error = "cut off" }, Noon));
            jobs = await store.QueryAsync(new JobSelector(), None);
            Assert.That((await store.VerifyAsync()).Findings, Is.Empty);
        }

        string recovered = _directory["recovered.db"];
        Assert.That((await LiteDbRepair.RecoverAsync(_path, recovered)).Losses, Is.Empty);
        await using var again = new LiteDbJobStore(recovered);
        await again.OpenAsync(None);
        IReadOnlyList<Job> after = await again.QueryAsync(new JobSelector(), None);
        Assert.That(after.Select(job => (job.Id, job.State, job.IsCleanupPending)), Is.EqualTo(jobs.Select(job => (job.Id, job.State, job.IsCleanupPending))));
        Assert.That(after.SelectMany(job => job.Transfers), Is.EqualTo(jobs.SelectMany(job => job.Transfers)));
        Assert.That(await FindAsync(again, new CleanupPendingFilter()), Is.EqualTo(new[] { jobs[0].Id }));
    }

    [TestCase(JobState.Ready, TransferState.Pending, TransferState.AwaitingJob)]
    [TestCase(JobState.StagedIn, TransferState.Done, TransferState.AwaitingJob)]
    [TestCase(JobState.Postprocessed, TransferState.Done, TransferState.Pending)]
    [TestCase(JobState.JobFinished, TransferState.Done, TransferState.Done)]
    [TestCase(JobState.Failed, TransferState.AwaitingJob, TransferState.AwaitingJob)]
    [TestCase(JobState.RestartReady, TransferState.Done, TransferState.AwaitingJob)]
    public void Standing_OfAnItemWhoseNewestDocumentIsLost_AgreesWithItsJob(JobState job, TransferState incoming, TransferState outgoing) => Assert.That(
        Moved.Transfers.Select(item => TransferStanding.At(job, item)), Is.EqualTo(new[] { incoming, outgoing }));

    private static JobAddition Plain => new() { Application = "App", Site = SiteName.Local };

    private static JobAddition Moved => Plain with
    {
        Transfers =
        [
            new TransferItem { Slot = "in", Direction = TransferDirection.In, Remote = TransferAddress.Parse("laptop:/in"), LocalPath = "in" },
            new TransferItem { Slot = "out", Direction = TransferDirection.Out, Remote = TransferAddress.Parse("archive:/out"), LocalPath = "out" },
        ],
    };

    private static TransferItem Arrived(TransferItem item) => item with { State = TransferState.Done, Attempts = 1, Files = 1, Bytes = 1L << 40 };

    private static JobChange Finish(Job job)
    {
        var change = new JobChange(job);
        JobTrigger[] way =
            [JobTrigger.StagedIn, JobTrigger.Preprocessed, JobTrigger.Started, JobTrigger.RunSucceeded, JobTrigger.Postprocessed, JobTrigger.StagedOut, JobTrigger.Finished];
        foreach (JobTrigger trigger in way.Skip(job.State == JobState.Ready ? 0 : 1))
        {
            foreach (TransferItem item in change.After.Transfers.Where(item => item.State == TransferState.Pending))
            {
                change.EditTransfer(item.Slot, Arrived, Noon);
            }

            change.Apply(trigger, Noon);
        }

        return change;
    }

    // Every entry of the index, from the smallest value there is to the largest: a job that had but a null there would be among them.
    private static long[] JobsIn(LiteDatabase database, string index)
    {
        ILiteQueryable<BsonDocument> all = database.GetCollection("jobs").Query().Where(BsonExpression.Create($"{StoreCollections.MarkIndex} ANY BETWEEN @0 AND @1", BsonValue.MinValue, BsonValue.MaxValue));
        Assert.That(all.GetPlan()["index"]["name"].AsString, Is.EqualTo(index));
        return [.. all.ToEnumerable().Select(job => job["_id"].AsInt64).Order()];
    }

    private static async Task<IReadOnlyList<Job>> AddAsync(LiteDbJobStore store, params JobAddition[] additions) =>
        (await store.CommitAsync([new JobCommit { Additions = additions }], None))[0].Added;

    private static async Task CommitAsync(LiteDbJobStore store, JobChange change) => Assert.That((await store.CommitAsync([new JobCommit { Changes = [change] }], None))[0].Refusal, Is.Null);

    private static async Task<IEnumerable<JobId>> FindAsync(LiteDbJobStore store, JobFilter filter) => (await store.QueryAsync(new JobSelector { Filter = filter }, None)).Select(job => job.Id);

    // By another process: to close a file here would give up the locks that the store has on it.
    private static async Task CopyAsync(string to, params string[] files)
    {
        using Process cp = Process.Start("cp", [.. files, to]);
        await cp.WaitForExitAsync();
        Assert.That(cp.ExitCode, Is.Zero);
    }

    private async Task<LiteDbJobStore> OpenAsync()
    {
        var store = new LiteDbJobStore(_path);
        await store.OpenAsync(None);
        return store;
    }

    private void Rewrite(Action<LiteDatabase> edit)
    {
        using LiteDbFile file = LiteDbFile.Open(_path);
        file.Maintain(edit);
    }
}
