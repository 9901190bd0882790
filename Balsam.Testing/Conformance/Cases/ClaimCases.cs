using System.Collections.Frozen;
using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>Claims: exclusive, ordered, filtered, never above what was asked.</summary>
internal static class ClaimCases
{
    private static readonly ApplicationName Other = "Other";

    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        new("Claim_ByTwoSessions_IsExclusive", "What one session holds, another does not get, until it is released.", Exclusive),
        new("Claim_ManyAtOnce_GivesEachJobOnce", "Concurrent claims of many sessions give each job exactly once.", Concurrent),
        new("Claim_Order_IsPriorityThenAge", "Higher priority first, then lower number, over all applications, states and requests.", Order),
        new("Claim_Limit_IsNeverExceeded", "A claim brings at most its limit; 0 brings none; what is left stays for the next.", Limit),
        new("Claim_Applications_AreOnlyThoseWanted", "Only jobs of wanted applications come.", Applications),
        new("Claim_States_AreThoseWantedOfEachApplication", "Of each application only jobs in its wanted states come.", States),
        new("Claim_States_ThatNeedNoLauncherNeverCome", "Waiting, running and ended jobs are not claimed, even if asked for.", NeverClaimable),
        new("Claim_Site_IsTheSessionsOwn", "Only jobs of the session's site come.", Site),
        new("Claim_Filter_HoldsBesides", "Only jobs that match the filter come; the others stay.", Filter),
        new("Claim_LimitPerShape_CountsHeld", "Of each request for resources at most the limit comes, those held already counted, and another kind is not hidden.", PerShape),
        new("Claim_EachClaimableState_IsGivenAsItIs", "A job may be claimed in each state in which a launcher has work, and comes as stored.", EachState),
        new("Claim_AfterACommitWithoutKeeping_IsReleased", "A write under a lease releases the job, unless the lease is kept.", CommitReleases),
        new("Claim_CancelledAndHeld_IsNotClaimableUntilReleased", "A held job that a user cancels and restarts is nobody else's until its holder releases it.", CancelledAndHeld),
        new("Claim_Release_OfWhatIsNotHeldIsPassedOver", "Releasing a job that another holds, or that is gone, changes nothing.", ReleaseForeign),
    ];

    private static async Task Exclusive(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(3);
        LauncherSession first = await context.OpenSessionAsync();
        LauncherSession second = await context.OpenSessionAsync();
        IReadOnlyList<Job> claimed = await context.ClaimAsync(first, 2);
        Check.Sequence([jobs[0].Id, jobs[1].Id], claimed.Select(job => job.Id), "The first claim");
        Check.Sequence([jobs[2].Id], (await context.ClaimAsync(second)).Select(job => job.Id), "The second session's claim");
        Check.Equal(0, (await context.ClaimAsync(first)).Count, "Jobs left for the first session");
        await context.Store.ReleaseAsync(first.Token, [jobs[0].Id], CancellationToken.None);
        Check.Sequence([jobs[0].Id], (await context.ClaimAsync(second)).Select(job => job.Id), "The claim of what was released");
    }

    private static async Task Concurrent(StoreConformanceContext context)
    {
        const int Count = 600;
        await context.AddManyAsync(Count);
        LauncherSession[] sessions = [.. await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => context.OpenSessionAsync()))];
        IEnumerable<Job>[] claims = await Task.WhenAll(sessions.Select(session => Task.Run(async () =>
        {
            List<Job> all = [];
            while (await context.ClaimAsync(session, 7) is { Count: > 0 } some)
            {
                all.AddRange(some);
            }

            return all.AsEnumerable();
        })));
        JobId[] claimed = [.. claims.SelectMany(claim => claim).Select(job => job.Id)];
        Check.Equal(Count, claimed.Length, "Jobs claimed");
        Check.Equal(Count, claimed.Distinct().Count(), "Different jobs claimed");
    }

    private static async Task Order(StoreConformanceContext context)
    {
        var random = new Random(7);
        JobAddition[] additions = [.. Enumerable.Range(0, 60).Select(i => StoreConformanceContext.Addition() with
        {
            Application = i % 3 == 0 ? Other : StoreConformanceContext.App,
            Priority = random.Next(-2, 3),
            Resources = JobResources.Default with { RanksPerNode = random.Next(1, 4) },
        })];
        IReadOnlyList<Job> jobs = await context.AddAsync(additions);
        foreach (Job job in jobs.Where(job => job.Id.Value % 4 == 0))
        {
            await context.MoveAsync(job.Id, JobTrigger.Preprocessed);
        }

        LauncherSession session = await context.OpenSessionAsync();
        List<Job> claimed = [];
        while ((await context.ClaimAsync(StoreConformanceContext.Wanting(session, 9, StoreConformanceContext.App, Other))).Jobs is { Count: > 0 } some)
        {
            claimed.AddRange(some);
        }

        Check.Sequence(jobs.OrderByDescending(job => job.Priority).ThenBy(job => job.Id).Select(job => job.Id), claimed.Select(job => job.Id), "The order of the claims");
    }

    private static async Task Limit(StoreConformanceContext context)
    {
        await context.AddManyAsync(5);
        LauncherSession session = await context.OpenSessionAsync();
        foreach ((int limit, int expected) in (IEnumerable<(int, int)>)[(0, 0), (2, 2), (1, 1), (100, 2), (100, 0)])
        {
            Check.Equal(expected, (await context.ClaimAsync(session, limit)).Count, $"Jobs brought by a limit of {limit}");
        }
    }

    private static async Task Applications(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(
            StoreConformanceContext.Addition(), StoreConformanceContext.Addition() with { Application = Other }, StoreConformanceContext.Addition() with { Application = "Unknown" });
        LauncherSession session = await context.OpenSessionAsync();
        ClaimRequest none = StoreConformanceContext.Wanting(session) with { Wanted = FrozenDictionary<ApplicationName, JobStateSet>.Empty };
        Check.Equal(0, (await context.ClaimAsync(none)).Jobs.Count, "Jobs for a launcher that wants nothing");
        ClaimResult claim = await context.ClaimAsync(StoreConformanceContext.Wanting(session, 10, Other));
        Check.Sequence([jobs[1].Id], claim.Jobs.Select(job => job.Id), "The claim of one application");
        claim = await context.ClaimAsync(StoreConformanceContext.Wanting(session, 10, Other, StoreConformanceContext.App));
        Check.Sequence([jobs[0].Id], claim.Jobs.Select(job => job.Id), "The claim of two applications");
    }

    private static async Task States(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync([.. Enumerable.Range(0, 4).Select(i => StoreConformanceContext.Addition() with { Application = i < 2 ? StoreConformanceContext.App : Other })]);
        await context.MoveAsync(jobs[1].Id, JobTrigger.Preprocessed);
        await context.MoveAsync(jobs[3].Id, JobTrigger.Preprocessed);
        LauncherSession session = await context.OpenSessionAsync();
        ClaimResult claim = await context.ClaimAsync(StoreConformanceContext.Wanting(session) with
        {
            Wanted = new Dictionary<ApplicationName, JobStateSet> { [StoreConformanceContext.App] = JobStates.Runnable, [Other] = JobStateSet.Of(JobState.StagedIn) },
        });
        Check.Sequence([jobs[1].Id, jobs[2].Id], claim.Jobs.Select(job => job.Id), "The claim");
    }

    private static async Task NeverClaimable(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(
            StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(0)), StoreConformanceContext.Addition(), StoreConformanceContext.Addition());
        await context.BringToAsync(jobs[0].Id, JobState.Running);
        await context.FinishAsync(jobs[2].Id);
        await context.CancelAsync(jobs[3].Id);
        LauncherSession session = await context.OpenSessionAsync();
        ClaimResult claim = await context.ClaimAsync(StoreConformanceContext.Wanting(session) with
        {
            Wanted = new Dictionary<ApplicationName, JobStateSet> { [StoreConformanceContext.App] = JobStates.All },
        });
        Check.Sequence([], claim.Jobs.Select(job => job.State), "States claimed");
    }

    private static async Task Site(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(StoreConformanceContext.Addition(), StoreConformanceContext.Addition() with { Site = "theta" });
        LauncherSession theta = await context.OpenSessionAsync(site: "theta");
        Check.Sequence([jobs[1].Id], (await context.ClaimAsync(theta)).Select(job => job.Id), "The claim of another site");
        Check.Sequence([jobs[0].Id], (await context.ClaimAsync(await context.OpenSessionAsync())).Select(job => job.Id), "The claim of the site");
    }

    private static async Task Filter(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync([.. Enumerable.Range(0, 6).Select(i => StoreConformanceContext.Addition() with { Tags = new Dictionary<string, string> { ["n"] = $"{i % 2}" } })]);
        LauncherSession session = await context.OpenSessionAsync();
        ClaimResult claim = await context.ClaimAsync(StoreConformanceContext.Wanting(session, 2) with { Filter = new TagFilter("n", "1") });
        Check.Sequence([jobs[1].Id, jobs[3].Id], claim.Jobs.Select(job => job.Id), "The filtered claim");
        Check.Sequence([jobs[0].Id, jobs[2].Id, jobs[4].Id, jobs[5].Id], (await context.ClaimAsync(session)).Select(job => job.Id), "What was left");
    }

    private static async Task PerShape(StoreConformanceContext context)
    {
        JobResources small = JobResources.Default;
        JobResources large = small with { RanksPerNode = 8, Custom = new Dictionary<string, ResourceAmount> { ["licence"] = 1 } };
        JobResources sameAsLarge = small with { RanksPerNode = 8, Custom = new Dictionary<string, ResourceAmount> { ["licence"] = 1 } };
        IReadOnlyList<Job> jobs = await context.AddAsync([.. Enumerable.Range(0, 12).Select(i => StoreConformanceContext.Addition() with
        {
            Resources = i < 8 ? small : large, Application = i % 2 == 0 ? StoreConformanceContext.App : Other,
        })]);
        LauncherSession session = await context.OpenSessionAsync();
        ClaimRequest request = StoreConformanceContext.Wanting(session, 100, StoreConformanceContext.App, Other) with { LimitPerShape = 3, Held = new Dictionary<JobResources, int> { [sameAsLarge] = 1 } };
        Check.Sequence([jobs[0].Id, jobs[1].Id, jobs[2].Id, jobs[8].Id, jobs[9].Id], (await context.ClaimAsync(request)).Jobs.Select(job => job.Id), "The claim");
        request = request with { Held = new Dictionary<JobResources, int> { [small] = 3, [large] = 5 } };
        Check.Equal(0, (await context.ClaimAsync(request)).Jobs.Count, "Jobs when enough is held");
        Check.Equal(1, (await context.ClaimAsync(request with { Held = new Dictionary<JobResources, int> { [small] = 2, [large] = 3 } })).Jobs.Count, "Jobs when there is room for one");
    }

    private static async Task EachState(StoreConformanceContext context)
    {
        JobState[] states = [JobState.StagedIn, JobState.Preprocessed, JobState.RunDone, JobState.Postprocessed, JobState.StagedOut];
        IReadOnlyList<Job> jobs = await context.AddManyAsync(states.Length + 3);
        for (int i = 0; i < states.Length; i++)
        {
            await context.BringToAsync(jobs[i].Id, states[i]);
        }

        await context.MoveAsync(jobs[^3].Id, JobTrigger.Preprocessed, JobTrigger.Started, JobTrigger.RunFailed);
        await context.MoveAsync(jobs[^2].Id, JobTrigger.Preprocessed, JobTrigger.Started, JobTrigger.RunTimedOut);
        await context.MoveAsync(jobs[^1].Id, JobTrigger.Preprocessed, JobTrigger.Started, JobTrigger.RunFailed, JobTrigger.RetryRequested);
        IReadOnlyList<Job> claimed = await context.ClaimAsync(await context.OpenSessionAsync());
        Check.Sequence([.. states, JobState.RunError, JobState.RunTimeout, JobState.RestartReady], claimed.Select(job => job.State), "The states claimed");
        foreach (Job job in claimed)
        {
            Snapshots.ExpectEqual((await context.GetAsync(job.Id)).ToSnapshot(), job.ToSnapshot(), "The claimed job");
        }
    }

    private static async Task CommitReleases(StoreConformanceContext context)
    {
        await context.AddManyAsync(2);
        LauncherSession session = await context.OpenSessionAsync();
        LauncherSession other = await context.OpenSessionAsync();
        IReadOnlyList<Job> claimed = await context.ClaimAsync(session);
        await context.CommitAsync(context.Towards(claimed[0], JobState.Preprocessed), session.Token, keepLease: true);
        await context.CommitAsync(context.Towards(claimed[1], JobState.Preprocessed), session.Token);
        Check.Sequence([claimed[1].Id], (await context.ClaimAsync(other)).Select(job => job.Id), "The claim of the job that was let go");
        CommitResult late = await context.TryCommitAsync(new JobCommit { Changes = [context.Towards(await context.GetAsync(claimed[1].Id), JobState.Running)], Lease = session.Token });
        Check.That(late.Refusal is LeaseLostException, "a session cannot write a job that it let go");
        await context.CommitAsync(context.Towards(await context.GetAsync(claimed[0].Id), JobState.Running), session.Token);
    }

    private static async Task CancelledAndHeld(StoreConformanceContext context)
    {
        Job job = await context.AddOneAsync();
        LauncherSession holder = await context.OpenSessionAsync();
        LauncherSession other = await context.OpenSessionAsync();
        await context.StartAsync(holder, job.Id);
        await context.CancelAsync(job.Id);
        await context.RestartAsync(job.Id);
        Check.Equal(0, (await context.ClaimAsync(other)).Count, "Jobs for others while the holder may still run it");
        Check.Equal(0, (await context.ClaimAsync(holder)).Count, "Jobs for the holder itself");
        await context.Store.ReleaseAsync(holder.Token, [job.Id], CancellationToken.None);
        Check.Sequence([JobState.RestartReady], (await context.ClaimAsync(other)).Select(claimed => claimed.State), "The claim after the release");
    }

    private static async Task ReleaseForeign(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(2);
        LauncherSession holder = await context.OpenSessionAsync();
        LauncherSession other = await context.OpenSessionAsync();
        await context.ClaimAsync(holder, 1);
        await context.Store.ReleaseAsync(other.Token, [jobs[0].Id, jobs[1].Id, new JobId(99), new JobId(long.MaxValue)], CancellationToken.None);
        Check.Sequence([jobs[1].Id], (await context.ClaimAsync(other)).Select(job => job.Id), "The claim after releasing a foreign job");
        await context.Store.ReleaseAsync(holder.Token, [jobs[0].Id, jobs[0].Id], CancellationToken.None);
        Check.Sequence([jobs[0].Id], (await context.ClaimAsync(other)).Select(job => job.Id), "The claim after its holder let it go twice");
    }
}
