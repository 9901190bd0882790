namespace Balsam.Testing.Conformance.Cases;

/// <summary>Each condition of an edge against each end of the parent; written out by hand.</summary>
internal static class ConditionCases
{
    private static readonly (DependencyCondition Condition, JobState End, JobState Child)[] Expected =
    [
        (DependencyCondition.Success, JobState.JobFinished, JobState.StagedIn),
        (DependencyCondition.Success, JobState.Failed, JobState.Failed),
        (DependencyCondition.Failure, JobState.JobFinished, JobState.Failed),
        (DependencyCondition.Failure, JobState.Failed, JobState.StagedIn),
        (DependencyCondition.Either, JobState.JobFinished, JobState.StagedIn),
        (DependencyCondition.Either, JobState.Failed, JobState.StagedIn),
        (DependencyCondition.SuccessOrHold, JobState.JobFinished, JobState.StagedIn),
        (DependencyCondition.SuccessOrHold, JobState.Failed, JobState.AwaitingParents),
    ];

    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        .. Expected.Select(row => new StoreConformanceCase(
            $"Condition_{row.Condition}AndParent{row.End}_ChildIs{row.Child}",
            $"A child after {row.Condition} of a parent that is {row.End.ToText()} is {row.Child.ToText()}: stored before, in the same call, or added after.",
            context => Outcome(context, row.Condition, row.End, row.Child))),
        new("Condition_Mixed_AreAllAsked", "A child with several edges needs each of them.", Mixed),
        new("Condition_Hold_EndsWithTheParentsSuccess", "A held child wakes once its parent was restarted and finished.", Hold),
        new("Condition_BrokenEdge_FailsAtOnceWhateverElseIsPending", "A child does not wait for the rest once an edge is broken.", AtOnce),
    ];

    private static Task<Job> EndAsync(StoreConformanceContext context, JobId parent, JobState end) =>
        end == JobState.JobFinished ? context.FinishAsync(parent) : context.CancelAsync(parent);

    private static async Task Outcome(StoreConformanceContext context, DependencyCondition condition, JobState end, JobState expected)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(StoreConformanceContext.Addition(ParentReference.ToIndex(1, condition)), StoreConformanceContext.Addition());
        await context.ExpectStateAsync(JobState.AwaitingParents, jobs[0].Id, "the child before");
        await EndAsync(context, jobs[1].Id, end);
        await context.ExpectStateAsync(expected, jobs[0].Id, "the child stored before");
        Job after = await context.AddOneAsync(ParentReference.To(jobs[1].Id, condition));
        Check.Equal(expected, after.State, "The state of a child added after");
        foreach (Job child in await context.Store.FindAsync(expected == JobState.Failed ? [jobs[0].Id, after.Id] : [], CancellationToken.None))
        {
            Check.Equal(FailureKind.ParentFailed, child.Failure?.Kind, "The kind of the failure");
            Check.Equal(jobs[1].Id, child.Failure?.GuiltyAncestor, "The guilty ancestor");
        }
    }

    private static async Task Mixed(StoreConformanceContext context)
    {
        IReadOnlyList<Job> parents = await context.AddManyAsync(4);
        Job child = await context.AddOneAsync(
            ParentReference.To(parents[0].Id), ParentReference.To(parents[1].Id, DependencyCondition.Failure),
            ParentReference.To(parents[2].Id, DependencyCondition.Either), ParentReference.To(parents[3].Id, DependencyCondition.SuccessOrHold));
        await context.CancelAsync(parents[2].Id);
        await context.CancelAsync(parents[1].Id);
        await context.FinishAsync(parents[0].Id);
        await context.CancelAsync(parents[3].Id);
        await context.ExpectStateAsync(JobState.AwaitingParents, child.Id, "the held child");
        await context.RestartAsync(parents[3].Id);
        await context.FinishAsync(parents[3].Id);
        await context.ExpectStateAsync(JobState.StagedIn, child.Id, "the child");
    }

    private static async Task Hold(StoreConformanceContext context)
    {
        Job parent = await context.AddOneAsync();
        Job child = await context.AddOneAsync(ParentReference.To(parent.Id, DependencyCondition.SuccessOrHold));
        Job grandchild = await context.AddOneAsync(ParentReference.To(child.Id));
        await context.CancelAsync(parent.Id);
        await context.RestartAsync(parent.Id);
        await context.ExpectStateAsync(JobState.AwaitingParents, child.Id, "the held child");
        await context.FinishAsync(parent.Id);
        await context.ExpectStateAsync(JobState.StagedIn, child.Id, "the child");
        await context.ExpectStateAsync(JobState.AwaitingParents, grandchild.Id, "the grandchild");
    }

    private static async Task AtOnce(StoreConformanceContext context)
    {
        IReadOnlyList<Job> parents = await context.AddManyAsync(3);
        Job child = await context.AddOneAsync(parents.Select(parent => ParentReference.To(parent.Id)));
        await context.CancelAsync(parents[1].Id);
        await context.ExpectStateAsync(JobState.Failed, child.Id, "the child");
        await context.FinishAsync(parents[0].Id);
        await context.FinishAsync(parents[2].Id);
        await context.ExpectStateAsync(JobState.Failed, child.Id, "the child after its other parents");
    }
}
