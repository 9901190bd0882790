using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>Jobs that bring files in and give files out, and jobs that are to be cleaned up.</summary>
internal static class TransferCases
{
    private static readonly TransferItem In = new() { Slot = "in", Direction = TransferDirection.In, Remote = TransferAddress.Parse("laptop:/in"), LocalPath = "in" };
    private static readonly TransferItem Out = new() { Slot = "out", Direction = TransferDirection.Out, Remote = TransferAddress.Parse("archive:/out"), LocalPath = "out" };

    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        new("Transfer_In_KeepsTheJobReady", "A job with files to bring in is READY when the add returns, its items PENDING, and can be claimed there.", Ready),
        new("Transfer_In_OfAChild_BeginsWithItsLastParent", "The items of a child are AWAITING_JOB until its parents have finished.", Child),
        new("Inputs_OfParents_KeepTheChildReady", "A child that gets files of its parents waits in READY for them; without parents there is nothing to wait for.", Inputs),
        new("Transfer_In_OfAChildThatComesBack_BeginsAnew", "A child that comes back with its parent has its items to bring in again.", ComesBack),
        new("Transfer_Out_KeepsNoJobFromBeginning", "A job that only gives files out is STAGED_IN when the add returns, and wakes its children once it has finished.", OnlyOut),
        new("Transfer_InASubmit_BeginsAtTheBeginning", "Whatever an addition says of how far its items are, nothing has been tried.", Forged),
        new("Transfer_Progress_IsGuardedByVersion", "Of two who say how far an item is, one is refused.", Guarded),
        new("Transfer_Delayed_IsClaimedLater", "A job whose item waits for another try is claimed when its time has come.", Delayed),
        new("Transfer_Query_FindsJobsByTheirItems", "Jobs are found by state, direction and location of an item, also once they have ended.", Queries),
        new("Cleanup_Query_FindsWhatIsLeft", "Jobs that are to be cleaned up are found until they are, are restarted, or are deleted.", Cleanup),
        new("Transfer_AfterReopening_IsWhereItWas", "Items are where they were when the store is opened again, and their jobs can be claimed.", Reopened, needsDurability: true),
        new("Cleanup_AfterReopening_IsStillPending", "What was to be cleaned up is found when the store is opened again.", CleanupReopened, needsDurability: true),
    ];

    private static JobAddition With(TransferItem[] items, params IEnumerable<ParentReference> parents) => StoreConformanceContext.Addition(parents) with { Transfers = [.. items] };

    private static async Task<Job> AddAsync(StoreConformanceContext context, TransferItem[] items, params IEnumerable<ParentReference> parents) => (await context.AddAsync(With(items, parents)))[0];

    private static async Task ExpectAsync(StoreConformanceContext context, JobId id, JobState state, params TransferState[] items)
    {
        Job job = await context.GetAsync(id);
        Check.Equal(state, job.State, $"The state of job {id}");
        Check.Sequence(items, job.Transfers.Select(item => item.State), $"The items of job {id}");
    }

    private static async Task<IEnumerable<JobId>> FindAsync(StoreConformanceContext context, JobFilter filter)
    {
        IReadOnlyList<Job> found = await context.Store.QueryAsync(new JobSelector { Filter = filter }, CancellationToken.None);
        Check.Equal((long)found.Count, (await context.Store.CountAsync(filter, CancellationToken.None)).Total, $"The count of jobs with {filter}");
        return found.Select(job => job.Id);
    }

    private static async Task Ready(StoreConformanceContext context)
    {
        Job job = await AddAsync(context, [In, Out]);
        await ExpectAsync(context, job.Id, JobState.Ready, TransferState.Pending, TransferState.AwaitingJob);
        Check.Sequence([JobState.Ready], (await context.Store.ReadHistoryAsync(job.Id, CancellationToken.None)).Select(step => step.To), "The states reached");
        LauncherSession session = await context.OpenSessionAsync();
        Check.Sequence([job.Id], (await context.ClaimAsync(session)).Select(claimed => claimed.Id), "The claim");
        JobChange change = new JobChange(await context.GetAsync(job.Id)).EditTransfer("in", item => item with { State = TransferState.Active }, context.Now);
        await context.CommitAsync(change, session.Token, keepLease: true);
        await context.CommitAsync(context.Arrive(new JobChange(await context.GetAsync(job.Id))).Apply(JobTrigger.StagedIn, context.Now), session.Token);
        await ExpectAsync(context, job.Id, JobState.StagedIn, TransferState.Done, TransferState.AwaitingJob);
        await context.BringToAsync(job.Id, JobState.Postprocessed);
        await ExpectAsync(context, job.Id, JobState.Postprocessed, TransferState.Done, TransferState.Pending);
        await context.FinishAsync(job.Id);
        await ExpectAsync(context, job.Id, JobState.JobFinished, TransferState.Done, TransferState.Done);
    }

    private static async Task Child(StoreConformanceContext context)
    {
        Job parent = await context.AddOneAsync();
        Job child = await AddAsync(context, [In], ParentReference.To(parent.Id));
        await ExpectAsync(context, child.Id, JobState.AwaitingParents, TransferState.AwaitingJob);
        await context.FinishAsync(parent.Id);
        await ExpectAsync(context, child.Id, JobState.Ready, TransferState.Pending);
    }

    private static async Task Inputs(StoreConformanceContext context)
    {
        Job parent = await context.AddOneAsync();
        IReadOnlyList<Job> jobs = await context.AddAsync(
            StoreConformanceContext.Addition() with { HasInputsFromParents = true }, StoreConformanceContext.Addition(ParentReference.To(parent.Id)) with { HasInputsFromParents = true });
        await context.ExpectStateAsync(JobState.StagedIn, jobs[0].Id, "the job without parents");
        await context.FinishAsync(parent.Id);
        await context.ExpectStateAsync(JobState.Ready, jobs[1].Id, "the child");
        await context.MoveAsync(jobs[1].Id, JobTrigger.StagedIn);
    }

    private static async Task ComesBack(StoreConformanceContext context)
    {
        Job parent = await context.AddOneAsync();
        Job child = await AddAsync(context, [In], ParentReference.To(parent.Id));
        await context.CancelAsync(parent.Id);
        await ExpectAsync(context, child.Id, JobState.Failed, TransferState.AwaitingJob);
        await context.RestartAsync(parent.Id);
        await context.FinishAsync(parent.Id);
        await ExpectAsync(context, child.Id, JobState.Ready, TransferState.Pending);
        await context.CommitAsync(new JobChange(await context.GetAsync(child.Id)).EditTransfer("in", item => item with { State = TransferState.Failed, Error = "gone" }, context.Now)
            .Fail(JobTrigger.TransferFailed, context.Now, new FailureDetails { Kind = FailureKind.Transfer, Message = "gone" }));
        await ExpectAsync(context, child.Id, JobState.Failed, TransferState.Failed);
        await context.MoveAsync(child.Id, JobTrigger.ParentRestarted);
        await ExpectAsync(context, child.Id, JobState.Ready, TransferState.Pending);
    }

    private static async Task OnlyOut(StoreConformanceContext context)
    {
        Job job = await AddAsync(context, [Out]);
        Job child = await context.AddOneAsync(ParentReference.To(job.Id));
        await ExpectAsync(context, job.Id, JobState.StagedIn, TransferState.AwaitingJob);
        await context.BringToAsync(job.Id, JobState.Postprocessed);
        await context.ExpectStateAsync(JobState.AwaitingParents, child.Id, "the child of a job whose files are on their way");
        await context.FinishAsync(job.Id);
        await context.ExpectStateAsync(JobState.StagedIn, child.Id, "the child");
        await context.RestartAsync(job.Id);
        await ExpectAsync(context, job.Id, JobState.RestartReady, TransferState.AwaitingJob);
    }

    private static async Task Forged(StoreConformanceContext context)
    {
        Job job = await AddAsync(context, [In with { State = TransferState.Done, Attempts = 4, Error = "x", Files = 1, Bytes = 1 }]);
        Check.Sequence([In with { State = TransferState.Pending }], job.Transfers, "The items");
    }

    private static async Task Guarded(StoreConformanceContext context)
    {
        Job job = await AddAsync(context, [In]);
        JobChange Say(string error) => new JobChange(job).EditTransfer("in", item => item with { Error = error }, context.Now);
        await context.CommitAsync(Say("first"));
        CommitResult second = await context.TryCommitAsync(new JobCommit { Changes = [Say("second")] });
        Check.That(second.Refusal is JobConcurrencyException, "the second is refused for the version");
        Check.Equal("first", (await context.GetAsync(job.Id)).Transfers[0].Error, "The error");
    }

    private static async Task Delayed(StoreConformanceContext context)
    {
        Job job = await AddAsync(context, [In]);
        LauncherSession session = await context.OpenSessionAsync(TimeSpan.FromDays(1));
        IReadOnlyList<Job> claimed = await context.ClaimAsync(session);
        await context.CommitAsync(
            new JobChange(claimed[0]).EditTransfer("in", item => item with { Attempts = 1, Error = "no answer" }, context.Now).Edit(fields => fields with { NotBefore = context.Now + TimeSpan.FromMinutes(1) }, context.Now),
            session.Token);
        Check.Equal(0, (await context.ClaimAsync(session)).Count, "Jobs claimed before the time");
        context.Fixture.Advance(TimeSpan.FromMinutes(1));
        Job again = (await context.ClaimAsync(session)).Single();
        Check.Equal(job.Id, again.Id, "The job claimed");
        Check.Equal(In with { State = TransferState.Pending, Attempts = 1, Error = "no answer" }, again.Transfers[0], "Its item");
    }

    private static async Task Queries(StoreConformanceContext context)
    {
        Job plain = await context.AddOneAsync();
        Job[] jobs = [.. await context.AddAsync(With([In, Out]), With([In]), With([Out]), With([In with { Remote = TransferAddress.Parse("https://host/in") }]))];
        await context.FinishAsync(jobs[0].Id);
        await context.FinishAsync(plain.Id);
        await context.BringToAsync(jobs[2].Id, JobState.Postprocessed);
        foreach ((TransferFilter filter, int[] places) in (IEnumerable<(TransferFilter, int[])>)
            [
                (new TransferFilter(), [0, 1, 2, 3]), (new TransferFilter(Location: "laptop"), [0, 1]), (new TransferFilter(Location: "archive"), [0, 2]), (new TransferFilter(Location: "lap"), []),
                (new TransferFilter(TransferState.Pending), [1, 2, 3]), (new TransferFilter(TransferState.Pending, TransferDirection.In), [1, 3]),
                (new TransferFilter(TransferState.Pending, Location: "archive"), [2]), (new TransferFilter(TransferState.Done), [0]), (new TransferFilter(TransferState.Done, Location: "laptop"), [0]),
                (new TransferFilter(Direction: TransferDirection.Out), [0, 2]), (new TransferFilter(TransferState.Failed), []), (new TransferFilter(TransferState.AwaitingJob), []),
            ])
        {
            Check.Sequence(places.Select(place => jobs[place].Id), await FindAsync(context, filter), $"The jobs with {filter}");
        }

        Check.Sequence([plain.Id], await FindAsync(context, new TransferFilter().Not()), "The jobs without transfers");
    }

    private static async Task<Job> FinishAsync(StoreConformanceContext context, JobId id) =>
        await context.CommitAsync(context.Towards(await context.GetAsync(id), JobState.JobFinished).Edit(fields => fields with { IsCleanupPending = true }, context.Now));

    private static async Task Cleanup(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(6);
        foreach (Job job in jobs.Take(4))
        {
            await FinishAsync(context, job.Id);
        }

        await context.FinishAsync(jobs[4].Id);
        Check.Sequence(jobs.Take(4).Select(job => job.Id), await FindAsync(context, new CleanupPendingFilter()), "What is to be cleaned up");
        await context.CommitAsync(new JobChange(await context.GetAsync(jobs[0].Id)).Edit(fields => fields with { IsCleanupPending = false }, context.Now));
        await context.RestartAsync(jobs[1].Id);
        await context.DeleteAsync(jobs[2].Id);
        Check.Sequence([jobs[3].Id], await FindAsync(context, new CleanupPendingFilter()), "What is left to be cleaned up");
        await FinishAsync(context, jobs[1].Id);
        Check.Sequence([jobs[1].Id, jobs[3].Id], await FindAsync(context, new CleanupPendingFilter()), "What is to be cleaned up after the second run");
    }

    private static async Task Reopened(StoreConformanceContext context)
    {
        Job[] jobs = [.. await context.AddAsync(With([In, Out]), With([In, Out]), With([Out]), With([In]))];
        Job active = await context.CommitAsync(new JobChange(jobs[0]).EditTransfer("in", item => item with { State = TransferState.Active, Attempts = 2, Error = "cut off", Bytes = 7 }, context.Now));
        await context.FinishAsync(jobs[1].Id);
        Job outgoing = await context.BringToAsync(jobs[2].Id, JobState.Postprocessed);
        Job finished = await context.GetAsync(jobs[1].Id);
        await context.Fixture.ReopenAsync();
        foreach (Job job in (Job[])[active, finished, outgoing, jobs[3]])
        {
            Snapshots.ExpectEqual(job.ToSnapshot(), (await context.GetAsync(job.Id)).ToSnapshot(), $"Job {job.Id} after reopening");
        }

        Check.Sequence([jobs[2].Id, jobs[3].Id], await FindAsync(context, new TransferFilter(TransferState.Pending)), "The jobs with pending items");
        Check.Sequence([jobs[0].Id], await FindAsync(context, new TransferFilter(TransferState.Active, Location: "laptop")), "The jobs with active items");
        Check.Sequence([jobs[0].Id, jobs[1].Id, jobs[2].Id], await FindAsync(context, new TransferFilter(Location: "archive")), "The jobs at the archive");
        Check.SameSet([jobs[0].Id, jobs[2].Id, jobs[3].Id], (await context.ClaimAsync(await context.OpenSessionAsync())).Select(job => job.Id), "The claim");
    }

    private static async Task CleanupReopened(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(3);
        await FinishAsync(context, jobs[0].Id);
        await context.FinishAsync(jobs[1].Id);
        await FinishAsync(context, jobs[2].Id);
        await context.Fixture.ReopenAsync();
        Check.Sequence([jobs[0].Id, jobs[2].Id], await FindAsync(context, new CleanupPendingFilter()), "What is to be cleaned up");
        await context.CommitAsync(new JobChange(await context.GetAsync(jobs[0].Id)).Edit(fields => fields with { IsCleanupPending = false }, context.Now));
        await context.Fixture.ReopenAsync();
        Check.Sequence([jobs[2].Id], await FindAsync(context, new CleanupPendingFilter()), "What is left to be cleaned up");
    }
}
