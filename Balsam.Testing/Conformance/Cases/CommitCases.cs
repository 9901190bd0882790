using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>Commits: all or nothing, guarded by versions, legal only.</summary>
internal static class CommitCases
{
    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        new("Commit_OneStaleChange_RefusesTheWholeCommit", "A commit with one stale change writes nothing, and says which job and which versions.", OneStale),
        new("Commit_OthersOfTheCall_GoThrough", "A refused commit leaves the others of the same call alone.", OthersGoThrough),
        new("Commit_OfAJobThatIsGone_IsRefused", "A change of a deleted job is refused.", Gone),
        new("Commit_TwoChangesOfOneJobInOrder_BuildOnEachOther", "The commits of a call are applied in order, each on what the one before left.", InOrder),
        new("Commit_SameJobTwiceInOneCommit_IsAnArgumentMistake", "A commit holds at most one change a job; nothing of the call is written.", Twice),
        new("Commit_ForgedState_IsRefused", "A change made on a forged state is refused, and only that.", Forged),
        new("Commit_ManySteps_AreAllKept", "A change of several steps keeps each of them as an event, and raises the version by each.", ManySteps),
        new("Commit_Edit_RaisesTheVersion", "An edit without a step is written, raises the version, and is no event.", Edit),
        new("Commit_EditOfAWaitingJob_KeepsItWaiting", "An edit of a waiting job leaves its parents as they are.", EditWaiting),
        new("Commit_CancelledBefore_LeavesNothing", "A call that was cancelled before the write leaves nothing.", Cancelled),
    ];

    private static async Task OneStale(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(3);
        await context.MoveAsync(jobs[1].Id, JobTrigger.Preprocessed);
        long last = await context.Store.GetLastSequenceAsync(CancellationToken.None);
        CommitResult result = await context.TryCommitAsync(new JobCommit
        {
            Changes = [.. jobs.Select(job => new JobChange(job).Apply(JobTrigger.Preprocessed, context.Now))],
            Additions = [StoreConformanceContext.Addition()],
        });
        var refusal = result.Refusal as JobConcurrencyException;
        Check.Equal(jobs[1].Id, refusal?.JobId ?? default, "The job that the refusal names");
        Check.Equal(jobs[1].Version, refusal!.Expected, "The expected version");
        Check.Equal(jobs[1].Version + 1, refusal.Actual, "The actual version");
        await context.ExpectStateAsync(JobState.StagedIn, jobs[0].Id, "the job before the stale one");
        await context.ExpectStateAsync(JobState.StagedIn, jobs[2].Id, "the job after the stale one");
        Check.Equal(last, await context.Store.GetLastSequenceAsync(CancellationToken.None), "The last event");
        Check.Equal(3, (await context.AllJobsAsync()).Count, "The jobs");
    }

    private static async Task OthersGoThrough(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(3);
        await context.CancelAsync(jobs[1].Id);
        IReadOnlyList<CommitResult> results = await context.Store.CommitAsync(
            [.. jobs.Select(job => new JobCommit { Changes = [new JobChange(job).Apply(JobTrigger.Preprocessed, context.Now)] })], CancellationToken.None);
        Check.Sequence([true, false, true], results.Select(result => result.IsWritten), "What was written");
        await context.ExpectStateAsync(JobState.Preprocessed, jobs[0].Id, "the first");
        await context.ExpectStateAsync(JobState.Failed, jobs[1].Id, "the cancelled one");
        await context.ExpectStateAsync(JobState.Preprocessed, jobs[2].Id, "the last");
    }

    private static async Task Gone(StoreConformanceContext context)
    {
        Job job = await context.AddOneAsync();
        await context.DeleteAsync([job.Id]);
        CommitResult result = await context.TryCommitAsync(new JobCommit { Changes = [context.Cancellation(job)] });
        Check.Equal(0L, (result.Refusal as JobConcurrencyException)?.Actual ?? -1, "The actual version of a job that is gone");
        Check.Equal(0, (await context.AllJobsAsync()).Count, "The jobs");
    }

    private static async Task InOrder(StoreConformanceContext context)
    {
        Job job = await context.AddOneAsync();
        JobChange first = new JobChange(job).Apply(JobTrigger.Preprocessed, context.Now);
        JobChange second = new JobChange(first.After).Apply(JobTrigger.Started, context.Now);
        IReadOnlyList<CommitResult> results = await context.Store.CommitAsync(
            [new JobCommit { Changes = [first] }, new JobCommit { Changes = [second] }, new JobCommit { Changes = [first] }], CancellationToken.None);
        Check.Sequence([true, true, false], results.Select(result => result.IsWritten), "What was written");
        await context.ExpectStateAsync(JobState.Running, job.Id, "the job");
    }

    private static async Task Twice(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(2);
        JobCommit[] commits =
        [
            new() { Changes = [new JobChange(jobs[0]).Apply(JobTrigger.Preprocessed, context.Now)] },
            new() { Changes = [new JobChange(jobs[1]).Apply(JobTrigger.Preprocessed, context.Now), context.Cancellation(jobs[1])] },
        ];
        await Check.ThrowsAsync<ArgumentException>(() => context.Store.CommitAsync(commits, CancellationToken.None), "Two changes of one job in a commit");
        await context.ExpectStateAsync(JobState.StagedIn, jobs[0].Id, "the other job of the call");
        await context.ExpectStateAsync(JobState.StagedIn, jobs[1].Id, "the job");
    }

    private static async Task Forged(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(2);
        Job forged = Job.Restore(jobs[0].ToSnapshot() with { State = JobState.StagedOut });
        foreach (JobChange change in (JobChange[])
            [
                new JobChange(forged).Apply(JobTrigger.Finished, context.Now), new JobChange(forged).Edit(fields => fields with { Priority = 1 }, context.Now),
            ])
        {
            Job honest = await context.GetAsync(jobs[1].Id);
            IReadOnlyList<CommitResult> results = await context.Store.CommitAsync(
                [new JobCommit { Changes = [change] }, new JobCommit { Changes = [new JobChange(honest).Edit(fields => fields with { Priority = honest.Priority + 1 }, context.Now)] }],
                CancellationToken.None);
            Check.Sequence([false, true], results.Select(result => result.IsWritten), "What was written");
            Snapshots.ExpectEqual(jobs[0].ToSnapshot(), (await context.GetAsync(jobs[0].Id)).ToSnapshot(), "The job after a forged change");
        }
    }

    private static async Task ManySteps(StoreConformanceContext context)
    {
        Job job = await context.AddOneAsync();
        Job finished = await context.FinishAsync(job.Id);
        Check.Equal(job.Version + 6, finished.Version, "The version after six steps");
        IReadOnlyList<JobEvent> history = await context.Store.ReadHistoryAsync(job.Id, CancellationToken.None);
        Check.Sequence(
            [JobState.Ready, JobState.StagedIn, JobState.Preprocessed, JobState.Running, JobState.RunDone, JobState.Postprocessed, JobState.StagedOut, JobState.JobFinished],
            history.Select(step => step.To),
            "The history");
        Check.Sequence(history.Skip(1).Select(step => step.From), history.SkipLast(1).Select(step => step.To), "Each step begins where the one before ended");
    }

    private static async Task Edit(StoreConformanceContext context)
    {
        Job job = await context.AddOneAsync();
        long last = await context.Store.GetLastSequenceAsync(CancellationToken.None);
        context.Fixture.Advance(TimeSpan.FromSeconds(3));
        Job edited = await context.CommitAsync(new JobChange(job).Edit(fields => fields with { Priority = 9 }, context.Now));
        Check.Equal(job.Version + 1, edited.Version, "The version");
        Check.Equal(9, edited.Priority, "The edited field");
        Check.Equal(context.Now.ToStoredInstant(), edited.LastUpdate, "LastUpdate");
        Check.Equal(last, await context.Store.GetLastSequenceAsync(CancellationToken.None), "The last event");
    }

    private static async Task EditWaiting(StoreConformanceContext context)
    {
        IReadOnlyList<Job> parents = await context.AddManyAsync(2);
        Job child = await context.AddOneAsync(parents.Select(parent => ParentReference.To(parent.Id)));
        await context.FinishAsync(parents[0].Id);
        await context.CommitAsync(new JobChange(await context.GetAsync(child.Id)).Edit(fields => fields with { Priority = 3 }, context.Now));
        await context.ExpectStateAsync(JobState.AwaitingParents, child.Id, "the edited child");
        await context.FinishAsync(parents[1].Id);
        await context.ExpectStateAsync(JobState.StagedIn, child.Id, "the child after its last parent");
    }

    private static async Task Cancelled(StoreConformanceContext context)
    {
        Job job = await context.AddOneAsync();
        var cancelled = new CancellationToken(canceled: true);
        JobCommit commit = new() { Changes = [context.Cancellation(job)], Additions = [StoreConformanceContext.Addition()] };
        await Check.ThrowsAsync<OperationCanceledException>(() => context.Store.CommitAsync([commit], cancelled), "A commit with a cancelled token");
        await Check.ThrowsAsync<OperationCanceledException>(() => context.Store.DeleteAsync(new JobDeletion { Ids = [job.Id] }, cancelled), "A delete with a cancelled token");
        Check.Sequence([job.Version], (await context.AllJobsAsync()).Select(stored => stored.Version), "The versions of the stored jobs");
    }
}
