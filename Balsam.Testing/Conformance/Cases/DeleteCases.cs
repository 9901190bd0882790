using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>Deletes: what went, what did not, and why.</summary>
internal static class DeleteCases
{
    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        new("Delete_Jobs_AreGoneEverywhere", "A deleted job is in no read, no count, no history and no claim.", Gone),
        new("Delete_Missing_IsKeptWithTheReason", "A number without a job is reported as such; the others of the call are deleted.", Missing),
        new("Delete_Held_IsKeptWithTheReason", "A job that a launcher holds is not deleted until it is released.", Held),
        new("Delete_ParentOfAWaitingChild_IsKeptWithTheReason", "A job that another waits for is not deleted; the reason names the other.", Needed),
        new("Delete_ParentTogetherWithItsChildren_DeletesAll", "Parent and children are deleted together, however the call orders them.", Together),
        new("Delete_ParentOfAChildThatIsKept_IsKept", "What a kept job waits for is kept, along the whole line.", Line),
        new("Delete_ParentOfAnEndedChild_IsDeleted", "A child that waits no longer keeps nobody.", EndedChild),
        new("Delete_WaitingChild_LeavesItsParentsFree", "A deleted child is woken by nobody, and its parent may go.", WaitingChild),
        new("Delete_Twice_DeletesOnce", "A number given twice is deleted once, and is missing the next time.", Twice),
        new("Delete_RunningWithoutALauncher_IsKept", "A job that is RUNNING is kept even when nobody holds it: its processes may live.", Running),
        new("Delete_FilterNoLongerMet_KeepsTheJob", "A job that does not meet the filter inside the transaction is kept, and so is what it waits for.", Filtered),
        new("Delete_ManyJobs_IsOneWrite", "5,000 jobs are deleted in one call.", Many),
    ];

    private static async Task Gone(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(3);
        await context.FinishAsync(jobs[1].Id);
        ChangeReport result = await context.DeleteAsync(jobs[0].Id, jobs[1].Id);
        Check.SameSet([jobs[0].Id, jobs[1].Id], result.Changed, "The deleted jobs");
        Check.Equal(0, result.Unchanged.Count, "Kept jobs");
        Check.Sequence([jobs[2].Id], (await context.AllJobsAsync()).Select(job => job.Id), "The stored jobs");
        Check.Sequence([jobs[2].Id], (await context.Store.FindAsync([.. jobs.Select(job => job.Id)], CancellationToken.None)).Select(job => job.Id), "The jobs found");
        Check.Equal(1L, (await context.Store.CountAsync(JobFilter.All, CancellationToken.None)).Total, "The count");
        Check.Equal(0, (await context.Store.ReadHistoryAsync(jobs[1].Id, CancellationToken.None)).Count, "Events of a deleted job");
        Check.Sequence([jobs[2].Id], (await context.ClaimAsync(await context.OpenSessionAsync())).Select(job => job.Id), "The claim");
        await Histories.ExpectReplayAsync(context);
    }

    private static async Task Missing(StoreConformanceContext context)
    {
        Job job = await context.AddOneAsync();
        ChangeReport result = await context.DeleteAsync(new JobId(77), job.Id, new JobId(long.MaxValue));
        Check.Sequence([job.Id], result.Changed, "The deleted jobs");
        Check.SameSet([new JobId(77), new JobId(long.MaxValue)], result.Unchanged.Keys, "The numbers without a job");
        Check.That(result.Unchanged.Values.All(reason => reason is { Why: WhyUnchanged.Missing, Message.Length: > 0 }), "each has a reason");
    }

    private static async Task Held(StoreConformanceContext context)
    {
        Job job = await context.AddOneAsync();
        LauncherSession session = await context.OpenSessionAsync();
        await context.StartAsync(session, job.Id);
        ChangeReport result = await context.DeleteAsync(job.Id);
        Check.That(result.Changed.Count == 0 && result.Unchanged[job.Id].Message.Contains("host", StringComparison.Ordinal), "the reason names the launcher that holds the job");
        await context.CancelAsync(job.Id);
        ChangeReport early = await context.DeleteAsync(job.Id);
        Check.Equal(0, early.Changed.Count, "Deleted jobs while the holder may still run it");
        Check.That(early.Unchanged[job.Id].Message.EndsWith("try again once that is done", StringComparison.Ordinal), "a job that has ended is not to be cancelled first");
        await context.Store.ReleaseAsync(session.Token, [job.Id], CancellationToken.None);
        Check.Sequence([job.Id], (await context.DeleteAsync(job.Id)).Changed, "The deleted jobs after the release");
    }

    private static async Task Needed(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(
            StoreConformanceContext.Addition(), StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(0), ParentReference.ToIndex(1)));
        await context.FinishAsync(jobs[0].Id);
        ChangeReport result = await context.DeleteAsync(jobs[0].Id, jobs[1].Id);
        Check.Equal(0, result.Changed.Count, "Deleted parents of a waiting child");
        Check.That(result.Unchanged.Values.All(reason => reason.Message.Contains(jobs[2].Id.ToString(), StringComparison.Ordinal)), "the reasons name the waiting child");
        await context.FinishAsync(jobs[1].Id);
        await context.ExpectStateAsync(JobState.StagedIn, jobs[2].Id, "the child");
    }

    private static async Task Together(StoreConformanceContext context)
    {
        foreach (bool parentFirst in (bool[])[true, false])
        {
            IReadOnlyList<Job> jobs = await context.AddAsync(
                StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(0)), StoreConformanceContext.Addition(ParentReference.ToIndex(1)));
            ChangeReport result = await context.DeleteAsync(jobs.Select(job => job.Id).OrderBy(id => parentFirst ? id.Value : -id.Value));
            Check.SameSet(jobs.Select(job => job.Id), result.Changed, $"The deleted jobs, {(parentFirst ? "parent" : "child")} first");
        }

        Check.Equal(0L, await TotalAsync(context), "Jobs left");
    }

    private static async Task Line(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(
            StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(0)), StoreConformanceContext.Addition(ParentReference.ToIndex(1)), StoreConformanceContext.Addition());
        ChangeReport result = await context.DeleteAsync(jobs[0].Id, jobs[1].Id, jobs[3].Id);
        Check.Sequence([jobs[3].Id], result.Changed, "The deleted jobs");
        Check.SameSet([jobs[0].Id, jobs[1].Id], result.Unchanged.Keys, "The kept line");
        await context.FinishAsync(jobs[0].Id);
        await context.FinishAsync(jobs[1].Id);
        await context.ExpectStateAsync(JobState.StagedIn, jobs[2].Id, "the last of the line");
    }

    private static async Task EndedChild(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(0)));
        await context.FinishAsync(jobs[0].Id);
        Check.Sequence([jobs[0].Id], (await context.DeleteAsync(jobs[0].Id)).Changed, "The deleted parent of a child that is awake");
        await context.FinishAsync(jobs[1].Id);
        Check.Sequence([jobs[0].Id], (await context.GetAsync(jobs[1].Id)).Parents.Select(edge => edge.Parent), "The child's parents, as they were");
    }

    private static async Task WaitingChild(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(0)));
        Check.Sequence([jobs[1].Id], (await context.DeleteAsync(jobs[1].Id)).Changed, "The deleted child");
        await context.FinishAsync(jobs[0].Id);
        await context.RestartAsync(jobs[0].Id);
        await context.CancelAsync(jobs[0].Id);
        await context.RestartAsync(jobs[0].Id);
        Check.Sequence([jobs[0].Id], (await context.DeleteAsync(jobs[0].Id)).Changed, "The deleted parent");
        Check.Equal(0L, await TotalAsync(context), "Jobs left");
    }

    private static async Task Twice(StoreConformanceContext context)
    {
        Job job = await context.AddOneAsync();
        ChangeReport result = await context.DeleteAsync(job.Id, job.Id);
        Check.Sequence([job.Id], result.Changed, "The deleted jobs");
        Check.SameSet([job.Id], (await context.DeleteAsync(job.Id)).Unchanged.Keys, "The missing jobs");
    }

    private static async Task Running(StoreConformanceContext context)
    {
        Job job = await context.AddOneAsync();
        await context.BringToAsync(job.Id, JobState.Running);
        ChangeReport result = await context.DeleteAsync(job.Id);
        Check.That(result.Changed.Count == 0 && result.Unchanged[job.Id].Why == WhyUnchanged.Running, "a running job is kept, and the reason says so");
        await context.CancelAsync(job.Id);
        Check.Sequence([job.Id], (await context.DeleteAsync(job.Id)).Changed, "The deleted jobs after the cancel");
    }

    private static async Task Filtered(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(0)), StoreConformanceContext.Addition());
        ChangeReport result = await context.Store.DeleteAsync(
            new JobDeletion { Ids = [.. jobs.Select(job => job.Id)], Filter = new StateFilter(JobStateSet.Of(JobState.StagedIn)) }, CancellationToken.None);
        Check.Sequence([jobs[2].Id], result.Changed, "The deleted jobs");
        Check.SameSet(
            [(jobs[0].Id, WhyUnchanged.NeededByChild), (jobs[1].Id, WhyUnchanged.NoLongerMatches)], result.Unchanged.Select(entry => (entry.Key, entry.Value.Why)), "The reasons");
    }

    private static async Task Many(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(5_000);
        ChangeReport result = await context.DeleteAsync(jobs.Select(job => job.Id));
        Check.Equal(5_000, result.Changed.Count, "Deleted jobs");
        Check.Equal(0L, await TotalAsync(context), "Jobs left");
        Check.Equal(0, (await context.AllEventsAsync()).Count, "Events left");
    }

    private static async Task<long> TotalAsync(StoreConformanceContext context) => (await context.Store.CountAsync(JobFilter.All, CancellationToken.None)).Total;
}
