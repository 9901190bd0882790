using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>Sessions and leases: epochs, expiry, recovery.</summary>
internal static class LeaseCases
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        new("Session_Opened_IsListedWithWhatItSaid", "An open session is listed, oldest first, with its request; a closed one is not.", Listed),
        new("Session_Expired_IsNotListed", "A session whose lease has expired is not listed, swept or not; a renewed one is.", ExpiredNotListed),
        new("Leases_OfJobs_NameHolderAndInstant", "Of the jobs asked, those that a session holds are given in the order asked, with the session and when it claimed them.", Holders),
        new("Leases_Released_AreGone", "A job that was released, has ended, was swept from an expired lease, or whose session was closed, is held by nobody.", HoldersGone),
        new("Session_Epoch_RisesWithEach", "Each session has a higher epoch than the one before.", Epochs),
        new("Session_Closed_ReleasesAndTimesOut", "Closing a session makes its RUNNING jobs RUN_TIMEOUT and gives the others back as they are.", Closed),
        new("Lease_Closed_WritesNothing", "Nothing can be written, claimed or renewed under a closed lease.", RefusedAfterClose),
        new("Lease_OldEpoch_WritesNothing", "Nothing can be written, claimed or renewed under another epoch than the session's.", RefusedOldEpoch),
        new("Lease_Unknown_WritesNothing", "Nothing can be written, claimed or renewed under a session that never was.", RefusedUnknown),
        new("Lease_Expired_WritesNothing", "Nothing can be written, claimed or renewed under an expired lease, swept or not.", RefusedExpired),
        new("Lease_OfAnotherSession_CannotWriteMyJobs", "A session cannot write jobs that another holds, or that nobody holds.", ForeignJobs),
        new("Lease_User_WritesWithoutOne", "A user's change needs no lease, whoever holds the job.", UserWrites),
        new("Lease_Renewed_DoesNotExpire", "A renewed lease lasts its full duration from then.", Renewed),
        new("Lease_ExpiredAndRecovered_ReleasesItsJobs", "Recovery makes RUNNING jobs of an expired lease RUN_TIMEOUT by a lost launcher, and the others claimable.", Recovered),
        new("Lease_WallClockJump_ExpiresNobody", "A wall clock that is set forward or back expires no lease, and keeps none alive.", WallClock),
        new("Recover_OfASite_LeavesOthersAlone", "Recovery touches only the site asked for, and only what is lost.", OtherSites),
        new("Recover_RunningWithoutSession_TimesOut", "A job that is RUNNING while nobody holds it is recovered.", Orphans),
    ];

    private static async Task Listed(StoreConformanceContext context)
    {
        var request = new SessionRequest
        {
            Site = "theta", Host = "nödé", ProcessId = 4711, LeaseDuration = TimeSpan.FromSeconds(90),
            Filter = new TagFilter("queue", "mine"), EndsAt = context.Now.AddMinutes(41).ToStoredInstant(),
            Nodes = [new NodeSpec("n1", 8, 2, MemorySize.FromGibibytes(1.5)) { Custom = new Dictionary<string, ResourceAmount> { ["licence"] = 2 } }], Applications = ["A", "B"],
        };
        LauncherSession opened = await context.Store.OpenSessionAsync(request, CancellationToken.None);
        LauncherSession second = await context.OpenSessionAsync();
        Check.Equal(context.Now.ToStoredInstant(), opened.OpenedAt, "OpenedAt");
        IReadOnlyList<LauncherSession> sessions = await context.Store.ListSessionsAsync(CancellationToken.None);
        Check.Sequence([opened.Token, second.Token], sessions.Select(session => session.Token), "The open sessions");
        SessionRequest listed = sessions[0].Request;
        Check.Equal((request.Site, request.Host, request.ProcessId, request.LeaseDuration), (listed.Site, listed.Host, listed.ProcessId, listed.LeaseDuration), "The request");
        Check.Equal((request.Filter, request.EndsAt), (listed.Filter, listed.EndsAt), "The filter and the end");
        Check.Sequence(request.Applications, listed.Applications, "The applications");
        Check.Sequence(["n1: 8 cores, 2 GPUs, 1.5 GiB"], listed.Nodes.Select(node => node.ToString()), "The nodes");
        Check.Equal((ResourceAmount)2, listed.Nodes[0].Custom["licence"], "The custom resource of the node");
        await context.Store.CloseSessionAsync(opened.Token, CancellationToken.None);
        Check.Sequence([second.Token], (await context.Store.ListSessionsAsync(CancellationToken.None)).Select(session => session.Token), "The sessions left");
    }

    private static async Task ExpiredNotListed(StoreConformanceContext context)
    {
        LauncherSession lost = await context.OpenSessionAsync(Lease);
        LauncherSession alive = await context.OpenSessionAsync(Lease);
        context.Fixture.Advance(Lease / 2);
        await context.Store.RenewAsync(alive.Token, CancellationToken.None);
        context.Fixture.Advance((Lease / 2) + TimeSpan.FromSeconds(1));
        Check.Sequence([alive.Token], (await context.Store.ListSessionsAsync(CancellationToken.None)).Select(session => session.Token), "The sessions alive before the sweep");
        await context.Store.RecoverAsync(SiteName.Local, CancellationToken.None);
        Check.Sequence([alive.Token], (await context.Store.ListSessionsAsync(CancellationToken.None)).Select(session => session.Token), "The sessions alive after the sweep");
        Check.That(lost.Token != alive.Token, "the sessions differ");
    }

    private static async Task Holders(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(4);
        LauncherSession first = await context.OpenSessionAsync();
        LauncherSession second = await context.OpenSessionAsync();
        DateTimeOffset early = context.Now.ToStoredInstant();
        await context.ClaimAsync(first, 1);
        context.Fixture.Advance(TimeSpan.FromSeconds(10));
        DateTimeOffset late = context.Now.ToStoredInstant();
        await context.ClaimAsync(second, 2);
        await context.CommitAsync(context.Towards(jobs[0], JobState.Running), first.Token, keepLease: true);
        IReadOnlyList<JobLease> leases = await context.Store.FindLeasesAsync([jobs[2].Id, jobs[3].Id, new JobId(4711), jobs[0].Id], CancellationToken.None);
        Check.Sequence([(jobs[2].Id, second.Token, late), (jobs[0].Id, first.Token, early)], leases.Select(lease => (lease.Job, lease.Holder.Token, lease.Since)), "Who holds what since when");
    }

    private static async Task HoldersGone(StoreConformanceContext context)
    {
        LauncherSession session = await context.OpenSessionAsync(Lease);
        await context.AddManyAsync(3);
        IReadOnlyList<Job> jobs = await context.ClaimAsync(session);
        JobId[] ids = [.. jobs.Select(job => job.Id)];
        await context.Store.ReleaseAsync(session.Token, [ids[0]], CancellationToken.None);
        await context.CommitAsync(context.Towards(jobs[1], JobState.JobFinished), session.Token);
        Check.Sequence([ids[2]], await HeldAsync(), "Held after a release and an end");
        context.Fixture.Advance(Lease + TimeSpan.FromSeconds(1));
        Check.Sequence([ids[2]], await HeldAsync(), "Held under an expired lease that was not swept");
        await context.Store.RecoverAsync(SiteName.Local, CancellationToken.None);
        Check.Sequence([], await HeldAsync(), "Held after the sweep");
        LauncherSession next = await context.OpenSessionAsync();
        await context.ClaimAsync(next);
        Check.Sequence([ids[0], ids[2]], await HeldAsync(), "Held by the next session");
        await context.Store.CloseSessionAsync(next.Token, CancellationToken.None);
        Check.Sequence([], await HeldAsync(), "Held after the session was closed");

        async Task<IEnumerable<JobId>> HeldAsync() => (await context.Store.FindLeasesAsync(ids, CancellationToken.None)).Select(lease => lease.Job);
    }

    private static async Task Epochs(StoreConformanceContext context)
    {
        long last = 0;
        for (int i = 0; i < 3; i++)
        {
            LauncherSession session = await context.OpenSessionAsync();
            Check.That(session.Token.Epoch > last, $"an epoch above {last}; it was {session.Token.Epoch}");
            last = session.Token.Epoch;
            await context.Store.CloseSessionAsync(session.Token, CancellationToken.None);
        }

        LauncherSession[] open = [.. await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => context.OpenSessionAsync()))];
        Check.Equal(8, open.Select(session => session.Token.Epoch).Where(epoch => epoch > last).Distinct().Count(), "Different epochs of sessions opened at once");
    }

    private static async Task<IReadOnlyList<Job>> HoldThreeAsync(StoreConformanceContext context, LauncherSession session)
    {
        await context.AddManyAsync(3);
        IReadOnlyList<Job> jobs = await context.ClaimAsync(session);
        await context.CommitAsync(context.Towards(jobs[0], JobState.Running), session.Token, keepLease: true);
        await context.CommitAsync(context.Towards(jobs[1], JobState.Preprocessed), session.Token, keepLease: true);
        return await context.AllJobsAsync();
    }

    private static async Task Closed(StoreConformanceContext context)
    {
        LauncherSession session = await context.OpenSessionAsync();
        IReadOnlyList<Job> jobs = await HoldThreeAsync(context, session);
        await context.Store.CloseSessionAsync(session.Token, CancellationToken.None);
        Job ended = await context.GetAsync(jobs[0].Id);
        Check.Equal(JobState.RunTimeout, ended.State, "The job that ran");
        Check.Equal(FailureKind.LauncherStopped, ended.Failure?.Kind, "Why it was ended");
        Check.Equal(0, LauncherLosses.Count(await context.Store.ReadHistoryAsync(jobs[0].Id, CancellationToken.None)), "The launchers that its history says it has lost");
        IReadOnlyList<Job> claimed = await context.ClaimAsync(await context.OpenSessionAsync());
        Check.Sequence([JobState.RunTimeout, JobState.Preprocessed, JobState.StagedIn], claimed.Select(job => job.State), "What another session can claim");
        Snapshots.ExpectEqual(jobs[1].ToSnapshot(), claimed[1].ToSnapshot(), "A job that was held and not running");
    }

    private static async Task ExpectLostAsync(StoreConformanceContext context, LeaseToken lease, IReadOnlyList<Job> held)
    {
        IReadOnlyList<Job> before = await context.AllJobsAsync();
        foreach (Job job in held)
        {
            Job current = await context.GetAsync(job.Id);
            CommitResult result = await context.TryCommitAsync(new JobCommit
            {
                Lease = lease, Changes = [new JobChange(current).Edit(fields => fields with { Priority = 99 }, context.Now)], Additions = [StoreConformanceContext.Addition()],
            });
            Check.That(result.Refusal is LeaseLostException, $"a commit under a lost lease is refused as such; it was {result.Refusal?.GetType().Name ?? "written"}");
        }

        CommitResult addition = await context.TryCommitAsync(new JobCommit { Lease = lease, Additions = [StoreConformanceContext.Addition()] });
        Check.That(addition.Refusal is LeaseLostException, "additions under a lost lease are refused");
        ClaimRequest request = StoreConformanceContext.Wanting(new LauncherSession(lease, new SessionRequest { Site = "local", Host = "", ProcessId = 1 }, context.Now));
        await Check.ThrowsAsync<LeaseLostException>(() => context.Store.ClaimAsync(request, CancellationToken.None), "A claim under a lost lease");
        await Check.ThrowsAsync<LeaseLostException>(() => context.Store.RenewAsync(lease, CancellationToken.None), "Renewing a lost lease");
        await Check.ThrowsAsync<LeaseLostException>(() => context.Store.WaitForNewsAsync(lease, CancellationToken.None), "Waiting for news under a lost lease");
        IReadOnlyList<JobLease> leases = await HoldersOfAsync();
        await Check.ThrowsAsync<LeaseLostException>(() => context.Store.ReleaseAsync(lease, [.. held.Select(job => job.Id)], CancellationToken.None), "A release under a lost lease");
        await Check.ThrowsAsync<LeaseLostException>(() => context.Store.CloseSessionAsync(lease, CancellationToken.None), "Closing a session under a lost lease");
        Check.Sequence(leases, await HoldersOfAsync(), "Who holds the jobs");
        Check.Sequence(before.Select(job => (job.Id, job.Version)), (await context.AllJobsAsync()).Select(job => (job.Id, job.Version)), "The jobs and their versions");

        Task<IReadOnlyList<JobLease>> HoldersOfAsync() => context.Store.FindLeasesAsync([.. held.Select(job => job.Id)], CancellationToken.None);
    }

    private static async Task RefusedAfterClose(StoreConformanceContext context)
    {
        LauncherSession session = await context.OpenSessionAsync();
        IReadOnlyList<Job> jobs = await HoldThreeAsync(context, session);
        await context.Store.CloseSessionAsync(session.Token, CancellationToken.None);
        await ExpectLostAsync(context, session.Token, jobs);
    }

    private static async Task RefusedOldEpoch(StoreConformanceContext context)
    {
        LauncherSession session = await context.OpenSessionAsync();
        IReadOnlyList<Job> jobs = await HoldThreeAsync(context, session);
        await ExpectLostAsync(context, session.Token with { Epoch = session.Token.Epoch - 1 }, jobs);
        await ExpectLostAsync(context, session.Token with { Epoch = session.Token.Epoch + 1 }, jobs);
        await context.CommitAsync(context.Towards(jobs[0], JobState.RunDone), session.Token);
    }

    private static async Task RefusedUnknown(StoreConformanceContext context)
    {
        LauncherSession session = await context.OpenSessionAsync();
        IReadOnlyList<Job> jobs = await HoldThreeAsync(context, session);
        await ExpectLostAsync(context, session.Token with { Session = SessionId.New(context.Now) }, jobs);
    }

    private static async Task RefusedExpired(StoreConformanceContext context)
    {
        LauncherSession session = await context.OpenSessionAsync(Lease);
        IReadOnlyList<Job> jobs = await HoldThreeAsync(context, session);
        context.Fixture.Advance(Lease + TimeSpan.FromSeconds(1));
        await ExpectLostAsync(context, session.Token, jobs);
        await context.ExpectStateAsync(JobState.Running, jobs[0].Id, "the running job before the sweep");
        await context.Store.RecoverAsync(SiteName.Local, CancellationToken.None);
        await ExpectLostAsync(context, session.Token, jobs);
    }

    private static async Task ForeignJobs(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(2);
        LauncherSession holder = await context.OpenSessionAsync();
        LauncherSession other = await context.OpenSessionAsync();
        await context.ClaimAsync(holder, 1);
        foreach (Job job in jobs)
        {
            CommitResult result = await context.TryCommitAsync(new JobCommit { Lease = other.Token, Changes = [context.Towards(job, JobState.Preprocessed)] });
            Check.That(result.Refusal is LeaseLostException, $"a write of job {job.Id} that the session does not hold is refused");
            await context.ExpectStateAsync(JobState.StagedIn, job.Id, "the job");
        }
    }

    private static async Task UserWrites(StoreConformanceContext context)
    {
        Job job = await context.AddOneAsync();
        LauncherSession holder = await context.OpenSessionAsync();
        Job running = await context.StartAsync(holder, job.Id);
        await context.CancelAsync(job.Id);
        CommitResult late = await context.TryCommitAsync(new JobCommit { Lease = holder.Token, Changes = [context.Towards(running, JobState.RunDone)] });
        Check.That(late.Refusal is JobConcurrencyException, "the launcher's late write is refused by the version");
        await context.ExpectStateAsync(JobState.Failed, job.Id, "the cancelled job");
    }

    private static async Task Renewed(StoreConformanceContext context)
    {
        LauncherSession session = await context.OpenSessionAsync(Lease);
        IReadOnlyList<Job> jobs = await HoldThreeAsync(context, session);
        for (int i = 0; i < 3; i++)
        {
            context.Fixture.Advance(Lease - TimeSpan.FromSeconds(1));
            await context.Store.RenewAsync(session.Token, CancellationToken.None);
        }

        context.Fixture.Advance(Lease - TimeSpan.FromSeconds(1));
        Check.Equal(0, (await context.Store.RecoverAsync(SiteName.Local, CancellationToken.None)).Count, "Jobs recovered from a renewed lease");
        await context.CommitAsync(context.Towards(jobs[0], JobState.RunDone), session.Token);
    }

    private static async Task Recovered(StoreConformanceContext context)
    {
        LauncherSession lost = await context.OpenSessionAsync(Lease);
        IReadOnlyList<Job> jobs = await HoldThreeAsync(context, lost);
        context.Fixture.Advance(Lease + TimeSpan.FromSeconds(1));
        LauncherSession next = await context.OpenSessionAsync();
        IReadOnlyList<JobId> recovered = await context.Store.RecoverAsync(SiteName.Local, CancellationToken.None);
        Check.Sequence([jobs[0].Id], recovered, "The jobs recovered");
        Job ended = await context.GetAsync(jobs[0].Id);
        Check.Equal((JobState.RunTimeout, FailureKind.LauncherLost), (ended.State, ended.Failure?.Kind ?? default), "The recovered job");
        JobEvent step = (await context.Store.ReadHistoryAsync(jobs[0].Id, CancellationToken.None))[^1];
        Check.Equal(JobTrigger.RunTimedOut, step.Trigger, "The last step of the recovered job");
        Check.Equal(1, LauncherLosses.Count(await context.Store.ReadHistoryAsync(jobs[0].Id, CancellationToken.None)), "The launchers that its history says it has lost");
        Check.Sequence([next.Token], (await context.Store.ListSessionsAsync(CancellationToken.None)).Select(session => session.Token), "The sessions left");
        Check.Sequence([JobState.RunTimeout, JobState.Preprocessed, JobState.StagedIn], (await context.ClaimAsync(next)).Select(job => job.State), "What can be claimed");
        Check.Equal(0, (await context.Store.RecoverAsync(SiteName.Local, CancellationToken.None)).Count, "Jobs recovered by a second sweep");
    }

    private static async Task WallClock(StoreConformanceContext context)
    {
        LauncherSession session = await context.OpenSessionAsync(Lease);
        IReadOnlyList<Job> jobs = await HoldThreeAsync(context, session);
        if (!context.Fixture.TryJumpWallClock(TimeSpan.FromDays(1)))
        {
            return;
        }

        await ExpectAliveAsync("forward");
        context.Fixture.TryJumpWallClock(TimeSpan.FromDays(-800));
        await ExpectAliveAsync("back");
        await context.CommitAsync(context.Towards(jobs[0], JobState.RunDone), session.Token);
        context.Fixture.Advance(Lease + TimeSpan.FromSeconds(1));
        Check.Equal(0, (await context.Store.ListSessionsAsync(CancellationToken.None)).Count, "Sessions alive once the lease has run out, with the clock far behind");
        await Check.ThrowsAsync<LeaseLostException>(() => context.Store.RenewAsync(session.Token, CancellationToken.None), "Renewing it then");

        async Task ExpectAliveAsync(string direction)
        {
            Check.Equal(0, (await context.Store.RecoverAsync(SiteName.Local, CancellationToken.None)).Count, $"Jobs recovered after the clock was set {direction}");
            Check.Equal(1, (await context.Store.ListSessionsAsync(CancellationToken.None)).Count, $"Sessions alive after the clock was set {direction}");
            await context.Store.RenewAsync(session.Token, CancellationToken.None);
        }
    }

    private static async Task OtherSites(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(StoreConformanceContext.Addition(), StoreConformanceContext.Addition(), StoreConformanceContext.Addition() with { Site = "theta" });
        LauncherSession theta = await context.OpenSessionAsync(Lease, "theta");
        LauncherSession lost = await context.OpenSessionAsync(Lease);
        await context.StartAsync(theta, jobs[2].Id);
        await context.StartAsync(lost, jobs[0].Id);
        context.Fixture.Advance(Lease + TimeSpan.FromSeconds(1));
        LauncherSession alive = await context.OpenSessionAsync();
        await context.StartAsync(alive, jobs[1].Id);
        Check.Sequence([jobs[0].Id], await context.Store.RecoverAsync(SiteName.Local, CancellationToken.None), "The jobs recovered in one site");
        await context.ExpectStateAsync(JobState.Running, jobs[1].Id, "the job of a launcher that lives");
        await context.ExpectStateAsync(JobState.Running, jobs[2].Id, "the job of another site");
        Check.Sequence([jobs[2].Id], await context.Store.RecoverAsync("theta", CancellationToken.None), "The jobs recovered in the other site");
    }

    private static async Task Orphans(StoreConformanceContext context)
    {
        Job job = await context.AddOneAsync();
        await context.BringToAsync(job.Id, JobState.Running);
        Check.Sequence([job.Id], await context.Store.RecoverAsync(SiteName.Local, CancellationToken.None), "The jobs recovered");
        await context.ExpectStateAsync(JobState.RunTimeout, job.Id, "the job that nobody ran");
        Check.Equal(1, LauncherLosses.Count(await context.Store.ReadHistoryAsync(job.Id, CancellationToken.None)), "The launchers that its history says it has lost");
    }
}
