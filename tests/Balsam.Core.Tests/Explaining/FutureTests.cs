using Balsam.Storage;

namespace Balsam.Core.Tests.Explaining;

/// <summary>Jobs as futures: waiting for all or the first, with a limit of time, and for jobs that cannot go on by themselves.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class FutureTests(StoreKind store)
{
    private static readonly TimeSpan CheckPeriod = TimeSpan.FromSeconds(5);

    private SiteHarness _site = null!;

    private BalsamClient Client => _site.Client;

    [SetUp]
    public void SetUp() => _site = new SiteHarness(store);

    [TearDown]
    public async Task TearDown() => await _site.DisposeAsync();

    [Test]
    public async Task Wait_ForTheFirst_GivesThoseThatEndedByThen()
    {
        IReadOnlyList<Job> jobs = await Client.SubmitAsync(Enumerable.Range(0, 3).Select(_ => new NewJob("Norm")));
        Task<IReadOnlyList<Job>> wait = Client.WaitAsync(jobs, WaitFor.First);
        await _site.Time.TimerAsync(CheckPeriod);
        Assert.That(wait.IsCompleted, Is.False);
        await _site.FailAsync(jobs[1]);
        IReadOnlyList<Job> first = await SiteHarness.Soon(wait);
        Assert.That(first.Select(job => (job.Id, job.State)), Is.EqualTo(new[] { (jobs[1].Id, JobState.Failed) }));
        await _site.FinishAsync(jobs[0]);
        Assert.That((await SiteHarness.Soon(Client.WaitAsync(jobs, WaitFor.First))).Select(job => job.Id), Is.EqualTo(new[] { jobs[0].Id, jobs[1].Id }), "in the order asked");
        Assert.That(await SiteHarness.Soon(Client.WaitAsync(Array.Empty<Job>(), WaitFor.First)), Is.Empty);
    }

    [Test]
    public async Task Wait_TimeIsOver_SaysHowManyEndedAndWhatOthersDo([Values] WaitFor until)
    {
        LauncherSession launcher = await _site.OpenLauncherAsync();
        IReadOnlyList<Job> jobs = await Client.SubmitAsync([.. Enumerable.Range(0, 4).Select(i => new NewJob("Norm", $"w/{i}")), new NewJob("Norm", "w/4").WithPriority(3)]);
        await _site.ClaimAsync(launcher, jobs[4]);
        await _site.MoveAsync(jobs[4], launcher, JobTrigger.Preprocessed, JobTrigger.Started);
        if (until == WaitFor.All)
        {
            await _site.FinishAsync(jobs[0]);
        }

        Task<IReadOnlyList<Job>> wait = Client.WaitAsync(jobs.Reverse(), until, TimeSpan.FromMinutes(2));
        await _site.Time.TimerAsync(TimeSpan.FromMinutes(2));
        _site.Time.Advance(TimeSpan.FromMinutes(2));
        JobWaitTimeoutException over = (await Assert.ThrowsAsync<JobWaitTimeoutException>(() => SiteHarness.Soon(wait)))!;
        int ended = until == WaitFor.All ? 1 : 0;
        Assert.That((over.Ended.Count, over.OpenCount, over.Timeout, over.Open.Count), Is.EqualTo((ended, 5 - ended, TimeSpan.FromMinutes(2), 3)));
        Assert.That(over.Message, Does.StartWith($"After 0:02:00, {ended} of 5 jobs have ended. Job 5 (Norm in w/4) is RUNNING: launcher n01:17 has held it since 2026-01-01 00:00:00Z and runs it on n1, n2. Job 4 (Norm in w/3) is STAGED_IN: it is behind "));
        Assert.That(over.Message, Does.EndWith($" And {2 - ended} more."));
        Assert.That(over, Is.InstanceOf<TimeoutException>());
    }

    [Test]
    public async Task Wait_NoTimeAtAll_LooksOnce()
    {
        Job job = await _site.SubmitAsync();
        await Assert.ThrowsAsync<JobWaitTimeoutException>(() => SiteHarness.Soon(Client.WaitAsync(job, TimeSpan.Zero)));
        await _site.FinishAsync(job);
        Assert.That((await SiteHarness.Soon(Client.WaitAsync(job, TimeSpan.Zero))).State, Is.EqualTo(JobState.JobFinished));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Client.WaitAsync(job, TimeSpan.FromSeconds(-3)));
    }

    [Test]
    public async Task Wait_EndsBeforeItsTime_LeavesNothingBehind()
    {
        Job job = await _site.SubmitAsync();
        Task<Job> wait = Client.WaitAsync(job.Id, TimeSpan.FromMinutes(2));
        await _site.Time.TimerAsync(TimeSpan.FromMinutes(2));
        await _site.FinishAsync(job);
        Assert.That((await SiteHarness.Soon(wait)).State, Is.EqualTo(JobState.JobFinished));
    }

    [Test]
    public async Task Result_OfAJobOfEachWayOut_CanBeAwaited()
    {
        Job submitted = await _site.SubmitAsync();
        Task<double> future = submitted.ResultAsync<double>();
        await _site.Time.TimerAsync(CheckPeriod);
        Job finished = await _site.FinishAsync(submitted, "2.5");
        Assert.That(await SiteHarness.Soon(future), Is.EqualTo(2.5));
        List<Job> ways = [submitted, finished, (await Client.FindAsync(submitted.Id))!, await Client.WaitAsync(submitted.Id), (await Client.WaitAsync([submitted], WaitFor.First))[0],
            (await Client.Jobs.ToListAsync()).Single(), await Client.Jobs.FirstAsync(), (await Client.ExplainAsync(submitted)).Job];
        await foreach (Job job in Client.WhenEachAsync([submitted]))
        {
            ways.Add(job);
        }

        await foreach (Job job in Client.Jobs)
        {
            ways.Add(job);
        }

        await foreach (Job job in Client.Jobs.OrderBy(JobField.Workdir))
        {
            ways.Add(job);
        }

        Assert.That(ways, Has.Count.EqualTo(11));
        foreach (Job job in ways)
        {
            Assert.That(await SiteHarness.Soon(job.ResultAsync<double>()), Is.EqualTo(2.5));
        }
    }

    [Test]
    public async Task Result_OfAJobFromAStore_SaysToAskTheClient()
    {
        Job job = await _site.SubmitAsync();
        await _site.FinishAsync(job, "1");
        await _site.CommitAsync(new JobChange(await Client.GetAsync(job.Id)).Edit(fields => fields with { Priority = 3 }, _site.Time.GetUtcNow()));
        foreach (Job stored in (Job[])[(await _site.Store.FindAsync([job.Id], default))[0], new JobChange(job).After, Job.Restore(job.ToSnapshot())])
        {
            Assert.That(
                (await Assert.ThrowsAsync<InvalidOperationException>(() => stored.ResultAsync<double>()))!.Message,
                Is.EqualTo("Job 1 does not come from a client, so it cannot be awaited by itself. Call client.ResultAsync<Double>(job.Id)."));
        }
    }

    [Test]
    public async Task TryGetResult_OfWhateverJob_ThrowsNothing()
    {
        Job open = await _site.SubmitAsync();
        Job failed = await _site.FailAsync(await _site.SubmitAsync());
        Job without = await _site.FinishAsync(await _site.SubmitAsync());
        Job nothing = await _site.FinishAsync(await _site.SubmitAsync(), "null");
        Job some = await _site.FinishAsync(await _site.SubmitAsync(), "[1,2]");
        Assert.That(new[] { open, failed, without }.Select(job => job.TryGetResult(out double[]? _)), Is.All.False);
        Assert.That((nothing.TryGetResult(out double[]? none), none), Is.EqualTo((true, (double[]?)null)));
        Assert.That(some.TryGetResult(out double[]? numbers), Is.True);
        Assert.That(numbers, Is.EqualTo(new[] { 1.0, 2.0 }));
        Assert.That(some.TryGetResult(out int _), Is.False);
    }

    [Test]
    public async Task Wait_ParentFailedAndHeld_EndsAtOnceWithTheReason()
    {
        Job parent = await _site.SubmitAsync();
        Job child = await _site.SubmitAsync(new NewJob("Norm", "child").After(parent, DependencyCondition.SuccessOrHold));
        Job grandchild = await _site.SubmitAsync(new NewJob("Norm", "grandchild").After(child));
        Task<double> early = grandchild.ResultAsync<double>();
        await _site.Time.TimerAsync(CheckPeriod);
        await _site.FailAsync(parent);
        JobStuckException late = (await Assert.ThrowsAsync<JobStuckException>(() => SiteHarness.Soon(Client.WaitAsync(child.Id))))!;
        Assert.That(late.Message, Is.EqualTo("Job 2 (Norm in child) is AWAITING_PARENTS: it waits for parent 1, which is FAILED; restart that one."));
        Assert.That((late.JobId, late.Explanation.Outlook), Is.EqualTo((child.Id, JobOutlook.NeedsUser)));

        // The wait that had begun before learns it too, by the event of the failure: the clock has not moved.
        JobStuckException up = (await Assert.ThrowsAsync<JobStuckException>(() => SiteHarness.Soon(early)))!;
        Assert.That(up.Message, Is.EqualTo("Job 3 (Norm in grandchild) is AWAITING_PARENTS: it waits for parent 2, and that in the end for job 1, which is FAILED; restart that one."));
    }

    [Test]
    public async Task Wait_SomeAreStuck_TheOthersAreWaitedForAndCarried()
    {
        Job parent = await _site.FailAsync(await _site.SubmitAsync());
        Job held = await _site.SubmitAsync(new NewJob("Norm").After(parent, DependencyCondition.SuccessOrHold));
        Job other = await _site.SubmitAsync();
        Task<IReadOnlyList<Job>> wait = Client.WaitAsync([held, other, parent]);
        await _site.Time.TimerAsync(CheckPeriod);
        Assert.That(wait.IsCompleted, Is.False, "the other can still end");
        await _site.FinishAsync(other);
        JobStuckException stuck = (await Assert.ThrowsAsync<JobStuckException>(() => SiteHarness.Soon(wait)))!;
        Assert.That(stuck.Ended.Select(job => job.Id), Is.EqualTo(new[] { other.Id, parent.Id }));
        Assert.That(stuck.Stuck.Select(explanation => explanation.Job.Id), Is.EqualTo(new[] { held.Id }));
        Assert.That((await SiteHarness.Soon(Client.WaitAsync([held, other], WaitFor.First))).Single().Id, Is.EqualTo(other.Id), "the first is enough");
    }

    [Test]
    public async Task WhenEach_SomeAreStuck_GivesAllThatEndAndThenThrows()
    {
        Job parent = await _site.FailAsync(await _site.SubmitAsync());
        Job held = await _site.SubmitAsync(new NewJob("Norm").After(parent, DependencyCondition.SuccessOrHold));
        Job other = await _site.SubmitAsync();
        await using IAsyncEnumerator<Job> ends = Client.WhenEachAsync([held, other, parent]).GetAsyncEnumerator();
        Assert.That(await SiteHarness.Soon(ends.MoveNextAsync().AsTask()), Is.True);
        Assert.That(ends.Current.Id, Is.EqualTo(parent.Id));
        Task<bool> next = ends.MoveNextAsync().AsTask();
        await _site.FinishAsync(other);
        Assert.That(await SiteHarness.Soon(next), Is.True);
        Assert.That(ends.Current.Id, Is.EqualTo(other.Id));
        JobStuckException stuck = (await Assert.ThrowsAsync<JobStuckException>(() => SiteHarness.Soon(ends.MoveNextAsync().AsTask())))!;
        Assert.That((stuck.JobId, stuck.Ended.Count), Is.EqualTo((held.Id, 0)));
    }

    [Test]
    public async Task Wait_StuckParentIsRestarted_TheWaitGoesOn()
    {
        Job parent = await _site.MoveAsync(await _site.SubmitAsync(), null, JobTrigger.Preprocessed);
        await _site.FailAsync(parent);
        Job held = await _site.SubmitAsync(new NewJob("Norm").After(parent, DependencyCondition.SuccessOrHold));
        Job other = await _site.SubmitAsync();
        await _site.OpenLauncherAsync(request => request with { LeaseDuration = TimeSpan.FromDays(1) });
        Task<IReadOnlyList<Job>> wait = Client.WaitAsync([held, other]);
        await _site.Time.TimerAsync(CheckPeriod);
        await Client.RestartAsync(parent.Id);
        await _site.MoveAsync(parent, null, JobTrigger.Started, JobTrigger.RunSucceeded, JobTrigger.Postprocessed, JobTrigger.StagedOut, JobTrigger.Finished);
        _site.Time.Advance(CheckPeriod);
        await _site.FinishAsync(await Client.GetAsync(held.Id));
        await _site.FinishAsync(other);
        Assert.That(await SiteHarness.Soon(wait), Has.Count.EqualTo(2));
    }

    private static IEnumerable<TestCaseData> NobodyToRunIt()
    {
        yield return new TestCaseData((Func<SessionRequest, SessionRequest>?)null, "no launcher is alive for site 'local'").SetArgDisplayNames("no launcher");
        yield return Case("other site", request => request with { Site = "theta" }, "no launcher is alive for site 'local'; those alive serve 'theta'");
        yield return Case("unknown application", request => request with { Applications = ["Tool"] }, "launcher n01:17 does not know its application 'Norm'; call AddApplication for it in that host");
        yield return Case("too large", request => request with { Nodes = [new NodeSpec("n1", 2)] }, "it is too large for launcher n01:17: 4 cores asked, the largest node has 2");
        yield return Case("filter", request => request with { Filter = new TagFilter("queue", null) }, "launcher n01:17 takes only jobs where has a tag queue");

        static TestCaseData Case(string name, Func<SessionRequest, SessionRequest> change, string reason) => new TestCaseData(change, reason).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(NobodyToRunIt))]
    public async Task Wait_NobodyToRunIt_EndsAfterTheGraceWithTheReason(Func<SessionRequest, SessionRequest>? launcher, string reason)
    {
        if (launcher is not null)
        {
            await _site.OpenLauncherAsync(request => launcher(request) with { LeaseDuration = TimeSpan.FromDays(1) });
        }

        Job job = await _site.SubmitAsync(new NewJob("Norm", "w").WithResources(new JobResources { ThreadsPerRank = 4 }));
        Task<double> wait = job.ResultAsync<double>();
        await _site.Time.TimerAsync(CheckPeriod);
        for (int i = 0; i < 5; i++)
        {
            _site.Time.Advance(CheckPeriod);
        }

        Assert.That(wait.IsCompleted, Is.False);
        _site.Time.Advance(CheckPeriod);
        JobStuckException stuck = (await Assert.ThrowsAsync<JobStuckException>(() => SiteHarness.Soon(wait)))!;
        Assert.That(stuck.Message, Is.EqualTo($"Job 1 (Norm in w) is STAGED_IN: {reason}."));
        Assert.That(stuck.Explanation.Outlook, Is.EqualTo(JobOutlook.NeedsLauncher));
    }

    [Test]
    public async Task Wait_LauncherComesWithinTheGrace_GoesOnAndFinishes()
    {
        Job job = await _site.SubmitAsync();
        Task<Job> wait = Client.WaitAsync(job.Id);
        await _site.Time.TimerAsync(CheckPeriod);
        _site.Time.Advance(TimeSpan.FromSeconds(25));
        await _site.OpenLauncherAsync(request => request with { LeaseDuration = TimeSpan.FromDays(1) });
        _site.Time.Advance(TimeSpan.FromMinutes(10));
        await _site.FinishAsync(job);
        Assert.That((await SiteHarness.Soon(wait)).State, Is.EqualTo(JobState.JobFinished));
    }

    [Test]
    public async Task Wait_GraceIsInfinite_WaitsForEver()
    {
        await using var site = new SiteHarness(store, options => options.StuckGrace = Timeout.InfiniteTimeSpan);
        Job job = await site.SubmitAsync();
        Task<Job> wait = site.Client.WaitAsync(job.Id);
        await site.Time.TimerAsync(CheckPeriod);
        site.Time.Advance(TimeSpan.FromHours(1));
        await site.FinishAsync(job);
        Assert.That((await SiteHarness.Soon(wait)).State, Is.EqualTo(JobState.JobFinished));
    }

    [Test]
    public async Task Wait_DeletedByAnotherClient_IsFoundByTheCheck()
    {
        Job job = await _site.SubmitAsync();
        Task<Job> wait = Client.WaitAsync(job.Id);
        await _site.Time.TimerAsync(CheckPeriod);
        Assert.That((await _site.Other.DeleteAsync(job.Id)).Changed, Has.Count.EqualTo(1));
        _site.Time.Advance(CheckPeriod);
        await Assert.ThrowsAsync<JobNotFoundException>(() => SiteHarness.Soon(wait));
    }

    [Test]
    public async Task Wait_FiveThousandAtOnce_ShareOneTimerAndAllComeBack()
    {
        IReadOnlyList<Job> jobs = await Client.SubmitAsync(Enumerable.Range(0, 500).Select(_ => new NewJob("Norm")));
        List<Task> waits = [];
        for (int i = 0; i < 5000; i++)
        {
            waits.Add(i % 2 == 0 ? Client.WaitAsync(jobs[i % 500].Id) : jobs[i % 500].ResultAsync<double>());
        }

        Assert.That(waits.Any(wait => wait.IsCompleted), Is.False);
        await _site.Store.CommitAsync([new JobCommit { Changes = [.. jobs.Select(End)] }], default);
        await Task.WhenAll(waits).WaitAsync(TimeSpan.FromSeconds(20));
        await _site.Time.TimerAsync(CheckPeriod);
        Assert.That(_site.Time.HasTimer, Is.False, "one timer for all");

        JobChange End(Job job)
        {
            var change = new JobChange(job);
            foreach (JobTrigger trigger in (JobTrigger[])[JobTrigger.Preprocessed, JobTrigger.Started, JobTrigger.RunSucceeded, JobTrigger.Postprocessed, JobTrigger.StagedOut, JobTrigger.Finished])
            {
                change.Apply(trigger, _site.Time.GetUtcNow());
            }

            return change.Edit(fields => fields with { Result = "1" }, _site.Time.GetUtcNow());
        }
    }

    [Test]
    public async Task Wait_FiveThousandStuck_EachLearnsItsReason()
    {
        IReadOnlyList<Job> jobs = await Client.SubmitAsync(Enumerable.Range(0, 5000).Select(_ => new NewJob("Norm")));
        Task<Job>[] waits = [.. jobs.Select(job => Client.WaitAsync(job.Id))];
        await _site.Time.TimerAsync(CheckPeriod);
        _site.Time.Advance(TimeSpan.FromSeconds(30));
        await ((Task)Task.WhenAll(waits)).WaitAsync(TimeSpan.FromSeconds(20)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Assert.That(waits.Select(wait => (wait.Exception?.InnerException as JobStuckException)?.JobId), Is.EqualTo(jobs.Select(job => (JobId?)job.Id)));
    }
}
