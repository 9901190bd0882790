using Balsam.Core.Tests.Submission;
using Balsam.Storage;

namespace Balsam.Core.Tests.Queries;

/// <summary>Questions about transfers, answered by both stores.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class TransferQueryTests(StoreKind kind)
{
    private SubmitSite _site = null!;
    private IReadOnlyList<Job> _jobs = null!;

    private TransferQuery All => _site.Client.Transfers;

    // Job 1 waits for everything, 2 moves its geometry, 3 has ended with everything done, 4 failed by its geometry, 5 has none.
    [SetUp]
    public async Task SetUp()
    {
        _site = new SubmitSite(kind);
        _jobs = await _site.Client.SubmitAsync(
        [
            Carried("a").Transfer("results", "disk-2:/out"), Carried("b").Transfer("basis", "https://host/b"), Carried("a").Transfer("results", "disk-2:/out"), Carried("b"), new NewJob("Norm"),
        ]);
        await CommitAsync(new JobChange(_jobs[1]).EditTransfer("geometry", item => item with { State = TransferState.Active }, Now));
        var done = new JobChange(_jobs[2]).EditTransfer("geometry", Arrived, Now);
        Move(done, JobTrigger.StagedIn, JobTrigger.Preprocessed, JobTrigger.Started, JobTrigger.RunSucceeded, JobTrigger.Postprocessed);
        Move(done.EditTransfer("results", Arrived, Now), JobTrigger.StagedOut, JobTrigger.Finished);
        await CommitAsync(done.Edit(fields => fields with { IsCleanupPending = true }, Now));
        await CommitAsync(new JobChange(_jobs[3]).EditTransfer("geometry", item => item with { State = TransferState.Failed, Error = "gone" }, Now)
            .Fail(JobTrigger.TransferFailed, Now, new FailureDetails { Kind = FailureKind.Transfer, Message = "gone" }));
    }

    [TearDown]
    public async Task TearDown() => await _site.DisposeAsync();

    [Test]
    public async Task Transfers_ByStateDirectionAndLocation_AreThoseItems()
    {
        Assert.That(await NamesAsync(All), Is.EqualTo(new[] { "1 geometry", "1 results", "2 geometry", "2 basis", "3 geometry", "3 results", "4 geometry" }));
        Assert.That(await NamesAsync(All.InState(TransferState.Pending)), Is.EqualTo(new[] { "1 geometry", "2 basis" }));
        Assert.That(await NamesAsync(All.InState(TransferState.Pending, TransferState.Active)), Is.EqualTo(new[] { "1 geometry", "2 geometry", "2 basis" }));
        Assert.That(await NamesAsync(All.InState(TransferState.Pending, TransferState.Done).InState(TransferState.Done, TransferState.Failed)), Is.EqualTo(new[] { "3 geometry", "3 results" }));
        Assert.That(await NamesAsync(All.InState()), Is.Empty);
        Assert.That(await NamesAsync(All.WithDirection(TransferDirection.Out)), Is.EqualTo(new[] { "1 results", "3 results" }));
        Assert.That(await NamesAsync(All.AtLocation("laptop")), Is.EqualTo(new[] { "1 geometry", "2 geometry", "3 geometry", "4 geometry" }));
        Assert.That(await NamesAsync(All.AtLocation("laptop").InState(TransferState.Done, TransferState.Failed)), Is.EqualTo(new[] { "3 geometry", "4 geometry" }));
        Assert.That(await NamesAsync(All.AtLocation("disk-2").InState(TransferState.Pending)), Is.Empty, "another item of the job is pending, and another one is there");
        Assert.That(await NamesAsync(All.AtLocation("cluster")), Is.Empty);
    }

    [Test]
    public async Task Transfers_OfJobs_AreThoseOfTheJobs()
    {
        Assert.That(await NamesAsync(All.OfJob(_jobs[0].Id)), Is.EqualTo(new[] { "1 geometry", "1 results" }));
        Assert.That(await NamesAsync(All.WithTag("study", "a").WithDirection(TransferDirection.Out)), Is.EqualTo(new[] { "1 results", "3 results" }));
        Assert.That(await NamesAsync(All.OfJobs(new StateFilter(JobStates.Final))), Is.EqualTo(new[] { "3 geometry", "3 results", "4 geometry" }));
        Assert.That(await NamesAsync(All.WithTag("study", "b").OfJobs(_site.Client.Jobs.InState(JobState.Failed))), Is.EqualTo(new[] { "4 geometry" }));
        Job child = await _site.Client.SubmitAsync(Carried("c").After(_jobs[0]));
        Assert.That(await NamesAsync(All.OfJobs(_site.Client.Jobs.DescendantsOf(_jobs[0].Id))), Is.EqualTo(new[] { $"{child.Id} geometry" }));
        Assert.That(() => All.OfJobs(_site.Client.Jobs.Take(1)), Throws.InvalidOperationException);
    }

    [Test]
    public async Task Transfers_Counted_AreAsMany()
    {
        Assert.That(await All.CountAsync(), Is.EqualTo(7));
        Assert.That(await All.CountByStateAsync(), Is.EquivalentTo(new Dictionary<TransferState, long>
        {
            [TransferState.AwaitingJob] = 1, [TransferState.Pending] = 2, [TransferState.Active] = 1, [TransferState.Done] = 2, [TransferState.Failed] = 1,
        }));
    }

    [Test]
    public async Task Jobs_ByTheirTransfersAndCleanup_AreThose()
    {
        JobQuery jobs = _site.Client.Jobs;
        Assert.That((await jobs.WithTransferIn(TransferState.Pending).ToListAsync()).Select(job => job.Id), Is.EqualTo(new[] { _jobs[0].Id, _jobs[1].Id }));
        Assert.That((await jobs.WithTransferIn(TransferState.Failed, TransferState.Active).ToListAsync()).Select(job => job.Id), Is.EqualTo(new[] { _jobs[1].Id, _jobs[3].Id }));
        Assert.That((await jobs.WithCleanupPending().ToListAsync()).Select(job => job.Id), Is.EqualTo(new[] { _jobs[2].Id }));
        Assert.That(await jobs.WithTransferIn().CountAsync(), Is.Zero);
    }

    [Test]
    public void Queries_InWords_SayWhatIsAsked()
    {
        JobQuery jobs = _site.Client.Jobs;
        Assert.That(jobs.WithTransferIn(TransferState.Pending).ToString(), Is.EqualTo("jobs with has PENDING transfer"));
        Assert.That(new TransferFilter(null, TransferDirection.Out, "laptop").ToString(), Is.EqualTo("has a transfer OUT at laptop"));
        Assert.That(jobs.WithCleanupPending().ToString(), Is.EqualTo("jobs with is to be cleaned up"));
        Assert.That(All.InState(TransferState.Pending).DescribePlan(), Does.StartWith("Walk the state map in memory for READY, POSTPROCESSED"));
    }

    private static DateTimeOffset Now => new(2030, 1, 2, 12, 0, 0, TimeSpan.Zero);

    private static NewJob Carried(string study) => new NewJob("Carry").Transfer("geometry", "laptop:/a.xyz").Tag("study", study);

    private static TransferItem Arrived(TransferItem item) => item with { State = TransferState.Done, Attempts = 1, Files = 1, Bytes = 5 };

    private static void Move(JobChange change, params ReadOnlySpan<JobTrigger> triggers)
    {
        foreach (JobTrigger trigger in triggers)
        {
            change.Apply(trigger, Now);
        }
    }

    private static async Task<IEnumerable<string>> NamesAsync(TransferQuery query)
    {
        List<JobTransfer> found = await query.ToListAsync();
        Assert.That(await query.CountAsync(), Is.EqualTo(found.Count));
        return found.Select(transfer => $"{transfer.Job.Id} {transfer.Item.Slot}");
    }

    private async Task CommitAsync(JobChange change) => Assert.That((await _site.Store.CommitAsync([new JobCommit { Changes = [change] }], default)).Single().Refusal, Is.Null);
}
