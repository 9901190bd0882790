using Balsam.Storage;

namespace Balsam.Launch.Tests.Engine;

/// <summary>Bulk changes while a launcher works on the jobs.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
[Platform("Linux")]
public sealed class BulkTests(StoreKind store)
{
    private Gate _gate = null!;
    private EngineHarness _engine = null!;

    [SetUp]
    public async Task SetUp()
    {
        _gate = new Gate();
        _engine = await EngineHarness.StartAsync(store, setup => setup.Options = options =>
        {
            options.Nodes.Clear();
            options.Nodes.Add(new NodeSpec("n1", 1));
        });
        _engine.Behaviour.Run = async (input, _, token) =>
        {
            _engine.Behaviour.Note(input);
            if (input == "block")
            {
                await _gate.PassAsync(token);
            }

            return input;
        };
    }

    [TearDown]
    public async Task TearDown() => await _engine.DisposeAsync();

    [Test]
    public async Task Update_OfClaimedJobs_ChangesWhatRunsAndInWhichOrder()
    {
        Job running = await BlockAsync();
        IReadOnlyList<Job> waiting = await _engine.SubmitAsync([.. Enumerable.Range(0, 3).Select(i => Work.NewJob($"old {i}"))]);
        await HeldAsync(waiting[0]);
        ChangeReport report = await _engine.Client.UpdateAsync(waiting[0].Id, edit => edit.SetParameters("new 0").SetPriority(-1));
        Assert.That(report.Changed, Has.Count.EqualTo(1), report.ToString());
        ChangeReport refused = await _engine.Client.Jobs.WithIds([running.Id]).UpdateAsync(edit => edit.SetPriority(5));
        Assert.That(refused.Unchanged[running.Id].Why, Is.EqualTo(WhyUnchanged.Running));
        _gate.Open();
        Assert.That((await _engine.IdleAsync()).AllFinished);
        Assert.That(_engine.Behaviour.Diary, Is.EqualTo(new[] { "block", "old 1", "old 2", "new 0" }));
    }

    [Test]
    public async Task Update_OfResourcesOfAClaimedJob_IsWhatItRunsWith()
    {
        await BlockAsync();
        Job waiting = await _engine.SubmitAsync(Work.NewJob("x").WithResources(new JobResources { TimeLimit = TimeSpan.FromHours(9) }));
        await HeldAsync(waiting);
        ChangeReport never = await _engine.Client.UpdateAsync(waiting.Id, edit => edit.SetResources(resources => resources with { RanksPerNode = 2 }));
        Assert.That(never.Unchanged[waiting.Id], Is.EqualTo(new UnchangedJob(WhyUnchanged.Invalid, "2 cores asked, the largest node has 1.")));
        ChangeReport report = await _engine.Client.UpdateAsync(waiting.Id, edit => edit.SetResources(resources => resources with { TimeLimit = TimeSpan.FromHours(1) }));
        Assert.That(report.Changed, Has.Count.EqualTo(1), report.ToString());
        _gate.Open();
        Job ended = await _engine.EndAsync(waiting);
        Assert.That((ended.State, ended.Resources.TimeLimit, ended.Attempt), Is.EqualTo((JobState.JobFinished, TimeSpan.FromHours(1), 1)));
    }

    [Test]
    public async Task Update_WhileAHookRuns_IsRefusedAndNamesTheLauncher()
    {
        var hook = new Gate();
        _engine.Behaviour.Preprocess = async (_, token) =>
        {
            await hook.PassAsync(token);
            return PreprocessOutcome.Ready;
        };
        Job job = await _engine.SubmitAsync(Hooked.NewJob("x"));
        await hook.ArrivalAsync();
        UnchangedJob reason = (await _engine.Client.UpdateAsync(job.Id, edit => edit.SetData("mine", 1))).Unchanged[job.Id];
        Assert.That((reason.Why, reason.Message), Is.EqualTo((
            WhyUnchanged.Leased, $"launcher {Environment.MachineName}:{Environment.ProcessId} works on it (STAGED_IN): a hook may be reading it; try again once that is done")));
        hook.Open();
        Assert.That((await _engine.EndAsync(job)).State, Is.EqualTo(JobState.JobFinished));
        Assert.That((await _engine.Client.UpdateAsync(job.Id, edit => edit.SetData("mine", 1))).Changed, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Cancel_OfRunningJobsByQuery_EndsThemAndTheirWaitingChildren()
    {
        NewJob block = Work.NewJob("block").Tag("study", "b");
        IReadOnlyList<Job> jobs = await _engine.SubmitAsync(block, Work.NewJob("child").After(block), Work.NewJob("other"));
        await _gate.ArrivalAsync();
        ChangeReport report = await _engine.Client.Jobs.InState(JobState.Running).WithTag("study", "b").CancelAsync("wrong mesh");
        Assert.That(report.Changed, Is.EqualTo(new[] { jobs[0].Id }));
        IdleReport idle = await _engine.IdleAsync();
        Assert.That(idle.AllFinished, Is.False);
        Assert.That(
            (await _engine.Client.Jobs.ToListAsync()).Select(job => (job.State, job.Failure?.Kind)),
            Is.EqualTo(new[] { (JobState.Failed, FailureKind.Cancelled), (JobState.Failed, FailureKind.ParentFailed), (JobState.JobFinished, (FailureKind?)null) }));
    }

    [Test]
    public async Task Delete_WithDescendantsOfARunningJob_KeepsItAndDeletesOnceItIsCancelled()
    {
        NewJob block = Work.NewJob("block");
        IReadOnlyList<Job> jobs = await _engine.SubmitAsync(block, Work.NewJob("child").After(block));
        await _gate.ArrivalAsync();
        ChangeReport kept = await _engine.Client.DeleteAsync(jobs[0].Id, DeleteScope.WithDescendants);
        Assert.That(kept.Unchanged[jobs[0].Id].Why, Is.EqualTo(WhyUnchanged.Running));
        Assert.That(kept.Changed, Is.EqualTo(new[] { jobs[1].Id }), "nobody below runs");
        await _engine.Client.CancelAsync(jobs[0].Id, "enough");
        await _engine.IdleAsync();
        Assert.That((await _engine.Client.DeleteAsync(jobs[0].Id)).Changed, Has.Count.EqualTo(1));
    }

    // While jobs come and go by the hundred, each bulk change gets through, and the runs are what they would have been.
    [Test]
    public async Task Update_OfABusyCampaign_GetsThroughEachTime()
    {
        await _engine.SubmitAsync([.. Enumerable.Range(0, 300).Select(i => Work.NewJob($"{i}"))]);
        Task<IdleReport> idle = _engine.IdleAsync();
        for (int round = 0; round < 20; round++)
        {
            ChangeReport report = await _engine.Client.Jobs.UpdateAsync(edit => edit.Tag("round", FormattableString.Invariant($"{round}")));
            Assert.That(report.Unchanged.Values.Select(reason => reason.Why).Distinct(), Is.SubsetOf(new[] { WhyUnchanged.Running, WhyUnchanged.Leased }), report.ToString());
        }

        Assert.That((await idle).AllFinished, string.Join("; ", (await _engine.Client.Jobs.NotInState(JobState.JobFinished).Take(3).ToListAsync()).Select(job => $"{job} {job.Failure}")));
        Assert.That(_engine.Behaviour.Diary, Has.Count.EqualTo(300));
        Assert.That(_engine.Behaviour.Diary, Is.Unique);
    }

    private async Task<Job> BlockAsync()
    {
        Job job = await _engine.SubmitAsync(Work.NewJob("block"));
        await _gate.ArrivalAsync();
        return job;
    }

    /// <summary>Waits until the launcher has claimed a job that it cannot start yet. No event tells of a claim.</summary>
    private async Task HeldAsync(Job job)
    {
        bool held = false;
        var look = new JobBulkChange
        {
            Ids = [job.Id],
            Rule = (_, view) =>
            {
                held = view.HolderOf(job.Id) is not null;
                return JobDecision.Refuse(WhyUnchanged.AlreadySo, "only looking");
            },
        };
        await EngineHarness.Soon(Task.Run(async () =>
        {
            while (!held)
            {
                await _engine.Store.ChangeAsync(look, default);
            }
        }), $"{job} to be claimed");
    }
}
