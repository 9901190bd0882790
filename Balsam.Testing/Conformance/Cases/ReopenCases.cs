using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>What a durable store knows when it is opened again.</summary>
internal static class ReopenCases
{
    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        Durable("Reopen_Everything_IsThere", "Jobs, events and counts are as they were acknowledged.", Everything),
        Durable("Reopen_Ids_AreNotReused", "Numbers rise on, even when the youngest jobs were deleted; event numbers too.", Numbers),
        Durable("Reopen_Epochs_RiseOn", "A session after reopening has a higher epoch than any before, and old leases are lost.", Epochs),
        Durable("Reopen_RunningJobs_AreRecovered", "Jobs that were RUNNING are found by recovery, and can then be claimed.", Running),
        Durable("Reopen_ReadyQueues_AreRebuilt", "What could be claimed can be claimed, in the same order; delays are kept.", ReadyQueues),
        Durable("Reopen_WaitingGraph_IsRebuilt", "Waiting children wait for exactly the parents that are left.", WaitingGraph),
        Durable("Reopen_DeletedJobs_StayDeleted", "Deleted jobs and their events do not come back.", Deleted),
        Durable("Reopen_FailedGraph_ComesBackWithItsRoot", "Descendants of a job that failed before come back when it is restarted after.", FailedGraph),
        Durable("Reopen_Repeatedly_KeepsWorking", "A store that is opened again and again keeps taking writes.", Repeatedly),
    ];

    private static StoreConformanceCase Durable(string name, string promise, Func<StoreConformanceContext, Task> run) => new(name, promise, run, needsDurability: true);

    private static async Task Everything(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync([.. Enumerable.Range(0, 300).Select(i => StoreConformanceContext.Addition(i % 3 == 2 ? [ParentReference.ToIndex(i - 1)] : []) with { Priority = i % 5 })]);
        foreach (Job job in jobs.Where((_, i) => i % 7 == 0))
        {
            await context.CancelAsync(job.Id);
        }

        await context.FinishAsync(jobs[1].Id);
        IReadOnlyList<Job> before = await context.AllJobsAsync();
        IReadOnlyList<JobEvent> events = await context.AllEventsAsync();
        string counts = (await context.Store.CountAsync(JobFilter.All, CancellationToken.None)).ToString();
        await context.Fixture.ReopenAsync();
        IReadOnlyList<Job> after = await context.AllJobsAsync();
        Check.Sequence(before.Select(job => (job.Id, job.Version, job.State)), after.Select(job => (job.Id, job.Version, job.State)), "The jobs");
        foreach ((Job old, Job now) in before.Zip(after))
        {
            Snapshots.ExpectEqual(old.ToSnapshot(), now.ToSnapshot(), $"Job {old.Id}");
        }

        Check.Sequence(events, await context.AllEventsAsync(), "The events");
        Check.Equal(counts, (await context.Store.CountAsync(JobFilter.All, CancellationToken.None)).ToString(), "The counts");
        await Histories.ExpectReplayAsync(context);
    }

    private static async Task Numbers(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(5);
        long last = await context.Store.GetLastSequenceAsync(CancellationToken.None);
        await context.DeleteAsync([.. jobs.Select(job => job.Id)]);
        await context.Fixture.ReopenAsync();
        Job next = await context.AddOneAsync();
        Check.That(next.Id > jobs[^1].Id, $"a number above {jobs[^1].Id}; it was {next.Id}");
        JobEvent first = (await context.AllEventsAsync())[0];
        Check.That(first.Sequence > last, $"an event number above {last}; it was {first.Sequence}");
    }

    private static async Task Epochs(StoreConformanceContext context)
    {
        Job job = await context.AddOneAsync();
        LauncherSession before = await context.OpenSessionAsync();
        await context.Store.CloseSessionAsync(before.Token, CancellationToken.None);
        await context.Fixture.ReopenAsync();
        LauncherSession after = await context.OpenSessionAsync();
        Check.That(after.Token.Epoch > before.Token.Epoch, $"an epoch above {before.Token.Epoch}; it was {after.Token.Epoch}");
        CommitResult late = await context.TryCommitAsync(new JobCommit { Lease = before.Token, Changes = [context.Towards(job, JobState.Running)] });
        Check.That(late.Refusal is LeaseLostException, "the old lease is lost");
    }

    private static async Task Running(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(3);
        LauncherSession lost = await context.OpenSessionAsync();
        await context.StartAsync(lost, jobs[0].Id);
        await context.StartAsync(lost, jobs[1].Id);
        await context.Fixture.ReopenAsync();
        context.Fixture.Advance(TimeSpan.FromHours(1));
        await context.ExpectStateAsync(JobState.Running, jobs[0].Id, "the job before recovery");
        Check.SameSet([jobs[0].Id, jobs[1].Id], await context.Store.RecoverAsync(SiteName.Local, CancellationToken.None), "The recovered jobs");
        Check.Equal(FailureKind.LauncherLost, (await context.GetAsync(jobs[0].Id)).Failure?.Kind, "Why the run ended");
        IReadOnlyList<Job> claimed = await context.ClaimAsync(await context.OpenSessionAsync());
        Check.Sequence([JobState.RunTimeout, JobState.RunTimeout, JobState.StagedIn], claimed.Select(job => job.State), "What can be claimed");
    }

    private static async Task ReadyQueues(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync([.. Enumerable.Range(0, 20).Select(i => StoreConformanceContext.Addition() with { Priority = i * 7 % 4, Resources = JobResources.Default with { RanksPerNode = 1 + (i % 3) } })]);
        Job delayed = await context.CommitAsync(new JobChange(jobs[3]).Edit(fields => fields with { NotBefore = context.Now + TimeSpan.FromHours(2) }, context.Now));
        await context.Fixture.ReopenAsync();
        LauncherSession session = await context.OpenSessionAsync(TimeSpan.FromDays(1));
        ClaimResult claim = await context.ClaimAsync(StoreConformanceContext.Wanting(session));
        Check.Sequence(
            jobs.Where(job => job.Id != delayed.Id).OrderByDescending(job => job.Priority).ThenBy(job => job.Id).Select(job => job.Id), claim.Jobs.Select(job => job.Id), "The claim");
        Check.Equal(delayed.NotBefore, claim.NextDue, "NextDue");
        context.Fixture.Advance(TimeSpan.FromHours(2));
        Check.Sequence([delayed.Id], (await context.ClaimAsync(session)).Select(job => job.Id), "The claim of the delayed job");
    }

    private static async Task WaitingGraph(StoreConformanceContext context)
    {
        IReadOnlyList<Job> parents = await context.AddManyAsync(4);
        Job child = await context.AddOneAsync(
            ParentReference.To(parents[0].Id), ParentReference.To(parents[1].Id), ParentReference.To(parents[2].Id, DependencyCondition.Either),
            ParentReference.To(parents[3].Id, DependencyCondition.SuccessOrHold));
        Job grandchild = await context.AddOneAsync(ParentReference.To(child.Id));
        await context.FinishAsync(parents[0].Id);
        await context.CancelAsync(parents[2].Id);
        await context.CancelAsync(parents[3].Id);
        await context.Fixture.ReopenAsync();
        await context.FinishAsync(parents[1].Id);
        await context.ExpectStateAsync(JobState.AwaitingParents, child.Id, "the held child");
        await context.RestartAsync(parents[3].Id);
        await context.Fixture.ReopenAsync();
        await context.FinishAsync(parents[3].Id);
        await context.ExpectStateAsync(JobState.StagedIn, child.Id, "the child");
        await context.CancelAsync(child.Id);
        await context.ExpectStateAsync(JobState.Failed, grandchild.Id, "the grandchild");
    }

    private static async Task Deleted(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(4);
        await context.FinishAsync(jobs[1].Id);
        await context.DeleteAsync([jobs[0].Id, jobs[1].Id]);
        await context.Fixture.ReopenAsync();
        Check.Sequence([jobs[2].Id, jobs[3].Id], (await context.AllJobsAsync()).Select(job => job.Id), "The jobs");
        Check.SameSet([jobs[2].Id, jobs[3].Id], (await context.AllEventsAsync()).Select(step => step.JobId).Distinct(), "The jobs of the events");
        Check.Equal(2L, (await context.Store.CountAsync(JobFilter.All, CancellationToken.None)).Total, "The count");
    }

    private static async Task FailedGraph(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(
            StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(0)), StoreConformanceContext.Addition(ParentReference.ToIndex(1)));
        await context.CancelAsync(jobs[0].Id);
        await context.Fixture.ReopenAsync();
        await context.RestartAsync(jobs[0].Id);
        await context.ExpectStateAsync(JobState.AwaitingParents, jobs[1].Id, "the child");
        await context.ExpectStateAsync(JobState.AwaitingParents, jobs[2].Id, "the grandchild");
    }

    private static async Task Repeatedly(StoreConformanceContext context)
    {
        for (int round = 0; round < 5; round++)
        {
            Job job = await context.AddOneAsync();
            await context.FinishAsync(job.Id);
            await context.Fixture.ReopenAsync();
            Check.Equal(round + 1, (await context.Store.CountAsync(JobFilter.All, CancellationToken.None))[JobState.JobFinished], "Finished jobs");
        }

        await Histories.ExpectReplayAsync(context);
    }
}
