using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>New parents of jobs that wait already.</summary>
internal static class LinkCases
{
    private const int Many = 2_000;

    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        new("Link_WaitingJob_WaitsForTheNewParentToo", "A linked job wakes with the last of all its parents, the new one included, whichever number it has.", WaitsToo),
        new("Link_ToAdditionsOfTheCommitThatEndsTheLastParent_KeepsTheChildWaiting", "A child whose last parent ends in the commit that links it is not woken in between.", Splitter),
        new("Link_ToAParentThatEndsInTheSameCommit_CountsItOnce", "A parent that ends in the commit that links it counts as ended, however the edge asks.", EndsInTheCommit),
        new("Link_ToAnEndedParent_SettlesAtOnce", "A new parent that has ended already is not waited for, or fails the child at once, and what waits for that.", Ended),
        new("Link_ToAFailingAddition_FailsTheChild", "A new parent that fails in the commit that adds it fails the child, which names the guilty.", FailingAddition),
        new("Link_Written_RaisesTheVersionAndIsFoundByTheParent", "A link raises the child's version, is no event, and the child is found among the children of its new parent.", Indexed),
        new("Link_OfAParentThatIsThereAlready_ChangesNothing", "A parent that the child has already stays as it is.", Known),
        new("Link_UnwritableChild_RefusesTheWholeCommit", "A child that is gone, or does not wait, refuses the commit, and says which child and why.", Unwritable),
        new("Link_MissingParent_RefusesTheWholeCommit", "A parent that is not stored refuses the commit.", MissingParent),
        new("Link_Circle_IsRefusedAndNamed", "A parent that waits for the child, directly or not, stored or new, refuses the commit.", Circle),
        new("Link_CircleThroughAFailedJobThatMayComeBack_IsRefused", "A job that failed with a parent, and would come back to wait for the child, cannot be its parent.", CircleThroughFailed),
        new("Link_BehindAJobThatNeverWaitsAgain_IsNoCircle", "A job that has passed Preprocess may have the child among its ancestors.", NoCircle),
        new("Link_ManyAtOnce_AreAllWaitedFor", "A job that is given 2,000 new parents in the commit that adds them wakes with the last.", ManyParents),
        new("Link_DoesNotRaceWithOtherChangesOfTheChild", "A link is written whatever version the child has meanwhile.", Unguarded),
        new("Link_MistakesOfTheCaller_AreArgumentMistakes", "A commit that changes and links one job, or links to an addition that is not there, throws and writes nothing.", Mistakes),
        new("Link_Reopened_IsThere", "After reopening, a linked job waits for its new parent, and wakes with it.", Reopened, needsDurability: true),
    ];

    private static JobLink To(Job child, Job parent, DependencyCondition condition = DependencyCondition.Success) => new(child.Id, ParentReference.To(parent.Id, condition));

    private static JobCommit Linking(params IReadOnlyList<JobLink> links) => new() { Links = links };

    private static async Task<AddParentsRefusedException> RefusedAsync(StoreConformanceContext context, JobCommit commit)
    {
        int jobs = (await context.AllJobsAsync()).Count;
        long last = await context.Store.GetLastSequenceAsync(CancellationToken.None);
        CommitResult result = await context.TryCommitAsync(commit);
        Check.That(result.Refusal is AddParentsRefusedException, $"the commit is refused for its links; it was {(result.IsWritten ? "written" : $"refused: {result.Refusal!.Message}")}");
        Check.Equal(jobs, (await context.AllJobsAsync()).Count, "The jobs after a refused commit");
        Check.Equal(last, await context.Store.GetLastSequenceAsync(CancellationToken.None), "The last event after a refused commit");
        return (AddParentsRefusedException)result.Refusal!;
    }

    private static async Task WaitsToo(StoreConformanceContext context)
    {
        Job parent = await context.AddOneAsync();
        Job child = await context.AddOneAsync(ParentReference.To(parent.Id));
        Job younger = await context.AddOneAsync();
        await context.CommitAsync(Linking(To(child, younger)));
        await context.FinishAsync(parent.Id);
        await context.ExpectStateAsync(JobState.AwaitingParents, child.Id, "the child, whose new parent has not ended");
        await context.FinishAsync(younger.Id);
        await context.ExpectStateAsync(JobState.StagedIn, child.Id, "the child of two finished parents");
        await Histories.ExpectReplayAsync(context);
    }

    private static async Task Splitter(StoreConformanceContext context)
    {
        Job splitter = await context.AddOneAsync();
        Job reducer = await context.AddOneAsync(ParentReference.To(splitter.Id));
        IReadOnlyList<Job> mappers = await context.CommitAsync(new JobCommit
        {
            Changes = [context.Towards(splitter, JobState.JobFinished)],
            Additions = [StoreConformanceContext.Addition(ParentReference.To(splitter.Id)), StoreConformanceContext.Addition(ParentReference.To(splitter.Id))],
            Links = [new JobLink(reducer.Id, ParentReference.ToIndex(0)), new JobLink(reducer.Id, ParentReference.ToIndex(1, DependencyCondition.Either))],
        });
        Check.Sequence([JobState.StagedIn, JobState.StagedIn], mappers.Select(job => job.State), "The states of the new parents");
        Check.Sequence(
            [new JobDependency(splitter.Id, DependencyCondition.Success), new JobDependency(mappers[0].Id, DependencyCondition.Success), new JobDependency(mappers[1].Id, DependencyCondition.Either)],
            (await context.GetAsync(reducer.Id)).Parents, "The parents of the child");
        await context.ExpectStateAsync(JobState.AwaitingParents, reducer.Id, "the child");
        await context.FinishAsync(mappers[0].Id);
        await context.ExpectStateAsync(JobState.AwaitingParents, reducer.Id, "the child that waits for one more");
        await context.CancelAsync(mappers[1].Id);
        await context.ExpectStateAsync(JobState.StagedIn, reducer.Id, "the child");
        Check.Sequence(
            [JobState.AwaitingParents, JobState.Ready, JobState.StagedIn],
            (await context.Store.ReadHistoryAsync(reducer.Id, CancellationToken.None)).Select(step => step.To), "The history of the child");
    }

    private static async Task EndsInTheCommit(StoreConformanceContext context)
    {
        foreach ((DependencyCondition condition, bool fails, JobState expected) in new[]
        {
            (DependencyCondition.Success, false, JobState.StagedIn), (DependencyCondition.Success, true, JobState.Failed), (DependencyCondition.Failure, false, JobState.Failed),
            (DependencyCondition.Failure, true, JobState.StagedIn), (DependencyCondition.Either, true, JobState.StagedIn), (DependencyCondition.SuccessOrHold, true, JobState.AwaitingParents),
        })
        {
            Job first = await context.AddOneAsync();
            Job child = await context.AddOneAsync(ParentReference.To(first.Id));
            Job ending = await context.AddOneAsync();
            await context.CommitAsync(new JobCommit { Changes = [fails ? context.Cancellation(ending) : context.Towards(ending, JobState.JobFinished)], Links = [To(child, ending, condition)] });
            await context.ExpectStateAsync(expected == JobState.StagedIn ? JobState.AwaitingParents : expected, child.Id, $"the child ({condition}), which has another parent");
            await context.FinishAsync(first.Id);
            await context.ExpectStateAsync(expected, child.Id, $"the child ({condition})");
        }
    }

    private static async Task Ended(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(3);
        await context.FinishAsync(jobs[0].Id);
        await context.CancelAsync(jobs[1].Id, "wrong mesh");
        Job child = await context.AddOneAsync(ParentReference.To(jobs[2].Id));
        Job grandchild = await context.AddOneAsync(ParentReference.To(child.Id));
        await context.CommitAsync(Linking(To(child, jobs[0]), To(child, jobs[1], DependencyCondition.Either)));
        await context.ExpectStateAsync(JobState.AwaitingParents, child.Id, "the child under two ended parents and one that goes on");
        Job other = await context.AddOneAsync(ParentReference.To(jobs[2].Id));
        await context.CommitAsync(Linking(To(other, child), To(other, jobs[1])));
        Job failed = await context.GetAsync(other.Id);
        Check.Equal(JobState.Failed, failed.State, "The state of a child that is linked to a failed parent");
        Check.Equal(jobs[1].Id, failed.Failure?.GuiltyAncestor, "The guilty ancestor");
        await context.FinishAsync(jobs[2].Id);
        await context.ExpectStateAsync(JobState.StagedIn, child.Id, "the child");
        await context.ExpectStateAsync(JobState.AwaitingParents, grandchild.Id, "the grandchild");
        await context.RestartAsync(jobs[1].Id);
        await context.ExpectStateAsync(JobState.AwaitingParents, other.Id, "the child whose failed parent was restarted");
    }

    private static async Task FailingAddition(StoreConformanceContext context)
    {
        Job guilty = await context.AddOneAsync();
        Job parent = await context.AddOneAsync();
        Job child = await context.AddOneAsync(ParentReference.To(parent.Id));
        await context.CancelAsync(guilty.Id);
        await context.CommitAsync(new JobCommit
        {
            Additions = [StoreConformanceContext.Addition(ParentReference.To(guilty.Id))],
            Links = [new JobLink(child.Id, ParentReference.ToIndex(0))],
        });
        Job failed = await context.GetAsync(child.Id);
        Check.Equal(JobState.Failed, failed.State, "The state of the child");
        Check.Equal(guilty.Id, failed.Failure?.GuiltyAncestor, "The guilty ancestor");
        await Histories.ExpectReplayAsync(context);
    }

    private static async Task Indexed(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(2);
        Job child = await context.AddOneAsync(ParentReference.To(jobs[0].Id));
        long last = await context.Store.GetLastSequenceAsync(CancellationToken.None);
        await context.CommitAsync(Linking(To(child, jobs[1], DependencyCondition.SuccessOrHold)));
        Job linked = await context.GetAsync(child.Id);
        Snapshots.ExpectEqual(
            child.ToSnapshot() with { Version = linked.Version, Parents = [.. child.Parents, new JobDependency(jobs[1].Id, DependencyCondition.SuccessOrHold)] }, linked.ToSnapshot(), "The linked job");
        Check.That(linked.Version > child.Version, "the version of a linked job rises");
        Check.Equal(last, await context.Store.GetLastSequenceAsync(CancellationToken.None), "The last event");
        foreach (Job parent in jobs)
        {
            IReadOnlyList<Job> children = await context.Store.QueryAsync(new JobSelector { Filter = new ChildOfFilter(parent.Id) }, CancellationToken.None);
            Check.Sequence([child.Id], children.Select(job => job.Id), $"The children of {parent.Id}");
        }

        ChangeReport deleted = await context.Store.DeleteAsync(new JobDeletion { Ids = [jobs[1].Id] }, CancellationToken.None);
        Check.That(deleted.Unchanged.ContainsKey(jobs[1].Id), "a new parent that is waited for is not deleted");
    }

    private static async Task Known(StoreConformanceContext context)
    {
        Job parent = await context.AddOneAsync();
        Job child = await context.AddOneAsync(ParentReference.To(parent.Id, DependencyCondition.Either));
        await context.CommitAsync(Linking(To(child, parent)));
        Snapshots.ExpectEqual(child.ToSnapshot(), (await context.GetAsync(child.Id)).ToSnapshot(), "The child");
        await context.CancelAsync(parent.Id);
        await context.ExpectStateAsync(JobState.StagedIn, child.Id, "the child");
    }

    private static async Task Unwritable(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(3);
        Job waiting = await context.AddOneAsync(ParentReference.To(jobs[0].Id));
        await context.Store.DeleteAsync(new JobDeletion { Ids = [jobs[1].Id] }, CancellationToken.None);
        foreach ((Job child, AddParentsProblemKind kind) in ((Job, AddParentsProblemKind)[])[(jobs[1], AddParentsProblemKind.ChildNotFound), (jobs[2], AddParentsProblemKind.ChildNotWaiting)])
        {
            AddParentsRefusedException refusal = await RefusedAsync(context, new JobCommit
            {
                Changes = [new JobChange(await context.GetAsync(jobs[0].Id)).Apply(JobTrigger.Preprocessed, context.Now)],
                Additions = [StoreConformanceContext.Addition()],
                Links = [To(waiting, jobs[2]), To(child, jobs[0])],
            });
            Check.Equal((child.Id, kind), (refusal.Child, refusal.Kind), "The child that the refusal names, and why");
        }

        await context.ExpectStateAsync(JobState.StagedIn, jobs[0].Id, "the job that the refused commit changes");
        Check.Sequence([jobs[0].Id], (await context.GetAsync(waiting.Id)).Parents.Select(edge => edge.Parent), "The parents of the other child");
    }

    private static async Task MissingParent(StoreConformanceContext context)
    {
        Job parent = await context.AddOneAsync();
        Job child = await context.AddOneAsync(ParentReference.To(parent.Id));
        AddParentsRefusedException refusal = await RefusedAsync(context, new JobCommit
        {
            Additions = [StoreConformanceContext.Addition()],
            Links = [new JobLink(child.Id, ParentReference.ToIndex(0)), new JobLink(child.Id, ParentReference.To(new JobId(1_000_000)))],
        });
        Check.Equal((child.Id, AddParentsProblemKind.ParentNotFound), (refusal.Child, refusal.Kind), "The child that the refusal names, and why");
        Check.That(refusal.Message.Contains("1000000", StringComparison.Ordinal), $"the message names the parent; it was: {refusal.Message}");
    }

    private static async Task Circle(StoreConformanceContext context)
    {
        IReadOnlyList<Job> chain = await context.AddAsync(
            StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(0)), StoreConformanceContext.Addition(ParentReference.ToIndex(1)),
            StoreConformanceContext.Addition(ParentReference.ToIndex(0)));
        JobCommit[] circles =
        [
            Linking(To(chain[1], chain[1])),
            Linking(To(chain[1], chain[2])),
            Linking(To(chain[1], chain[3]), To(chain[3], chain[2])),
            new JobCommit
            {
                Additions = [StoreConformanceContext.Addition(ParentReference.ToIndex(1)), StoreConformanceContext.Addition(ParentReference.To(chain[2].Id))],
                Links = [new JobLink(chain[1].Id, ParentReference.ToIndex(0))],
            },
        ];
        foreach (JobCommit circle in circles)
        {
            Check.Equal(AddParentsProblemKind.Cycle, (await RefusedAsync(context, circle)).Kind, "Why the link is refused");
        }

        string message = (await RefusedAsync(context, circles[1])).Message;
        Check.That(message.Contains($"job {chain[1].Id} after job {chain[2].Id} after job {chain[1].Id}", StringComparison.Ordinal), $"the message names the circle; it was: {message}");
        await context.CommitAsync(Linking(To(chain[2], chain[3])));
        Check.Equal(AddParentsProblemKind.Cycle, (await RefusedAsync(context, Linking(To(chain[3], chain[2])))).Kind, "Why a link against an earlier link is refused");
    }

    private static async Task CircleThroughFailed(StoreConformanceContext context)
    {
        IReadOnlyList<Job> gates = await context.AddManyAsync(2);
        Job child = await context.AddOneAsync(ParentReference.To(gates[0].Id));
        Job failed = await context.AddOneAsync(ParentReference.To(child.Id), ParentReference.To(gates[1].Id));
        await context.CancelAsync(gates[1].Id);
        await context.ExpectStateAsync(JobState.Failed, failed.Id, "the job whose other parent failed");
        Check.Equal(AddParentsProblemKind.Cycle, (await RefusedAsync(context, Linking(To(child, failed, DependencyCondition.SuccessOrHold)))).Kind, "Why the link is refused");
    }

    private static async Task NoCircle(StoreConformanceContext context)
    {
        Job gate = await context.AddOneAsync();
        Job child = await context.AddOneAsync(ParentReference.To(gate.Id));
        Job descendant = await context.AddOneAsync(ParentReference.To(child.Id, DependencyCondition.Either));
        await context.CancelAsync(child.Id);
        await context.MoveAsync(descendant.Id, JobTrigger.Preprocessed);
        await context.MoveAsync(child.Id, JobTrigger.ParentRestarted);
        await context.CommitAsync(Linking(To(child, descendant)));
        await context.FinishAsync(gate.Id);
        await context.ExpectStateAsync(JobState.AwaitingParents, child.Id, "the child");
        await context.FinishAsync(descendant.Id);
        await context.ExpectStateAsync(JobState.StagedIn, child.Id, "the child of two finished parents");
    }

    private static async Task ManyParents(StoreConformanceContext context)
    {
        Job splitter = await context.AddOneAsync();
        Job reducer = await context.AddOneAsync(ParentReference.To(splitter.Id));
        IReadOnlyList<Job> mappers = await context.CommitAsync(new JobCommit
        {
            Changes = [context.Towards(splitter, JobState.JobFinished)],
            Additions = [.. Enumerable.Repeat(StoreConformanceContext.Addition(ParentReference.To(splitter.Id)), Many)],
            Links = [.. Enumerable.Range(0, Many).Select(i => new JobLink(reducer.Id, ParentReference.ToIndex(i)))],
        });
        await context.CommitAsync(new JobCommit { Changes = [.. mappers.SkipLast(1).Select(job => context.Towards(job, JobState.JobFinished))] });
        await context.ExpectStateAsync(JobState.AwaitingParents, reducer.Id, "the child that waits for one more");
        await context.FinishAsync(mappers[^1].Id);
        await context.ExpectStateAsync(JobState.StagedIn, reducer.Id, "the child");
    }

    private static async Task Unguarded(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(2);
        Job child = await context.AddOneAsync(ParentReference.To(jobs[0].Id));
        JobChange edit = new JobChange(child).Edit(fields => fields with { Priority = 7 }, context.Now);
        IReadOnlyList<CommitResult> results = await context.Store.CommitAsync([new JobCommit { Changes = [edit] }, Linking(To(child, jobs[1]))], CancellationToken.None);
        Check.Sequence([true, true], results.Select(result => result.IsWritten), "What was written");
        Job linked = await context.GetAsync(child.Id);
        Check.Equal((7, 2), (linked.Priority, linked.Parents.Length), "The priority and the number of parents");
        CommitResult stale = await context.TryCommitAsync(new JobCommit { Changes = [new JobChange(edit.After).Edit(fields => fields with { Priority = 8 }, context.Now)] });
        Check.That(stale.Refusal is JobConcurrencyException, "a change made before the link is stale");
    }

    private static async Task Mistakes(StoreConformanceContext context)
    {
        Job parent = await context.AddOneAsync();
        Job child = await context.AddOneAsync(ParentReference.To(parent.Id));
        JobCommit[] mistakes =
        [
            new() { Changes = [context.Cancellation(child)], Links = [To(child, parent)] },
            Linking(new JobLink(child.Id, ParentReference.ToIndex(0))),
            new() { Additions = [StoreConformanceContext.Addition()], Links = [new JobLink(child.Id, ParentReference.ToIndex(1))] },
            Linking(new JobLink(child.Id, ParentReference.ToIndex(-1))),
        ];
        foreach (JobCommit mistake in mistakes)
        {
            await Check.ThrowsAsync<ArgumentException>(() => context.Store.CommitAsync([new JobCommit { Additions = [StoreConformanceContext.Addition()] }, mistake], CancellationToken.None), "A mistaken commit");
        }

        Check.Equal(2, (await context.AllJobsAsync()).Count, "The jobs");
    }

    private static async Task Reopened(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(2);
        Job child = await context.AddOneAsync(ParentReference.To(jobs[0].Id));
        await context.CommitAsync(Linking(To(child, jobs[1])));
        await context.Fixture.ReopenAsync();
        await context.FinishAsync(jobs[0].Id);
        await context.ExpectStateAsync(JobState.AwaitingParents, child.Id, "the child after reopening");
        await context.FinishAsync(jobs[1].Id);
        await context.ExpectStateAsync(JobState.StagedIn, child.Id, "the child");
    }
}
