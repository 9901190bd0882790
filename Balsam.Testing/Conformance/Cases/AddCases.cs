using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>New jobs: numbers, graphs, atomicity.</summary>
internal static class AddCases
{
    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        new("Add_OneJob_IsStagedInWithItsHistory", "A job without parents is STAGED_IN when the add returns, and every step is an event.", OneJob),
        new("Add_WithoutWorkdir_GetsOneFromApplicationAndNumber", "The default workdir is application/id.", DefaultWorkdir),
        new("Add_ChildrenBeforeParents_LinksSiblingsByPlace", "Parents of the same call are found by their place, wherever they stand.", Siblings),
        new("Add_SameParentTwice_IsOneEdge", "A parent named twice counts once.", SameParentTwice),
        new("Add_UnknownStoredParent_WritesNothing", "One unknown parent refuses the whole graph.", UnknownParent),
        new("Add_ParentOutsideTheCall_IsAnArgumentMistake", "A place that is not in the call, or the job's own, is refused before anything is written.", BadPlace),
        new("Add_Ids_RiseAndAreNotReused", "Numbers rise, also after the youngest jobs were deleted.", IdsRise),
        new("Add_ManyInOneCall_KeepsTheirOrder", "The results stand in the order of the additions, numbers rising.", Order),
        new("Add_WithChangesInOneCommit_SharesTheirFate", "Additions and changes of a commit are written together or not at all.", WithChanges),
        new("Add_Nothing_WritesNothing", "An empty call and an empty commit are answered and change nothing.", Nothing),
    ];

    private static async Task OneJob(StoreConformanceContext context)
    {
        Job job = await context.AddOneAsync();
        Check.Equal(JobState.StagedIn, job.State, "The state of a job without parents");
        Check.Equal(context.Now.ToStoredInstant(), job.CreatedAt, "CreatedAt");
        Check.Equal(job.Version, (await context.GetAsync(job.Id)).Version, "The version read back");
        IReadOnlyList<JobEvent> history = await context.Store.ReadHistoryAsync(job.Id, CancellationToken.None);
        Check.Sequence([JobState.Created, JobState.Ready], history.Select(step => step.From), "The states left");
        Check.Sequence([JobState.Ready, JobState.StagedIn], history.Select(step => step.To), "The states reached");
    }

    private static async Task DefaultWorkdir(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(StoreConformanceContext.Addition(), StoreConformanceContext.Addition() with { Workdir = "a/b" });
        Check.Equal($"App/{jobs[0].Id}", jobs[0].Workdir, "The default workdir");
        Check.Equal("a/b", (await context.GetAsync(jobs[1].Id)).Workdir, "A given workdir");
    }

    private static async Task Siblings(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(
            StoreConformanceContext.Addition(ParentReference.ToIndex(2), ParentReference.ToIndex(1)),
            StoreConformanceContext.Addition(ParentReference.ToIndex(2)),
            StoreConformanceContext.Addition());
        Check.Sequence([jobs[2].Id, jobs[1].Id], jobs[0].Parents.Select(edge => edge.Parent), "The parents of the first");
        Check.Sequence([JobState.AwaitingParents, JobState.AwaitingParents, JobState.StagedIn], jobs.Select(job => job.State), "The states");
        await context.FinishAsync(jobs[2].Id);
        await context.ExpectStateAsync(JobState.AwaitingParents, jobs[0].Id, "the grandchild");
        await context.FinishAsync(jobs[1].Id);
        await context.ExpectStateAsync(JobState.StagedIn, jobs[0].Id, "the grandchild");
    }

    private static async Task SameParentTwice(StoreConformanceContext context)
    {
        Job parent = await context.AddOneAsync();
        Job child = await context.AddOneAsync(ParentReference.To(parent.Id), ParentReference.To(parent.Id));
        Check.Equal(1, child.Parents.Length, "The edges");
        await context.FinishAsync(parent.Id);
        await context.ExpectStateAsync(JobState.StagedIn, child.Id, "the child");
    }

    private static async Task UnknownParent(StoreConformanceContext context)
    {
        Job known = await context.AddOneAsync();
        long before = await context.Store.GetLastSequenceAsync(CancellationToken.None);
        foreach (long unknown in (long[])[known.Id.Value + 1_000, 1_000_000_000_000, long.MaxValue])
        {
            CommitResult result = await context.TryCommitAsync(new JobCommit
            {
                Additions = [StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.To(known.Id), ParentReference.To(new JobId(unknown)))],
            });
            Check.Equal(new JobId(unknown), (result.Refusal as JobNotFoundException)?.JobId ?? default, "The parent named by the refusal");
            Check.Equal(0, result.Added.Count, "Jobs added by a refused commit");
        }

        Check.Sequence([known.Id], (await context.AllJobsAsync()).Select(job => job.Id), "The stored jobs");
        Check.Equal(before, await context.Store.GetLastSequenceAsync(CancellationToken.None), "The last event");
        Check.Equal(1L, (await context.Store.CountAsync(JobFilter.All, CancellationToken.None)).Total, "The count");
    }

    private static async Task BadPlace(StoreConformanceContext context)
    {
        foreach (int place in (int[])[2, -1, 1])
        {
            JobCommit[] commits =
            [
                new() { Additions = [StoreConformanceContext.Addition()] },
                new() { Additions = [StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(place))] },
            ];
            await Check.ThrowsAsync<ArgumentException>(() => context.Store.CommitAsync(commits, CancellationToken.None), $"A parent at place {place} of the second of two jobs");
        }

        Check.Equal(0, (await context.AllJobsAsync()).Count, "Jobs after the refused calls");
    }

    private static async Task IdsRise(StoreConformanceContext context)
    {
        IReadOnlyList<Job> first = await context.AddManyAsync(3);
        await context.DeleteAsync([first[1].Id, first[2].Id]);
        Job next = await context.AddOneAsync();
        Check.That(next.Id > first[2].Id, $"a number above {first[2].Id}, the youngest deleted job's; it was {next.Id}");
    }

    private static async Task Order(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync([.. Enumerable.Range(0, 500).Select(i => StoreConformanceContext.Addition() with { Priority = i })]);
        Check.Sequence(Enumerable.Range(0, 500), jobs.Select(job => job.Priority), "The order of the results");
        Check.Sequence(jobs.Select(job => job.Id).Order(), jobs.Select(job => job.Id), "The numbers");
        Check.Equal(500, jobs.Select(job => job.Id).Distinct().Count(), "Different numbers");
    }

    private static async Task WithChanges(StoreConformanceContext context)
    {
        Job parent = await context.AddOneAsync();
        JobChange finish = context.Towards(parent, JobState.JobFinished);
        IReadOnlyList<Job> added = await context.CommitAsync(new JobCommit { Changes = [finish], Additions = [StoreConformanceContext.Addition(ParentReference.To(parent.Id))] });
        Check.Equal(JobState.StagedIn, added[0].State, "A child added with the change that finishes its parent");
        CommitResult refused = await context.TryCommitAsync(new JobCommit { Changes = [finish], Additions = [StoreConformanceContext.Addition()] });
        Check.That(refused.Refusal is JobConcurrencyException, "a stale change refuses the commit");
        Check.Equal(2, (await context.AllJobsAsync()).Count, "Jobs after the refused commit");
    }

    private static async Task Nothing(StoreConformanceContext context)
    {
        Check.Equal(0, (await context.Store.CommitAsync([], CancellationToken.None)).Count, "Results of an empty call");
        Check.That((await context.TryCommitAsync(new JobCommit())).IsWritten, "an empty commit is acknowledged");
        Check.Equal(0L, await context.Store.GetLastSequenceAsync(CancellationToken.None), "The last event");
    }
}
