using Balsam.Storage;

namespace Balsam.Core.Tests.Storage;

/// <summary>What concerns many jobs asks the disk for all of them together, not for each.</summary>
public sealed class ManyJobsTests
{
    private const int Length = 2_000;

    // A few one by one, until a pass over all edges is known to be cheaper; that of a chain of this length is after a hundred at the latest.
    private const int MostLookUps = 100;
    private static readonly CancellationToken None = CancellationToken.None;

    private DiskStoreFixture _fixture = null!;
    private JobId[] _chain = [];

    private IJobStore Store => _fixture.Store;

    [SetUp]
    public async Task SubmitAChain()
    {
        _fixture = await DiskStoreFixture.OpenAsync();
        JobAddition[] additions = [.. Enumerable.Range(0, Length).Select(i => new JobAddition { Application = "App", Site = "local", Parents = i == 0 ? [] : [ParentReference.ToIndex(i - 1)] })];
        _chain = [.. (await Store.CommitAsync([new JobCommit { Additions = additions }], None))[0].Added.Select(job => job.Id)];
        _fixture.Disk.ChildLookUps = 0;
    }

    [TearDown]
    public async Task Close() => await _fixture.DisposeAsync();

    [Test]
    public async Task FindDescendants_OfALongChain_LooksUpFewOfThem()
    {
        Assert.That(await Store.FindDescendantsAsync([_chain[0]], None), Is.EqualTo(_chain[1..]));
        Assert.That(_fixture.Disk.ChildLookUps, Is.LessThanOrEqualTo(MostLookUps));
    }

    [Test]
    public async Task Restart_OfALongChain_LooksUpFewOfThem()
    {
        await ChangeAsync(_chain[0], change => change.Fail(JobTrigger.Cancelled, _fixture.Time.GetUtcNow(), new FailureDetails { Kind = FailureKind.Cancelled, Message = "wrong" }));
        Assert.That((await Store.FindAsync(_chain, None)).Select(job => job.State), Is.All.EqualTo(JobState.Failed));
        await ChangeAsync(_chain[0], change => change.Apply(JobTrigger.ParentRestarted, _fixture.Time.GetUtcNow()));
        Assert.That((await Store.FindAsync(_chain[1..], None)).Select(job => job.State), Is.All.EqualTo(JobState.AwaitingParents));
        Assert.That(_fixture.Disk.ChildLookUps, Is.LessThanOrEqualTo(MostLookUps));
    }

    [Test]
    public async Task Delete_OfALongChain_LooksUpFewOfThem()
    {
        ChangeReport report = await Store.DeleteAsync(new JobDeletion { Ids = [_chain[0]], Filter = JobFilter.All, Scope = DeleteScope.WithDescendants }, None);
        Assert.That(report.Changed, Is.EqualTo(_chain));
        Assert.That(_fixture.Disk.ChildLookUps, Is.LessThanOrEqualTo(MostLookUps));
    }

    private Task<ChangeReport> ChangeAsync(JobId id, Func<JobChange, JobChange> change) =>
        Store.ChangeAsync(new JobBulkChange { Ids = [id], Filter = JobFilter.All, Rule = (job, _) => JobDecision.Make(change(new JobChange(job))) }, None);
}
