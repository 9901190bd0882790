using Balsam.Storage;

namespace Balsam.Core.Tests.Client;

/// <summary>Cancelling, restarting and deleting, and the reports of them.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class ChangeTests(StoreKind store)
{
    private ClientHarness _harness = null!;

    private BalsamClient Client => _harness.Client;

    [SetUp]
    public void SetUp() => _harness = new ClientHarness(store);

    [TearDown]
    public async Task TearDown() => await _harness.DisposeAsync();

    [Test]
    public async Task Cancel_Some_ReportsWhatWasNotAndWhy()
    {
        Job waiting = await _harness.SubmitAsync();
        Job finished = await _harness.FinishAsync(await _harness.SubmitAsync());
        Job failed = await _harness.FailAsync(await _harness.SubmitAsync());
        ChangeReport report = await Client.CancelAsync([waiting.Id, finished.Id, failed.Id, new JobId(99), waiting.Id], "enough");
        Assert.That(report.Changed, Is.EqualTo(new[] { waiting.Id }));
        Assert.That(report.Unchanged.ToDictionary(entry => entry.Key, entry => (entry.Value.Why, entry.Value.Message)), Is.EquivalentTo(new Dictionary<JobId, (WhyUnchanged, string)>
        {
            [finished.Id] = (WhyUnchanged.IllegalState, "already JOB_FINISHED"), [failed.Id] = (WhyUnchanged.IllegalState, "already FAILED"), [new JobId(99)] = (WhyUnchanged.Missing, "there is no such job"),
        }));
        Assert.That(report.ToString(), Does.StartWith("1 changed, 3 unchanged (job "));
        Job cancelled = await Client.GetAsync(waiting.Id);
        Assert.That((cancelled.State, cancelled.Failure!.Kind, cancelled.Failure.Message), Is.EqualTo((JobState.Failed, FailureKind.Cancelled, "enough")));
    }

    [Test]
    public async Task Cancel_ParentAndChildInOneCall_BothAreCancelledThemselves()
    {
        Job parent = await _harness.SubmitAsync();
        Job child = await _harness.SubmitAsync(null, parent.Id);
        ChangeReport report = await Client.CancelAsync([parent.Id, child.Id], "enough");
        Assert.That(report.Changed, Is.EqualTo(new[] { parent.Id, child.Id }));
        Assert.That((await Client.GetAsync(child.Id)).Failure!.Kind, Is.EqualTo(FailureKind.Cancelled));
    }

    [Test]
    public async Task Cancel_ChildSubmittedBeforeItsParent_IsCancelledItself()
    {
        NewJob parent = new("Norm");
        IReadOnlyList<Job> jobs = await Client.SubmitAsync([new NewJob("Norm").After(parent), parent]);
        ChangeReport report = await Client.Jobs.CancelAsync("enough");
        Assert.That((report.Changed.Count, report.Unchanged.Count), Is.EqualTo((2, 0)), report.ToString());
        Assert.That((await Client.GetAsync(jobs[0].Id)).Failure!.Kind, Is.EqualTo(FailureKind.Cancelled));
    }

    [Test]
    public async Task Cancel_WithoutReason_IsAnArgumentMistake()
    {
        Job job = await _harness.SubmitAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => Client.CancelAsync(job.Id, " "));
    }

    [Test]
    public async Task Change_OfNothing_ReportsNothing()
    {
        JobId[] none = [];
        foreach (ChangeReport report in (ChangeReport[])[
            await Client.CancelAsync(none, "enough"), await Client.RestartAsync(none), await Client.DeleteAsync(none), await Client.Jobs.WithTag("no", "such").CancelAsync("enough"),
            await Client.Jobs.WithTag("no").RestartAsync(), await Client.Jobs.WithIds([]).DeleteAsync()])
        {
            Assert.That((report.Changed.Count, report.Unchanged.Count, report.ToString()), Is.EqualTo((0, 0, "0 changed")));
        }
    }

    [Test]
    public async Task Restart_JobThatHasNotEnded_IsUnchanged()
    {
        Job job = await _harness.SubmitAsync();
        Assert.That((await Client.RestartAsync(job.Id)).Unchanged[job.Id].Message, Is.EqualTo("it is STAGED_IN; only ended jobs are restarted"));
    }

    [Test]
    public async Task Restart_ChildOfAFailedParent_IsRefusedWithTheReason()
    {
        Job parent = await _harness.SubmitAsync();
        Job child = await _harness.SubmitAsync(null, parent.Id);
        await _harness.FailAsync(parent);
        Assert.That((await Client.RestartAsync(child.Id)).Unchanged[child.Id].Message, Is.EqualTo($"its parent {parent.Id} is FAILED; restart that, and this job comes back with it"));
    }

    [Test]
    public async Task Restart_CancelledChildOfAFailedParent_IsToldToBeRestartedAfterIt()
    {
        Job parent = await _harness.SubmitAsync();
        Job child = await _harness.SubmitAsync(null, parent.Id);
        await Client.CancelAsync(child.Id, "enough");
        await _harness.FailAsync(parent);
        Assert.That((await Client.RestartAsync(child.Id)).Unchanged[child.Id].Message, Is.EqualTo($"its parent {parent.Id} is FAILED; restart that first, or both in one call"));
    }

    [Test]
    public async Task Restart_ParentAndChildInOneCall_BringsBothBack([Values] bool cancelled)
    {
        Job parent = await _harness.SubmitAsync();
        Job child = await _harness.SubmitAsync(null, parent.Id);
        if (cancelled)
        {
            await Client.CancelAsync(child.Id, "enough");
        }

        await _harness.FailAsync(parent);
        ChangeReport report = await Client.RestartAsync([child.Id, parent.Id]);
        Assert.That((report.Changed, report.Unchanged.Count), Is.EqualTo((new[] { parent.Id, child.Id }, 0)), report.ToString());
        Assert.That(((await Client.GetAsync(parent.Id)).State, (await Client.GetAsync(child.Id)).State), Is.EqualTo((JobState.RestartReady, JobState.AwaitingParents)));
    }

    [Test]
    public async Task Restart_ChildToRunAfterAFailureThatDidNotCome_IsRefused()
    {
        Job parent = await _harness.SubmitAsync();
        Job child = await Client.SubmitAsync(new NewJob("Norm").After(parent, DependencyCondition.Failure));
        await _harness.FinishAsync(parent);
        Assert.That((await Client.RestartAsync(child.Id)).Unchanged[child.Id].Message, Is.EqualTo($"its parent {parent.Id} finished, and it was to run only after that one's failure"));
    }

    [Test]
    public async Task Restart_ChildOfADeletedParent_IsRefused()
    {
        Job parent = await _harness.SubmitAsync();
        Job child = await _harness.SubmitAsync(null, parent.Id);
        await _harness.FailAsync(parent);
        Assert.That((await Client.DeleteAsync(parent.Id)).Changed, Has.Count.EqualTo(1));
        Assert.That((await Client.RestartAsync(child.Id)).Unchanged[child.Id].Message, Is.EqualTo($"its parent {parent.Id} is gone, and it never got past waiting for it; submit a new job"));
    }

    [Test]
    public async Task Restart_JobThatFailedInItsRun_GoesOnFromThere()
    {
        Job job = await _harness.FailAsync(await _harness.SubmitAsync());
        await Client.RestartAsync(job.Id);
        Job restarted = await Client.GetAsync(job.Id);
        Assert.That((restarted.State, restarted.Failure, restarted.Attempt), Is.EqualTo((JobState.RestartReady, (FailureDetails?)null, 1)));
    }

    [Test]
    public async Task Restart_JobCancelledBeforePreprocess_StartsFromTheBeginning()
    {
        Job job = await _harness.SubmitAsync();
        await Client.CancelAsync(job.Id, "enough");
        await Client.RestartAsync(job.Id);
        Assert.That((await Client.GetHistoryAsync(job.Id)).Select(step => step.To), Is.EqualTo(new[]
        {
            JobState.Ready, JobState.StagedIn, JobState.Failed, JobState.AwaitingParents, JobState.Ready, JobState.StagedIn,
        }));
    }

    [Test]
    public async Task Restart_JobCancelledWhileItPausedBeforePreprocess_DoesNotPauseAgain()
    {
        Job job = await _harness.SubmitAsync();
        JobChange pause = new JobChange(job).Edit(fields => fields with { NotBefore = _harness.Time.GetUtcNow().AddMinutes(10) }, _harness.Time.GetUtcNow());
        await _harness.Store.CommitAsync([new JobCommit { Changes = [pause] }], default);
        await Client.CancelAsync(job.Id, "enough");
        await Client.RestartAsync(job.Id);
        Job restarted = await Client.GetAsync(job.Id);
        Assert.That((restarted.State, restarted.NotBefore), Is.EqualTo((JobState.StagedIn, (DateTimeOffset?)null)));
    }

    [Test]
    public async Task Delete_ParentThatAChildWaitsFor_IsKeptUnlessTheChildGoesToo()
    {
        Job parent = await _harness.SubmitAsync();
        Job child = await _harness.SubmitAsync(null, parent.Id);
        Assert.That((await Client.DeleteAsync(parent.Id)).Unchanged[parent.Id].Message, Is.EqualTo($"job {child.Id} waits for it; delete that too, or first"));
        Assert.That((await Client.DeleteAsync([parent.Id, child.Id])).Changed, Has.Count.EqualTo(2));
        Assert.That((await Client.FindAsync(parent.Id), await Client.Jobs.CountAsync()), Is.EqualTo(((Job?)null, 0L)));
        await Assert.ThrowsAsync<JobNotFoundException>(() => Client.GetHistoryAsync(parent.Id));
    }

    [Test]
    public async Task Delete_WithDescendants_TakesEverythingBelow()
    {
        Job mesh = await _harness.FinishAsync(await _harness.SubmitAsync());
        Job run = await _harness.SubmitAsync(null, mesh.Id);
        Job plot = await _harness.SubmitAsync(null, run.Id);
        Job other = await _harness.SubmitAsync();
        ChangeReport report = await Client.DeleteAsync(mesh.Id, DeleteScope.WithDescendants);
        Assert.That((report.Changed, report.Unchanged.Count), Is.EqualTo((new[] { mesh.Id, run.Id, plot.Id }, 0)));
        Assert.That((await Client.Jobs.SingleAsync()).Id, Is.EqualTo(other.Id));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Client.DeleteAsync(other.Id, (DeleteScope)7));
    }

    [Test]
    public async Task Delete_NoSuchJob_IsUnchanged() => Assert.That((await Client.DeleteAsync(new JobId(99))).Unchanged[new JobId(99)].Message, Is.EqualTo("there is no such job"));
}
