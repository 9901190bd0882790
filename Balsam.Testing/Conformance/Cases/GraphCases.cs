using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>Children wake and fail with their parents, in the same transaction.</summary>
internal static class GraphCases
{
    private const int Many = 2_000;

    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        new("Graph_LastParentFinished_WakesTheChild", "A child of several parents wakes with the last of them, and its steps are events.", LastParent),
        new("Graph_ParentsFinishedInOneCommit_WakeTheChildOnce", "Parents that finish in one commit, or in one call, wake their child once.", TogetherWake),
        new("Graph_ManyChildren_AllWakeWithTheCommit", "2,000 children of one parent are awake when its commit returns.", ManyChildren),
        new("Graph_ManyParents_WakeTheChildWithTheLast", "A child of 2,000 parents wakes with the last.", ManyParents),
        new("Graph_DeepChain_FailsToTheEndNamingTheGuilty", "The failure of the first of 2,000 jobs in a row fails all of them at once, each naming it.", DeepChain),
        new("Graph_DeepChain_ComesBackToTheEnd", "Restarting the first of 2,000 jobs in a row brings all of them back.", DeepChainBack),
        new("Graph_Diamond_FailsOnce", "A job that two failing parents reach fails once.", Diamond),
        new("Graph_ChildOfAnEndedParent_IsSettledAtOnce", "A child added under ended parents waits for none of them, or fails at once.", UnderEnded),
        new("Graph_FailureAmongSiblings_CountsEachParentOnce", "A parent that fails in the same call counts once for its child, whichever is listed first.", FailingSibling),
        new("Graph_UnrelatedJobs_AreLeftAlone", "Ending a job touches nobody but its descendants.", Unrelated),
    ];

    private static async Task LastParent(StoreConformanceContext context)
    {
        IReadOnlyList<Job> parents = await context.AddManyAsync(3);
        Job child = await context.AddOneAsync(parents.Select(parent => ParentReference.To(parent.Id)));
        foreach (Job parent in parents)
        {
            await context.ExpectStateAsync(JobState.AwaitingParents, child.Id, "the child");
            await context.FinishAsync(parent.Id);
        }

        await context.ExpectStateAsync(JobState.StagedIn, child.Id, "the child after its last parent");
        IReadOnlyList<JobEvent> history = await context.Store.ReadHistoryAsync(child.Id, CancellationToken.None);
        Check.Sequence([JobState.AwaitingParents, JobState.Ready, JobState.StagedIn], history.Select(step => step.To), "The history of the child");
    }

    private static async Task TogetherWake(StoreConformanceContext context)
    {
        IReadOnlyList<Job> parents = await context.AddManyAsync(4);
        Job child = await context.AddOneAsync(parents.Select(parent => ParentReference.To(parent.Id)));
        JobChange[] ends = [.. parents.Select(parent => context.Towards(parent, JobState.JobFinished))];
        await context.Store.CommitAsync([new JobCommit { Changes = [ends[0], ends[1]] }, new JobCommit { Changes = [ends[2]] }, new JobCommit { Changes = [ends[3]] }], CancellationToken.None);
        await context.ExpectStateAsync(JobState.StagedIn, child.Id, "the child");
        Check.Equal(3, (await context.Store.ReadHistoryAsync(child.Id, CancellationToken.None)).Count, "Events of the child");
    }

    private static async Task ManyChildren(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync([StoreConformanceContext.Addition(), .. Enumerable.Repeat(StoreConformanceContext.Addition(ParentReference.ToIndex(0)), Many)]);
        await context.FinishAsync(jobs[0].Id);
        JobCounts counts = await context.Store.CountAsync(JobFilter.All, CancellationToken.None);
        Check.Equal(Many, counts[JobState.StagedIn], "Children that are awake");
        Check.Equal(Many, (await context.ClaimAsync(await context.OpenSessionAsync())).Count, "Children that can be claimed");
    }

    private static async Task ManyParents(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(
            [StoreConformanceContext.Addition(Enumerable.Range(1, Many).Select(i => ParentReference.ToIndex(i))), .. Enumerable.Repeat(StoreConformanceContext.Addition(), Many)]);
        foreach (Job[] some in jobs.Skip(1).SkipLast(1).Chunk(200))
        {
            await context.CommitAsync(new JobCommit { Changes = [.. some.Select(parent => context.Towards(parent, JobState.JobFinished))] });
        }

        await context.ExpectStateAsync(JobState.AwaitingParents, jobs[0].Id, "the child that waits for one more");
        await context.FinishAsync(jobs[^1].Id);
        await context.ExpectStateAsync(JobState.StagedIn, jobs[0].Id, "the child");
    }

    private static Task<IReadOnlyList<Job>> AddChainAsync(StoreConformanceContext context) => context.AddAsync(
        [StoreConformanceContext.Addition(), .. Enumerable.Range(0, Many - 1).Select(i => StoreConformanceContext.Addition(ParentReference.ToIndex(i)))]);

    private static async Task DeepChain(StoreConformanceContext context)
    {
        IReadOnlyList<Job> chain = await AddChainAsync(context);
        await context.CancelAsync(chain[0].Id, "wrong mesh");
        Check.Equal(Many, (await context.Store.CountAsync(JobFilter.All, CancellationToken.None))[JobState.Failed], "Failed jobs");
        foreach (Job job in await context.Store.FindAsync([chain[1].Id, chain[Many / 2].Id, chain[^1].Id], CancellationToken.None))
        {
            Check.Equal(FailureKind.ParentFailed, job.Failure?.Kind, $"The failure of job {job.Id}");
            Check.Equal(chain[0].Id, job.Failure?.GuiltyAncestor, $"The guilty ancestor of job {job.Id}");
            Check.That(job.Failure!.Message.Contains("wrong mesh", StringComparison.Ordinal), $"the message repeats the reason; it was: {job.Failure.Message}");
        }
    }

    private static async Task DeepChainBack(StoreConformanceContext context)
    {
        IReadOnlyList<Job> chain = await AddChainAsync(context);
        await context.CancelAsync(chain[0].Id);
        await context.RestartAsync(chain[0].Id);
        JobCounts counts = await context.Store.CountAsync(JobFilter.All, CancellationToken.None);
        Check.Equal(Many - 1, counts[JobState.AwaitingParents], "Jobs that wait again");
        await context.FinishAsync(chain[0].Id);
        await context.ExpectStateAsync(JobState.StagedIn, chain[1].Id, "the second");
        await context.ExpectStateAsync(JobState.AwaitingParents, chain[2].Id, "the third");
        Check.Equal(null, (await context.GetAsync(chain[^1].Id)).Failure, "The failure of a job that came back");
    }

    private static async Task Diamond(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(
            StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(0)), StoreConformanceContext.Addition(ParentReference.ToIndex(0)),
            StoreConformanceContext.Addition(ParentReference.ToIndex(1), ParentReference.ToIndex(2)));
        await context.CancelAsync(jobs[0].Id);
        IReadOnlyList<JobEvent> history = await context.Store.ReadHistoryAsync(jobs[3].Id, CancellationToken.None);
        Check.Sequence([JobState.AwaitingParents, JobState.Failed], history.Select(step => step.To), "The history of the lowest");
        Check.Equal(jobs[0].Id, (await context.GetAsync(jobs[3].Id)).Failure?.GuiltyAncestor, "The guilty ancestor");
    }

    private static async Task UnderEnded(StoreConformanceContext context)
    {
        IReadOnlyList<Job> parents = await context.AddManyAsync(3);
        await context.FinishAsync(parents[0].Id);
        await context.CancelAsync(parents[1].Id, "wrong mesh");
        IReadOnlyList<Job> children = await context.AddAsync(
            StoreConformanceContext.Addition(ParentReference.To(parents[0].Id)),
            StoreConformanceContext.Addition(ParentReference.To(parents[0].Id), ParentReference.To(parents[2].Id)),
            StoreConformanceContext.Addition(ParentReference.To(parents[0].Id), ParentReference.To(parents[1].Id)),
            StoreConformanceContext.Addition(ParentReference.ToIndex(2)),
            StoreConformanceContext.Addition(ParentReference.To(parents[1].Id, DependencyCondition.Failure)));
        Check.Sequence(
            [JobState.StagedIn, JobState.AwaitingParents, JobState.Failed, JobState.Failed, JobState.StagedIn], children.Select(child => child.State), "The states that the add returned");
        Check.Equal(parents[1].Id, children[3].Failure?.GuiltyAncestor, "The guilty ancestor of the grandchild");
        await Histories.ExpectReplayAsync(context);
    }

    private static async Task FailingSibling(StoreConformanceContext context)
    {
        IReadOnlyList<Job> stored = await context.AddManyAsync(2);
        await context.CancelAsync(stored[0].Id);
        foreach (bool childFirst in (bool[])[false, true])
        {
            JobAddition failing = StoreConformanceContext.Addition(ParentReference.To(stored[0].Id));
            JobAddition child = StoreConformanceContext.Addition(ParentReference.ToIndex(childFirst ? 1 : 0, DependencyCondition.Either), ParentReference.To(stored[1].Id));
            IReadOnlyList<Job> added = await context.AddAsync(childFirst ? [child, failing] : [failing, child]);
            Job waiting = added[childFirst ? 0 : 1];
            Check.Equal(JobState.AwaitingParents, waiting.State, $"The child that waits for another parent, listed {(childFirst ? "first" : "last")}");
        }

        await context.FinishAsync(stored[1].Id);
        Check.Equal(2L, (await context.Store.CountAsync(JobFilter.All, CancellationToken.None))[JobState.StagedIn], "Children that are awake");
    }

    private static async Task Unrelated(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(
            StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(0)), StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(2)));
        await context.FinishAsync(jobs[0].Id);
        Snapshots.ExpectEqual(jobs[2].ToSnapshot(), (await context.GetAsync(jobs[2].Id)).ToSnapshot(), "An unrelated root");
        Snapshots.ExpectEqual(jobs[3].ToSnapshot(), (await context.GetAsync(jobs[3].Id)).ToSnapshot(), "An unrelated child");
    }
}
