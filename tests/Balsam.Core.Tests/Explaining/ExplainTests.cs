using Balsam.Storage;

namespace Balsam.Core.Tests.Explaining;

/// <summary>Each reason why a job is where it is, as data and as a clause.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class ExplainTests(StoreKind store)
{
    private SiteHarness _site = null!;

    [SetUp]
    public void SetUp() => _site = new SiteHarness(store);

    [TearDown]
    public async Task TearDown() => await _site.DisposeAsync();

    [Test]
    public async Task Explain_NoSuchJob_SaysSo() => await Assert.ThrowsAsync<JobNotFoundException>(() => _site.Client.ExplainAsync(new JobId(99)));

    [Test]
    public async Task Explain_ReadyJob_NothingHoldsItUp()
    {
        await _site.OpenLauncherAsync();
        Job job = await _site.SubmitAsync(new NewJob("Norm", "a/b"));
        JobExplanation explanation = await _site.Client.ExplainAsync(job.Id);
        Assert.That(explanation.ToString(), Is.EqualTo("Job 1 (Norm in a/b) is STAGED_IN: nothing holds it up; a launcher takes it as soon as it looks."));
        Assert.That((explanation.Outlook, explanation.Reasons.Single()), Is.EqualTo((JobOutlook.Passing, (JobReason)new ReadyReason())));
    }

    [Test]
    public async Task Explain_FilesToBringIn_SaysHowManyAndWhyALastTryFailed()
    {
        LauncherSession launcher = await _site.OpenLauncherAsync();
        Job job = await _site.SubmitAsync(new NewJob("Carry").Transfer("geometry", "laptop:/a").Transfer("basis", "laptop:/b").Transfer("extra", "laptop:/c"));
        Assert.That(await _site.WhyAsync(job), Is.EqualTo("its files wait to be brought in: 3 transfers pending, 0 active"));

        await _site.ClaimAsync(launcher, job);
        DateTimeOffset now = _site.Time.GetUtcNow();
        job = await _site.CommitAsync(
            new JobChange(job).EditTransfer("geometry", item => item with { State = TransferState.Active }, now).EditTransfer("basis", item => item with { State = TransferState.Done }, now), launcher);
        Assert.That(await _site.WhyAsync(job), Is.EqualTo("launcher n01:17 has held it since 2026-01-01 00:00:00Z to have its files brought in: 1 transfer pending, 1 active"));

        job = await _site.CommitAsync(
            new JobChange(job).EditTransfer("geometry", item => item with { State = TransferState.Pending, Attempts = 1, Error = "no answer." }, now).Edit(fields => fields with { NotBefore = now.AddSeconds(10) }, now), launcher);
        await _site.Store.ReleaseAsync(launcher.Token, [job.Id], default);
        Assert.That(await _site.WhyAsync(job), Is.EqualTo("its files wait to be brought in: 2 transfers pending, 0 active; a try failed: no answer; the next is at 2026-01-01 00:00:10Z"));
        Assert.That(
            await _site.ReasonAsync<TransfersReason>(job), Is.EqualTo(new TransfersReason(TransferDirection.In, 2, 0, "no answer.", now.AddSeconds(10), null)));
    }

    [Test]
    public async Task Explain_FilesToTakeOut_SaysSo()
    {
        await _site.OpenLauncherAsync();
        Job job = await _site.SubmitAsync(new NewJob("Carry").Transfer("geometry", "laptop:/a").Transfer("results", "laptop:/out"));
        DateTimeOffset now = _site.Time.GetUtcNow();
        var change = new JobChange(job).EditTransfer("geometry", item => item with { State = TransferState.Done }, now);
        foreach (JobTrigger trigger in (JobTrigger[])[JobTrigger.StagedIn, JobTrigger.Preprocessed, JobTrigger.Started, JobTrigger.RunSucceeded, JobTrigger.Postprocessed])
        {
            change.Apply(trigger, now);
        }

        Assert.That(await _site.WhyAsync(await _site.CommitAsync(change)), Is.EqualTo("its files wait to be taken out: 1 transfer pending, 0 active"));
    }

    [Test]
    public async Task Explain_Finished_SaysWhen()
    {
        Job job = await _site.FinishAsync(await _site.SubmitAsync());
        Assert.That(await _site.WhyAsync(job), Is.EqualTo("it finished at 2026-01-01 00:00:00Z"));
        Assert.That((await _site.Client.ExplainAsync(job)).Outlook, Is.EqualTo(JobOutlook.Ended));
    }

    [Test]
    public async Task Explain_FailedWithAnAncestor_NamesTheCulprit()
    {
        Job culprit = await _site.SubmitAsync(new NewJob("Norm", "c"));
        Job child = await _site.SubmitAsync(new NewJob("Norm").After(culprit));
        await _site.FailAsync(culprit, "exit code 3.");
        Assert.That(await _site.WhyAsync(culprit), Is.EqualTo("it failed at 2026-01-01 00:00:00Z: exit code 3"));
        Assert.That(await _site.WhyAsync(child), Is.EqualTo("it failed at 2026-01-01 00:00:00Z: Ancestor 1 (Norm in c) failed: exit code 3; restart job 1, and this one comes back with it"));
        Assert.That((await _site.ReasonAsync<EndedReason>(child)).Failure!.GuiltyAncestor, Is.EqualTo(culprit.Id));
    }

    [Test]
    public async Task Explain_NoLauncher_SaysForWhichSiteAndWhichAreServed()
    {
        Job job = await _site.SubmitAsync();
        Assert.That(await _site.WhyAsync(job), Is.EqualTo("no launcher is alive for site 'local'"));
        await _site.OpenLauncherAsync(request => request with { Site = "theta" });
        Assert.That(await _site.WhyAsync(job), Is.EqualTo("no launcher is alive for site 'local'; those alive serve 'theta'"));
        Assert.That((await _site.ReasonAsync<NoLauncherReason>(job)).Outlook, Is.EqualTo(JobOutlook.NeedsLauncher));
    }

    [Test]
    public async Task Explain_LeaseExpired_ThatLauncherIsNotAlive()
    {
        LauncherSession launcher = await _site.OpenLauncherAsync();
        Job job = await _site.SubmitAsync();
        await _site.ClaimAsync(launcher, job);
        _site.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.That(await _site.WhyAsync(job), Is.EqualTo("no launcher is alive for site 'local'"));
        await _site.OpenLauncherAsync(request => request with { ProcessId = 18 });
        Assert.That(await _site.WhyAsync(job), Is.EqualTo("launcher n01:17, which had it, is gone; another one gives it free at its next heartbeat"));
        Assert.That((await _site.ReasonAsync<LauncherLostReason>(job)).Launcher!.Token, Is.EqualTo(launcher.Token));
    }

    [Test]
    public async Task Explain_RunningWithoutHolder_ItsLauncherIsGone()
    {
        Job job = await _site.MoveAsync(await _site.SubmitAsync(), null, JobTrigger.Preprocessed, JobTrigger.Started);
        await _site.OpenLauncherAsync();
        Assert.That(await _site.WhyAsync(job), Is.EqualTo("the launcher that ran it is gone; another one gives it free at its next heartbeat"));
    }

    [Test]
    public async Task Explain_UnknownApplication_NamesTheLaunchers()
    {
        Job job = await _site.SubmitAsync();
        await _site.OpenLauncherAsync(request => request with { Applications = ["Tool"] });
        Assert.That(await _site.WhyAsync(job), Is.EqualTo("launcher n01:17 does not know its application 'Norm'; call AddApplication for it in that host"));
        for (int i = 2; i <= 4; i++)
        {
            await _site.OpenLauncherAsync(request => request with { Applications = [], ProcessId = i });
        }

        Assert.That(await _site.WhyAsync(job), Is.EqualTo("4 launchers (n01:17, n01:2, n01:3, …) do not know its application 'Norm'; call AddApplication for it in one of those hosts"));
        await _site.OpenLauncherAsync();
        Assert.That(await _site.WhyAsync(job), Does.StartWith("nothing holds it up"));
    }

    [Test]
    public async Task Explain_Filters_AreGivenInWordsEachWithItsLauncher()
    {
        Job job = await _site.SubmitAsync();
        await _site.OpenLauncherAsync(request => request with { Filter = new TagFilter("queue", "mine") });
        await _site.OpenLauncherAsync(request => request with { Filter = new PriorityFilter(5, null), ProcessId = 18 });
        Assert.That(await _site.WhyAsync(job), Is.EqualTo("launcher n01:17 takes only jobs where tag queue is \"mine\"; launcher n01:18 takes only jobs where priority is at least 5"));
    }

    [Test]
    public async Task Explain_TooLargeForAnyNode_SaysWhatWasAskedAndTheLargest()
    {
        Job job = await _site.SubmitAsync(new NewJob("Norm").WithResources(new JobResources { GpusPerRank = 16 }));
        await _site.OpenLauncherAsync(request => request with { Nodes = [new NodeSpec("n0", 8, 1)], ProcessId = 2 });
        await _site.OpenLauncherAsync();
        Assert.That(await _site.WhyAsync(job), Is.EqualTo("it is too large for launcher n01:17: 16 GPUs asked, the largest node has 4"));
        RequestTooLargeReason reason = await _site.ReasonAsync<RequestTooLargeReason>(job);
        Assert.That((reason.Shortage.Resource, reason.Shortage.Asked, reason.Shortage.Largest), Is.EqualTo(("GPUs", 16m, 4m)));
    }

    [Test]
    public async Task Explain_RunOverAlready_ItsSizeNoLongerMatters()
    {
        Job job = await _site.SubmitAsync(new NewJob("Norm").WithResources(new JobResources { GpusPerRank = 16 }));
        await _site.OpenLauncherAsync();
        await _site.MoveAsync(job, null, JobTrigger.Preprocessed, JobTrigger.Started, JobTrigger.RunSucceeded);
        Assert.That(await _site.WhyAsync(job), Does.StartWith("nothing holds it up"));
    }

    [TestCase(90, 41, "it needs 90 minutes, launcher n01:17 has 41 minutes left, and the job does not say that it can be interrupted")]
    [TestCase(2, 1, "it needs 2 minutes, launcher n01:17 has 1 minute left, and the job does not say that it can be interrupted")]
    [TestCase(1.5, 1, "it needs 90 seconds, launcher n01:17 has 60 seconds left, and the job does not say that it can be interrupted")]
    [TestCase(60 * 24 * 3, 90, "it needs 72 hours, launcher n01:17 has 1 hour left, and the job does not say that it can be interrupted")]
    public async Task Explain_LauncherEndsTooEarly_SaysWhatItHasLeft(double needs, double left, string expected)
    {
        Job job = await _site.SubmitAsync(new NewJob("Norm").WithResources(new JobResources { WallTime = TimeSpan.FromMinutes(needs) }));
        await _site.OpenLauncherAsync(request => request with { EndsAt = _site.Time.GetUtcNow().AddMinutes(left) });
        await _site.OpenLauncherAsync(request => request with { EndsAt = _site.Time.GetUtcNow().AddMinutes(left / 2), ProcessId = 18 });
        Assert.That(await _site.WhyAsync(job), Is.EqualTo(expected));
    }

    [Test]
    public async Task Explain_SeveralLaunchersEachWithItsReason_AllAreTold()
    {
        Job job = await _site.SubmitAsync(new NewJob("Norm").WithResources(new JobResources { GpusPerRank = 4 }));
        await _site.OpenLauncherAsync(request => request with { Nodes = [new NodeSpec("n1", 8)] });
        await _site.OpenLauncherAsync(request => request with { Applications = [], ProcessId = 18 });
        Assert.That((await _site.Client.ExplainAsync(job)).Reasons.Select(reason => reason.GetType()), Is.EqualTo(new[] { typeof(ApplicationReason), typeof(RequestTooLargeReason) }));
    }

    [Test]
    public async Task Explain_OthersGoFirst_CountsThem()
    {
        await _site.OpenLauncherAsync();
        Job older = await _site.SubmitAsync();
        Job job = await _site.SubmitAsync();
        await _site.SubmitAsync(new NewJob("Norm").WithPriority(7));
        await _site.SubmitAsync(new NewJob("Norm").WithPriority(-1));
        await _site.SubmitAsync(new NewJob("Norm").InSite("theta").WithPriority(7));
        await _site.SubmitAsync(new NewJob("Norm").After(older).WithPriority(7));
        Assert.That(await _site.WhyAsync(job), Is.EqualTo("it is behind 2 jobs of higher priority or, at the same priority, older"));
        Assert.That((await _site.ReasonAsync<QueueReason>(job)).Ahead, Is.EqualTo(2));
    }

    [Test]
    public async Task Explain_RestartWithDelay_SaysWhenItsTimeComes()
    {
        await _site.OpenLauncherAsync();
        Job job = await _site.MoveAsync(await _site.SubmitAsync(), null, JobTrigger.Preprocessed);
        await _site.CommitAsync(new JobChange(job).Edit(fields => fields with { NotBefore = _site.Time.GetUtcNow().AddMinutes(5) }, _site.Time.GetUtcNow()));
        Assert.That(await _site.WhyAsync(job), Is.EqualTo("it waits for its time, 2026-01-01 00:05:00Z"));
        _site.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.That(await _site.WhyAsync(job), Does.StartWith("nothing holds it up"));
    }

    [Test]
    public async Task Explain_HeldByALauncher_SaysSinceWhenAndWhatItDoes()
    {
        LauncherSession launcher = await _site.OpenLauncherAsync();
        Job job = await _site.SubmitAsync(new NewJob("Careful"));
        await _site.ClaimAsync(launcher, job);
        _site.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(await _site.WhyAsync(job), Is.EqualTo("launcher n01:17 has held it since 2026-01-01 00:00:00Z and calls its hook for STAGED_IN"));
        await _site.MoveAsync(job, launcher, JobTrigger.Preprocessed);
        Assert.That(await _site.WhyAsync(job), Is.EqualTo("launcher n01:17 has held it since 2026-01-01 00:00:00Z and is about to start it"));
        await _site.MoveAsync(job, launcher, JobTrigger.Started);
        Assert.That(await _site.WhyAsync(job), Is.EqualTo("launcher n01:17 has held it since 2026-01-01 00:00:00Z and runs it on n1, n2"));
        HeldReason held = await _site.ReasonAsync<HeldReason>(job);
        Assert.That((held.Activity, held.Nodes.Length, held.Lease.Holder.Token), Is.EqualTo((JobActivity.Running, 2, launcher.Token)));
        await _site.MoveAsync(job, launcher, JobTrigger.RunSucceeded);
        Assert.That(await _site.WhyAsync(job), Does.EndWith(" and moves it on"));
    }

    [Test]
    public async Task Explain_ParentThatIsToRun_NamesItAndWhatHoldsItUp()
    {
        Job parent = await _site.SubmitAsync();
        Job child = await _site.SubmitAsync(new NewJob("Norm").After(parent));
        Assert.That(await _site.WhyAsync(child), Is.EqualTo("it waits for parent 1, which is STAGED_IN: no launcher is alive for site 'local'"));
        Assert.That((await _site.Client.ExplainAsync(child)).Outlook, Is.EqualTo(JobOutlook.NeedsLauncher));
        await _site.OpenLauncherAsync();
        Assert.That(await _site.WhyAsync(child), Is.EqualTo("it waits for parent 1, which is STAGED_IN"));
        await _site.MoveAsync(parent, null, JobTrigger.Preprocessed, JobTrigger.Started);
        Assert.That((await _site.Client.ExplainAsync(child)).ToString(), Is.EqualTo($"Job 2 (Norm in {child.Workdir}) is AWAITING_PARENTS: it waits for parent 1, which is RUNNING."));
    }

    [Test]
    public async Task Explain_FailedParentHeldByPolicy_NeedsAUser()
    {
        Job parent = await _site.SubmitAsync();
        Job child = await _site.SubmitAsync(new NewJob("Norm").After(parent, DependencyCondition.SuccessOrHold));
        Job grandchild = await _site.SubmitAsync(new NewJob("Norm").After(child));
        await _site.FailAsync(parent);
        Assert.That(await _site.WhyAsync(child), Is.EqualTo("it waits for parent 1, which is FAILED; restart that one"));
        Assert.That(await _site.WhyAsync(grandchild), Is.EqualTo("it waits for parent 2, and that in the end for job 1, which is FAILED; restart that one"));
        ParentsReason reason = await _site.ReasonAsync<ParentsReason>(grandchild);
        Assert.That((reason.Outlook, reason.Open, reason.IsDirect, reason.IsComplete, reason.Causes.Single().First.Single()), Is.EqualTo((JobOutlook.NeedsUser, 1, false, true, parent.Id)));
    }

    [Test]
    public async Task Explain_ManyParents_GroupsThemWorstFirst()
    {
        await _site.OpenLauncherAsync();
        Job[] parents = [.. await _site.Client.SubmitAsync(Enumerable.Range(0, 7).Select(_ => new NewJob("Norm")))];
        var job = new NewJob("Norm");
        Array.ForEach(parents, parent => job.After(parent, DependencyCondition.SuccessOrHold));
        Job child = await _site.SubmitAsync(job);
        await _site.FinishAsync(parents[0]);
        await _site.FailAsync(parents[6]);
        await _site.MoveAsync(parents[5], null, JobTrigger.Preprocessed, JobTrigger.Started);
        Assert.That(await _site.WhyAsync(child), Is.EqualTo("it waits for parent 7, which is FAILED; restart that one, and 4 parents that are STAGED_IN (2, 3, 4, …), and parent 6, which is RUNNING"));
        Assert.That((await _site.ReasonAsync<ParentsReason>(child)).Open, Is.EqualTo(6));
    }

    [Test]
    public async Task Explain_FiftyThousandParents_NamesTheFirst()
    {
        await _site.OpenLauncherAsync();
        NewJob[] parents = [.. Enumerable.Range(0, 50_000).Select(_ => new NewJob("Norm"))];
        IReadOnlyList<Job> jobs = await _site.Client.SubmitAsync([.. parents, new NewJob("Norm").After(parents)]);
        Assert.That(await _site.WhyAsync(jobs[^1]), Is.EqualTo("it waits for 50,000 parents that are STAGED_IN (1, 2, 3, …)"));
        await _site.FinishAsync(jobs[0]);
        Assert.That(await _site.WhyAsync(jobs[^1]), Is.EqualTo("it waits for 49,999 parents that are STAGED_IN (2, 3, 4, …)"));
    }

    // Stores refuse to delete what a job waits for; one that holds such a job all the same is told apart.
    [Test]
    public void Text_OfAParentThatIsGone_SaysToDeleteTheJob()
    {
        var reason = new ParentsReason(1, [new JobId(7)], [new RootCause(null, null, 1, [new JobId(7)])], true, true);
        Assert.That((reason.Text, reason.Outlook), Is.EqualTo(("it waits for parent 7, which is gone; delete it", JobOutlook.NeedsUser)));
    }

    [Test]
    public void Text_OfMoreThanWasLookedAt_SaysSo()
    {
        var some = new ParentsReason(2, [new JobId(7), new JobId(8)], [new RootCause(JobState.Running, null, 9, [new JobId(1), new JobId(2), new JobId(3)])], false, false);
        Assert.That(some.Text, Is.EqualTo("it waits for 2 parents (7, 8), and they in the end for 9 jobs that are RUNNING (1, 2, 3, …), and more: not all ancestors were looked at"));
        Assert.That(new ParentsReason(0, [], [], true, true).Text, Is.EqualTo("its parents have ended by now; it goes on at once"));
        Assert.That((some with { Causes = [] }).Text, Is.EqualTo("it waits for 2 parents (7, 8), behind more ancestors than were looked at"));
    }

    [Test]
    public async Task Explain_HundredThousandDeep_NamesTheRoot()
    {
        await _site.OpenLauncherAsync();
        List<NewJob> chain = [new("Norm")];
        for (int i = 1; i < 100_000; i++)
        {
            chain.Add(new NewJob("Norm").After(chain[^1]));
        }

        IReadOnlyList<Job> jobs = await _site.Client.SubmitAsync(chain);
        Assert.That(await _site.WhyAsync(jobs[^1]), Is.EqualTo("it waits for parent 99999, and that in the end for job 1, which is STAGED_IN"));
    }
}
