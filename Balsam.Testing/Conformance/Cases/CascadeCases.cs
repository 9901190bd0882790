using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>Deletes that take everything below the named jobs.</summary>
internal static class CascadeCases
{
    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        new("Cascade_OfAGraph_DeletesAllGenerations", "Children and their children go too, ended or waiting; others stay.", Generations),
        new("Cascade_RunningDescendant_KeepsItAndWhatIsAboveIt", "A descendant that runs is kept, with everything above it; its sisters go.", Running),
        new("Cascade_HeldDescendant_IsKept", "A descendant that a launcher holds is kept.", Held),
        new("Cascade_SharedChild_LeavesItsOtherParent", "A parent that is not below a named job stays, though its child goes.", Shared),
        new("Cascade_NamedJobThatNoLongerMatches_TakesNothingWithIt", "What lies below a named job that does not meet the filter stays; what lies below another goes.", Filtered),
        new("Cascade_OfALongLine_DeletesAll", "A line of 2,000 generations goes in one call.", LongLine),
    ];

    private static JobAddition After(params int[] places) => StoreConformanceContext.Addition(places.Select(place => ParentReference.ToIndex(place)));

    private static Task<ChangeReport> CascadeAsync(StoreConformanceContext context, JobFilter filter, params JobId[] ids) =>
        context.Store.DeleteAsync(new JobDeletion { Ids = ids, Filter = filter, Scope = DeleteScope.WithDescendants }, CancellationToken.None);

    private static Task<ChangeReport> CascadeAsync(StoreConformanceContext context, params JobId[] ids) => CascadeAsync(context, JobFilter.All, ids);

    private static async Task ExpectLeftAsync(StoreConformanceContext context, params IEnumerable<JobId> ids) =>
        Check.Sequence(ids, (await context.AllJobsAsync()).Select(job => job.Id), "The jobs left");

    private static async Task Generations(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(After(), After(0), After(0), After(1, 2), After(5), After(3), After());
        await context.FinishAsync(jobs[0].Id);
        await context.FinishAsync(jobs[1].Id);
        await context.CancelAsync(jobs[3].Id);
        ChangeReport report = await CascadeAsync(context, jobs[0].Id, jobs[2].Id);
        Check.Sequence(jobs.Take(6).Select(job => job.Id), report.Changed, "The deleted jobs");
        Check.Equal(0, report.Unchanged.Count, "Kept jobs");
        await ExpectLeftAsync(context, jobs[6].Id);
        await Histories.ExpectReplayAsync(context);
    }

    private static async Task Running(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(After(), After(0), After(1), After(0), After(2));
        await context.FinishAsync(jobs[0].Id);
        await context.FinishAsync(jobs[1].Id);
        await context.BringToAsync(jobs[2].Id, JobState.Running);
        ChangeReport report = await CascadeAsync(context, jobs[0].Id);
        Check.Sequence([jobs[3].Id, jobs[4].Id], report.Changed, "The deleted jobs");
        Check.SameSet(
            [(jobs[0].Id, WhyUnchanged.NeededByChild), (jobs[1].Id, WhyUnchanged.NeededByChild), (jobs[2].Id, WhyUnchanged.Running)],
            report.Unchanged.Select(entry => (entry.Key, entry.Value.Why)), "The reasons");
        await ExpectLeftAsync(context, jobs.Take(3).Select(job => job.Id));
    }

    private static async Task Held(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(After(), After(0));
        await context.FinishAsync(jobs[0].Id);
        LauncherSession session = await context.OpenSessionAsync();
        Check.Sequence([jobs[1].Id], (await context.ClaimAsync(session)).Select(job => job.Id), "The claim");
        ChangeReport report = await CascadeAsync(context, jobs[0].Id);
        Check.SameSet(
            [(jobs[0].Id, WhyUnchanged.NeededByChild), (jobs[1].Id, WhyUnchanged.Leased)], report.Unchanged.Select(entry => (entry.Key, entry.Value.Why)), "The reasons");
        await context.Store.ReleaseAsync(session.Token, [jobs[1].Id], CancellationToken.None);
        Check.Equal(2, (await CascadeAsync(context, jobs[0].Id)).Changed.Count, "Jobs deleted after the release");
    }

    private static async Task Shared(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(After(), After(), After(0, 1));
        Check.Sequence([jobs[0].Id, jobs[2].Id], (await CascadeAsync(context, jobs[0].Id)).Changed, "The deleted jobs");
        await context.FinishAsync(jobs[1].Id);
        await ExpectLeftAsync(context, jobs[1].Id);
    }

    private static async Task Filtered(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(After(), After(0), After(), After(2), After(3));
        await context.FinishAsync(jobs[0].Id);
        ChangeReport report = await CascadeAsync(context, new StateFilter(JobStateSet.Of(JobState.StagedIn)), jobs[0].Id, jobs[2].Id, jobs[3].Id);
        Check.Sequence([jobs[2].Id, jobs[3].Id, jobs[4].Id], report.Changed, "The deleted jobs: one of them was named and does not match, but lies below one that does");
        Check.SameSet([(jobs[0].Id, WhyUnchanged.NoLongerMatches)], report.Unchanged.Select(entry => (entry.Key, entry.Value.Why)), "The reasons");
        await ExpectLeftAsync(context, jobs[0].Id, jobs[1].Id);
    }

    private static async Task LongLine(StoreConformanceContext context)
    {
        const int Generations = 2_000;
        IReadOnlyList<Job> jobs = await context.AddAsync([.. Enumerable.Range(0, Generations).Select(i => i == 0 ? After() : After(i - 1))]);
        Check.Equal(Generations, (await CascadeAsync(context, jobs[0].Id)).Changed.Count, "The deleted jobs");
        await ExpectLeftAsync(context);
    }
}
