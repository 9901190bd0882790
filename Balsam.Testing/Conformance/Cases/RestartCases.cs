using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>Restarting parents and children.</summary>
internal static class RestartCases
{
    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        new("Restart_FailedParent_BringsDescendantsBack", "Descendants that failed with a parent wait again once it is restarted, grandchildren too.", BringsBack),
        new("Restart_OneOfTwoFailedParents_LeavesTheChildFailed", "A child with another failed parent comes back only with the last of them.", OneOfTwo),
        new("Restart_BothFailedParentsInOneCommit_BringsTheChildBackOnce", "Parents restarted in one commit count once each.", BothAtOnce),
        new("Restart_CancelledChild_StaysCancelled", "A child that was cancelled itself does not come back with its parent.", CancelledChild),
        new("Restart_FinishedParent_MakesAWaitingChildWaitAgain", "A child that still waits for another parent waits for a restarted one again.", FinishedParent),
        new("Restart_FinishedParent_LeavesAChildThatWentOnAlone", "A child that got past its parents is not called back.", ChildWentOn),
        new("Restart_ParentOfAnEitherEdge_CountsOnce", "A parent that comes back from failure counts once for a child that accepts either end.", EitherEdge),
        new("Restart_FinishedParentOfAFailureEdge_BringsTheChildBack", "A child that was to run only after a failure gets another chance when the parent runs again.", FailureEdge),
        new("Restart_ChildBeforeItsParents_WaitsForThem", "A job sent back to wait waits for unfinished parents, goes on when all have finished, and fails when one failed.", ChildSentBack),
        new("Restart_ChildOfADeletedParent_GoesOn", "A job sent back to wait does not wait for a parent that was deleted.", DeletedParent),
        new("Restart_OneParentWhenAnotherWasDeleted_LeavesTheChildFailed", "A child does not come back by itself when a parent it failed with was deleted.", OtherParentDeleted),
        new("Restart_AndFailAgain_FailsDescendantsAgain", "A parent that fails again takes its descendants with it again, as often as it does.", Again),
    ];

    private static async Task BringsBack(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(
            StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(0)), StoreConformanceContext.Addition(ParentReference.ToIndex(1)));
        await context.BringToAsync(jobs[0].Id, JobState.Running);
        await context.MoveAsync(jobs[0].Id, JobTrigger.RunFailed, JobTrigger.HookFailed);
        await context.ExpectStateAsync(JobState.Failed, jobs[2].Id, "the grandchild");
        await context.RestartAsync(jobs[0].Id);
        await context.ExpectStateAsync(JobState.AwaitingParents, jobs[1].Id, "the child");
        await context.ExpectStateAsync(JobState.AwaitingParents, jobs[2].Id, "the grandchild");
        await context.FinishAsync(jobs[0].Id);
        await context.FinishAsync(jobs[1].Id);
        await context.FinishAsync(jobs[2].Id);
        await Histories.ExpectReplayAsync(context);
    }

    private static async Task OneOfTwo(StoreConformanceContext context)
    {
        IReadOnlyList<Job> parents = await context.AddManyAsync(2);
        Job child = await context.AddOneAsync(parents.Select(parent => ParentReference.To(parent.Id)));
        await context.CancelAsync(parents[0].Id);
        await context.CancelAsync(parents[1].Id);
        await context.RestartAsync(parents[0].Id);
        await context.ExpectStateAsync(JobState.Failed, child.Id, "the child of a parent that is still failed");
        await context.RestartAsync(parents[1].Id);
        await context.ExpectStateAsync(JobState.AwaitingParents, child.Id, "the child");
        await context.FinishAsync(parents[0].Id);
        await context.ExpectStateAsync(JobState.AwaitingParents, child.Id, "the child after one parent");
        await context.FinishAsync(parents[1].Id);
        await context.ExpectStateAsync(JobState.StagedIn, child.Id, "the child after both");
    }

    private static async Task BothAtOnce(StoreConformanceContext context)
    {
        IReadOnlyList<Job> parents = await context.AddManyAsync(3);
        Job child = await context.AddOneAsync(
            ParentReference.To(parents[0].Id), ParentReference.To(parents[1].Id, DependencyCondition.Either), ParentReference.To(parents[2].Id, DependencyCondition.Either));
        foreach (Job parent in parents)
        {
            await context.CancelAsync(parent.Id);
        }

        IReadOnlyList<Job> failed = await context.Store.FindAsync([.. parents.Select(parent => parent.Id)], CancellationToken.None);
        await context.CommitAsync(new JobCommit { Changes = [.. failed.Select(parent => new JobChange(parent).Apply(JobTrigger.Restarted, context.Now))] });
        await context.ExpectStateAsync(JobState.AwaitingParents, child.Id, "the child");
        foreach (Job parent in parents)
        {
            await context.ExpectStateAsync(JobState.AwaitingParents, child.Id, "the child before its last parent");
            await context.FinishAsync(parent.Id);
        }

        await context.ExpectStateAsync(JobState.StagedIn, child.Id, "the child after its last parent");
    }

    private static async Task CancelledChild(StoreConformanceContext context)
    {
        Job parent = await context.AddOneAsync();
        Job child = await context.AddOneAsync(ParentReference.To(parent.Id));
        await context.CancelAsync(child.Id);
        await context.CancelAsync(parent.Id);
        await context.RestartAsync(parent.Id);
        await context.ExpectStateAsync(JobState.Failed, child.Id, "the cancelled child");
        Check.Equal(FailureKind.Cancelled, (await context.GetAsync(child.Id)).Failure?.Kind, "Its failure");
    }

    private static async Task FinishedParent(StoreConformanceContext context)
    {
        IReadOnlyList<Job> parents = await context.AddManyAsync(2);
        Job child = await context.AddOneAsync(parents.Select(parent => ParentReference.To(parent.Id)));
        await context.FinishAsync(parents[0].Id);
        await context.RestartAsync(parents[0].Id);
        await context.FinishAsync(parents[1].Id);
        await context.ExpectStateAsync(JobState.AwaitingParents, child.Id, "the child of a parent that runs again");
        await context.FinishAsync(parents[0].Id);
        await context.ExpectStateAsync(JobState.StagedIn, child.Id, "the child");
    }

    private static async Task ChildWentOn(StoreConformanceContext context)
    {
        Job parent = await context.AddOneAsync();
        Job child = await context.AddOneAsync(ParentReference.To(parent.Id));
        await context.FinishAsync(parent.Id);
        Job awake = await context.GetAsync(child.Id);
        await context.RestartAsync(parent.Id);
        await context.CancelAsync(parent.Id);
        Snapshots.ExpectEqual(awake.ToSnapshot(), (await context.GetAsync(child.Id)).ToSnapshot(), "The child");
    }

    private static async Task EitherEdge(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(
            StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(0)), StoreConformanceContext.Addition(),
            StoreConformanceContext.Addition(ParentReference.ToIndex(1, DependencyCondition.Either), ParentReference.ToIndex(2)));
        await context.CancelAsync(jobs[0].Id);
        await context.RestartAsync(jobs[0].Id);
        await context.FinishAsync(jobs[2].Id);
        await context.ExpectStateAsync(JobState.AwaitingParents, jobs[3].Id, "the child whose parent came back");
        await context.CancelAsync(jobs[0].Id);
        await context.ExpectStateAsync(JobState.StagedIn, jobs[3].Id, "the child");
    }

    private static async Task FailureEdge(StoreConformanceContext context)
    {
        Job parent = await context.AddOneAsync();
        Job child = await context.AddOneAsync(ParentReference.To(parent.Id, DependencyCondition.Failure));
        await context.FinishAsync(parent.Id);
        await context.ExpectStateAsync(JobState.Failed, child.Id, "the child that was not needed");
        await context.RestartAsync(parent.Id);
        await context.ExpectStateAsync(JobState.AwaitingParents, child.Id, "the child while its parent runs again");
        await context.CancelAsync(parent.Id);
        await context.ExpectStateAsync(JobState.StagedIn, child.Id, "the child after the failure");
    }

    private static async Task ChildSentBack(StoreConformanceContext context)
    {
        IReadOnlyList<Job> parents = await context.AddManyAsync(2);
        Job child = await context.AddOneAsync(parents.Select(parent => ParentReference.To(parent.Id)));
        await context.CancelAsync(child.Id);
        await context.FinishAsync(parents[0].Id);
        await context.MoveAsync(child.Id, JobTrigger.ParentRestarted);
        await context.ExpectStateAsync(JobState.AwaitingParents, child.Id, "the child sent back");
        await context.CancelAsync(child.Id);
        await context.CancelAsync(parents[1].Id);
        await context.MoveAsync(child.Id, JobTrigger.ParentRestarted);
        await context.ExpectStateAsync(JobState.Failed, child.Id, "the child sent back under a failed parent");
        await context.RestartAsync(parents[1].Id);
        await context.CancelAsync(child.Id);
        await context.FinishAsync(parents[1].Id);
        await context.MoveAsync(child.Id, JobTrigger.ParentRestarted);
        await context.ExpectStateAsync(JobState.StagedIn, child.Id, "the child sent back under finished parents");
        await Histories.ExpectReplayAsync(context);
    }

    private static async Task DeletedParent(StoreConformanceContext context)
    {
        IReadOnlyList<Job> parents = await context.AddManyAsync(2);
        Job child = await context.AddOneAsync(parents.Select(parent => ParentReference.To(parent.Id)));
        await context.FinishAsync(parents[0].Id);
        await context.CancelAsync(child.Id);
        await context.DeleteAsync([parents[0].Id]);
        await context.MoveAsync(child.Id, JobTrigger.ParentRestarted);
        await context.ExpectStateAsync(JobState.AwaitingParents, child.Id, "the child of a running parent");
        if (context.Fixture.IsDurable)
        {
            await context.Fixture.ReopenAsync();
        }

        await context.FinishAsync(parents[1].Id);
        await context.ExpectStateAsync(JobState.StagedIn, child.Id, "the child");
    }

    private static async Task OtherParentDeleted(StoreConformanceContext context)
    {
        IReadOnlyList<Job> parents = await context.AddManyAsync(2);
        Job child = await context.AddOneAsync(parents.Select(parent => ParentReference.To(parent.Id)));
        await context.CancelAsync(parents[0].Id);
        await context.CancelAsync(parents[1].Id);
        ChangeReport deleted = await context.DeleteAsync([parents[0].Id]);
        Check.Equal(1, deleted.Changed.Count, "Parents deleted");
        await context.RestartAsync(parents[1].Id);
        await context.ExpectStateAsync(JobState.Failed, child.Id, "the child");
    }

    private static async Task Again(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(
            StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(0)), StoreConformanceContext.Addition(ParentReference.ToIndex(1)));
        for (int round = 0; round < 3; round++)
        {
            await context.CancelAsync(jobs[0].Id, $"round {round}");
            await context.ExpectStateAsync(JobState.Failed, jobs[2].Id, "the grandchild");
            await context.RestartAsync(jobs[0].Id);
            await context.ExpectStateAsync(JobState.AwaitingParents, jobs[2].Id, "the grandchild");
        }

        await context.FinishAsync(jobs[0].Id);
        await context.ExpectStateAsync(JobState.StagedIn, jobs[1].Id, "the child");
        await Histories.ExpectReplayAsync(context);
    }
}
