using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>Jobs that wait for their time.</summary>
internal static class ClaimTimeCases
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        new("Claim_NotBefore_DelaysTheJobAndTellsWhen", "A job is not claimed before its time; the claim tells when the next one is due.", Delays),
        new("Claim_NotBeforeEdited_CountsAsItIsNow", "Bringing a job's time forward or taking it away makes it claimable.", Edited),
        new("Claim_NotBeforeReleased_StillDelays", "Holding and releasing a job does not make it forget its time.", Released),
        new("Claim_NotBeforePassed_KeepsTheOrder", "Jobs whose time has come stand in line by priority and number.", Order),
    ];

    private static Task<Job> DelayAsync(StoreConformanceContext context, Job job, TimeSpan? by) => context.CommitAsync(
        new JobChange(job).Edit(fields => fields with { NotBefore = context.Now + by }, context.Now));

    private static async Task Delays(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(3);
        Job later = await DelayAsync(context, jobs[0], 2 * Minute);
        Job sooner = await DelayAsync(context, jobs[1], Minute);
        LauncherSession session = await context.OpenSessionAsync(TimeSpan.FromDays(1));
        ClaimResult claim = await context.ClaimAsync(StoreConformanceContext.Wanting(session));
        Check.Sequence([jobs[2].Id], claim.Jobs.Select(job => job.Id), "The claim before the time");
        Check.Equal(sooner.NotBefore, claim.NextDue, "NextDue");
        context.Fixture.Advance(Minute);
        claim = await context.ClaimAsync(StoreConformanceContext.Wanting(session));
        Check.Sequence([jobs[1].Id], claim.Jobs.Select(job => job.Id), "The claim after a minute");
        Check.Equal(later.NotBefore, claim.NextDue, "NextDue after a minute");
        context.Fixture.Advance(Minute);
        claim = await context.ClaimAsync(StoreConformanceContext.Wanting(session));
        Check.Sequence([jobs[0].Id], claim.Jobs.Select(job => job.Id), "The claim after two minutes");
        Check.Equal(null, claim.NextDue, "NextDue when nothing waits");
    }

    private static async Task Edited(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(3);
        Job[] delayed = [await DelayAsync(context, jobs[0], 9 * Minute), await DelayAsync(context, jobs[1], 9 * Minute), await DelayAsync(context, jobs[2], 9 * Minute)];
        await DelayAsync(context, delayed[0], null);
        await DelayAsync(context, delayed[1], TimeSpan.Zero);
        await context.CancelAsync(delayed[2].Id);
        ClaimResult claim = await context.ClaimAsync(StoreConformanceContext.Wanting(await context.OpenSessionAsync()));
        Check.Sequence([jobs[0].Id, jobs[1].Id], claim.Jobs.Select(job => job.Id), "The claim");
        Check.Equal(null, claim.NextDue, "NextDue when the last delayed job was cancelled");
    }

    private static async Task Released(StoreConformanceContext context)
    {
        Job job = await context.AddOneAsync();
        LauncherSession session = await context.OpenSessionAsync();
        Job claimed = (await context.ClaimAsync(session))[0];
        JobChange retry = context.Towards(claimed, JobState.Running).Apply(JobTrigger.RunFailed, context.Now).Apply(JobTrigger.RetryRequested, context.Now)
            .Edit(fields => fields with { NotBefore = context.Now + Minute }, context.Now);
        await context.CommitAsync(retry, session.Token);
        Check.Equal(0, (await context.ClaimAsync(session)).Count, "Jobs before the time of the retry");
        context.Fixture.Advance(Minute);
        Check.Sequence([job.Id], (await context.ClaimAsync(session)).Select(next => next.Id), "Jobs at the time of the retry");
    }

    private static async Task Order(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync([.. Enumerable.Range(0, 4).Select(i => StoreConformanceContext.Addition() with { Priority = i % 2 })]);
        await DelayAsync(context, jobs[3], Minute);
        await DelayAsync(context, jobs[0], 2 * Minute);
        context.Fixture.Advance(3 * Minute);
        Check.Sequence([jobs[1].Id, jobs[3].Id, jobs[0].Id, jobs[2].Id], (await context.ClaimAsync(await context.OpenSessionAsync())).Select(job => job.Id), "The order");
    }
}
