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
        new("Delete_ManyJobs_IsOneWrite", "5,000 jobs are deleted in one call.", Many),
    ];

    private static Task<DeleteResult> DeleteAsync(StoreConformanceContext context, params IEnumerable<JobId> ids) => context.Store.DeleteAsync([.. ids], CancellationToken.None);

    private static async Task Gone(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(3);
        await context.FinishAsync(jobs[1].Id);
        DeleteResult result = await DeleteAsync(context, jobs[0].Id, jobs[1].Id);
        Check.SameSet([jobs[0].Id, jobs[1].Id], result.Deleted, "The deleted jobs");
        Check.Equal(0, result.Kept.Count, "Kept jobs");
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
        DeleteResult result = await DeleteAsync(context, new JobId(77), job.Id, new JobId(long.MaxValue));
        Check.Sequence([job.Id], result.Deleted, "The deleted jobs");
        Check.SameSet([new JobId(77), new JobId(long.MaxValue)], result.Kept.Keys, "The numbers without a job");
        Check.That(result.Kept.Values.All(reason => reason.Length > 0), "each has a reason");
    }

    private static async Task Held(StoreConformanceContext context)
    {
        Job job = await context.AddOneAsync();
        LauncherSession session = await context.OpenSessionAsync();
        await context.StartAsync(session, job.Id);
        DeleteResult result = await DeleteAsync(context, job.Id);
        Check.That(result.Deleted.Count == 0 && result.Kept[job.Id].Contains("host", StringComparison.Ordinal), "the reason names the launcher that holds the job");
        await context.CancelAsync(job.Id);
        Check.Equal(0, (await DeleteAsync(context, job.Id)).Deleted.Count, "Deleted jobs while the holder may still run it");
        await context.Store.ReleaseAsync(session.Token, [job.Id], CancellationToken.None);
        Check.Sequence([job.Id], (await DeleteAsync(context, job.Id)).Deleted, "The deleted jobs after the release");
    }

    private static async Task Needed(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(
            StoreConformanceContext.Addition(), StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(0), ParentReference.ToIndex(1)));
        await context.FinishAsync(jobs[0].Id);
        DeleteResult result = await DeleteAsync(context, jobs[0].Id, jobs[1].Id);
        Check.Equal(0, result.Deleted.Count, "Deleted parents of a waiting child");
        Check.That(result.Kept.Values.All(reason => reason.Contains(jobs[2].Id.ToString(), StringComparison.Ordinal)), "the reasons name the waiting child");
        await context.FinishAsync(jobs[1].Id);
        await context.ExpectStateAsync(JobState.StagedIn, jobs[2].Id, "the child");
    }

    private static async Task Together(StoreConformanceContext context)
    {
        foreach (bool parentFirst in (bool[])[true, false])
        {
            IReadOnlyList<Job> jobs = await context.AddAsync(
                StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(0)), StoreConformanceContext.Addition(ParentReference.ToIndex(1)));
            DeleteResult result = await DeleteAsync(context, jobs.Select(job => job.Id).OrderBy(id => parentFirst ? id.Value : -id.Value));
            Check.SameSet(jobs.Select(job => job.Id), result.Deleted, $"The deleted jobs, {(parentFirst ? "parent" : "child")} first");
        }

        Check.Equal(0L, await TotalAsync(context), "Jobs left");
    }

    private static async Task Line(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(
            StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(0)), StoreConformanceContext.Addition(ParentReference.ToIndex(1)), StoreConformanceContext.Addition());
        DeleteResult result = await DeleteAsync(context, jobs[0].Id, jobs[1].Id, jobs[3].Id);
        Check.Sequence([jobs[3].Id], result.Deleted, "The deleted jobs");
        Check.SameSet([jobs[0].Id, jobs[1].Id], result.Kept.Keys, "The kept line");
        await context.FinishAsync(jobs[0].Id);
        await context.FinishAsync(jobs[1].Id);
        await context.ExpectStateAsync(JobState.StagedIn, jobs[2].Id, "the last of the line");
    }

    private static async Task EndedChild(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(0)));
        await context.FinishAsync(jobs[0].Id);
        Check.Sequence([jobs[0].Id], (await DeleteAsync(context, jobs[0].Id)).Deleted, "The deleted parent of a child that is awake");
        await context.FinishAsync(jobs[1].Id);
        Check.Sequence([jobs[0].Id], (await context.GetAsync(jobs[1].Id)).Parents.Select(edge => edge.Parent), "The child's parents, as they were");
    }

    private static async Task WaitingChild(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(0)));
        Check.Sequence([jobs[1].Id], (await DeleteAsync(context, jobs[1].Id)).Deleted, "The deleted child");
        await context.FinishAsync(jobs[0].Id);
        await context.RestartAsync(jobs[0].Id);
        await context.CancelAsync(jobs[0].Id);
        await context.RestartAsync(jobs[0].Id);
        Check.Sequence([jobs[0].Id], (await DeleteAsync(context, jobs[0].Id)).Deleted, "The deleted parent");
        Check.Equal(0L, await TotalAsync(context), "Jobs left");
    }

    private static async Task Twice(StoreConformanceContext context)
    {
        Job job = await context.AddOneAsync();
        DeleteResult result = await DeleteAsync(context, job.Id, job.Id);
        Check.Sequence([job.Id], result.Deleted, "The deleted jobs");
        Check.SameSet([job.Id], (await DeleteAsync(context, job.Id)).Kept.Keys, "The missing jobs");
    }

    private static async Task Many(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(5_000);
        DeleteResult result = await DeleteAsync(context, jobs.Select(job => job.Id));
        Check.Equal(5_000, result.Deleted.Count, "Deleted jobs");
        Check.Equal(0L, await TotalAsync(context), "Jobs left");
        Check.Equal(0, (await context.AllEventsAsync()).Count, "Events left");
    }

    private static async Task<long> TotalAsync(StoreConformanceContext context) => (await context.Store.CountAsync(JobFilter.All, CancellationToken.None)).Total;
}
