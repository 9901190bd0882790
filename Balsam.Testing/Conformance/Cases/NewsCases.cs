namespace Balsam.Testing.Conformance.Cases;

/// <summary>What a waiting launcher is told.</summary>
internal static class NewsCases
{
    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        new("News_ForANewSession_AreThere", "A new session is told at once to look.", First),
        new("News_JobAdded_WakesTheLauncher", "A job that may be claimed wakes the launchers of its site.", Added),
        new("News_JobOfAnotherSite_WakesNobodyElse", "A job of another site wakes nobody here.", OtherSite),
        new("News_ParentFinished_WakesForItsChild", "A child that wakes wakes the launchers too.", ChildWakes),
        new("News_JobReleased_WakesOthers", "A job that is released, or whose session is closed or recovered, wakes the launchers.", Released),
        new("News_UserCancelsAHeldJob_TellsTheHolderWhich", "A launcher is told of each job it holds that somebody else changed; others are not.", Cancelled),
        new("News_OwnWrites_AreNoNews", "A launcher is not told of its own writes.", OwnWrites),
        new("News_Waiting_CanBeCancelled", "A waiting launcher can be cancelled, and misses nothing by it.", WaitCancelled),
        new("News_SessionClosed_EndsTheWait", "A launcher that waits while its session is swept is told that its lease is lost.", SessionClosed),
    ];

    private static Task<SessionNews> WaitAsync(StoreConformanceContext context, LauncherSession session) => context.Store.WaitForNewsAsync(session.Token, CancellationToken.None);

    /// <summary>Opens a session and takes the news that it starts with.</summary>
    private static async Task<LauncherSession> OpenAsync(StoreConformanceContext context, string site = "local", TimeSpan? lease = null)
    {
        LauncherSession session = await context.OpenSessionAsync(lease, site);
        await WaitAsync(context, session);
        return session;
    }

    private static async Task First(StoreConformanceContext context)
    {
        SessionNews news = await WaitAsync(context, await context.OpenSessionAsync());
        Check.That(news.MayClaim && news.Changed.IsEmpty, "a new session may claim, and nothing of it was changed");
    }

    private static async Task Added(StoreConformanceContext context)
    {
        LauncherSession session = await OpenAsync(context);
        Task<SessionNews> wait = WaitAsync(context, session);
        Check.That(!wait.IsCompleted, "there is no news before something happens");
        await context.AddOneAsync();
        Check.That((await wait).MayClaim, "a new job may be claimed");
        Task<SessionNews> next = WaitAsync(context, session);
        await context.AddManyAsync(2);
        Check.That((await next).MayClaim, "the next jobs may be claimed");
    }

    private static async Task OtherSite(StoreConformanceContext context)
    {
        LauncherSession here = await OpenAsync(context);
        LauncherSession there = await OpenAsync(context, "theta");
        Task<SessionNews> waitHere = WaitAsync(context, here);
        Task<SessionNews> waitThere = WaitAsync(context, there);
        await context.AddAsync(StoreConformanceContext.Addition() with { Site = "theta" });
        await waitThere;
        Check.That(!waitHere.IsCompleted, "another site's job is no news");
        await context.AddOneAsync();
        await waitHere;
    }

    private static async Task ChildWakes(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(0)));
        LauncherSession session = await OpenAsync(context);
        Job running = await context.StartAsync(session, jobs[0].Id);
        Task<SessionNews> wait = WaitAsync(context, session);
        await context.CommitAsync(context.Towards(running, JobState.JobFinished), session.Token);
        Check.That((await wait).MayClaim, "the child may be claimed");
        Check.Sequence([jobs[1].Id], (await context.ClaimAsync(session)).Select(job => job.Id), "The claim");
    }

    private static async Task Released(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(1);
        LauncherSession other = await OpenAsync(context, lease: TimeSpan.FromDays(1));
        LauncherSession holder = await context.OpenSessionAsync();
        await context.ClaimAsync(holder);
        Task<SessionNews> wait = WaitAsync(context, other);
        await context.Store.ReleaseAsync(holder.Token, [jobs[0].Id], CancellationToken.None);
        Check.That((await wait).MayClaim, "a released job may be claimed");

        await context.ClaimAsync(holder);
        wait = WaitAsync(context, other);
        await context.Store.CloseSessionAsync(holder.Token, CancellationToken.None);
        Check.That((await wait).MayClaim, "a job of a closed session may be claimed");

        LauncherSession lost = await context.OpenSessionAsync();
        await context.ClaimAsync(lost);
        wait = WaitAsync(context, other);
        context.Fixture.Advance(TimeSpan.FromHours(1));
        await context.Store.RecoverAsync(SiteName.Local, CancellationToken.None);
        Check.That((await wait).MayClaim, "a job of a lost session may be claimed");
        Check.Equal(1, (await context.ClaimAsync(other)).Count, "Jobs claimed");
    }

    private static async Task Cancelled(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(3);
        LauncherSession holder = await OpenAsync(context);
        LauncherSession other = await OpenAsync(context);
        await context.StartAsync(holder, jobs[0].Id);
        await context.StartAsync(holder, jobs[1].Id);
        Task<SessionNews> wait = WaitAsync(context, holder);
        Task<SessionNews> otherWait = WaitAsync(context, other);
        await context.CancelAsync(jobs[0].Id);
        SessionNews news = await wait;
        Check.Sequence([jobs[0].Id], news.Changed, "The jobs that were changed");
        await context.CancelAsync(jobs[2].Id);
        await context.CancelAsync(jobs[1].Id);
        news = await WaitAsync(context, holder);
        Check.Sequence([jobs[1].Id], news.Changed, "The jobs that were changed next");
        Check.That(!otherWait.IsCompleted, "a session that holds nothing is not told");
    }

    private static async Task OwnWrites(StoreConformanceContext context)
    {
        Job job = await context.AddOneAsync();
        LauncherSession session = await OpenAsync(context);
        Job running = await context.StartAsync(session, job.Id);
        Task<SessionNews> wait = WaitAsync(context, session);
        Job done = await context.CommitAsync(context.Towards(running, JobState.RunDone), session.Token, keepLease: true);
        Check.That(!wait.IsCompleted, "an own write that keeps the job is no news");
        await context.CommitAsync(context.Towards(done, JobState.JobFinished), session.Token);
        Check.That(!wait.IsCompleted, "an own write that ends a job without children is no news");
        await context.AddOneAsync();
        Check.That((await wait).Changed.IsEmpty, "none of its jobs was changed by others");
    }

    private static async Task WaitCancelled(StoreConformanceContext context)
    {
        LauncherSession session = await OpenAsync(context);
        using var cancel = new CancellationTokenSource();
        Task<SessionNews> wait = context.Store.WaitForNewsAsync(session.Token, cancel.Token);
        await cancel.CancelAsync();
        await Check.ThrowsAsync<OperationCanceledException>(() => wait, "A cancelled wait");
        await context.AddOneAsync();
        Check.That((await WaitAsync(context, session)).MayClaim, "the job that came after the cancelled wait is news");
    }

    private static async Task SessionClosed(StoreConformanceContext context)
    {
        LauncherSession closed = await OpenAsync(context);
        Task<SessionNews> wait = WaitAsync(context, closed);
        await context.Store.CloseSessionAsync(closed.Token, CancellationToken.None);
        await Check.ThrowsAsync<LeaseLostException>(() => wait, "The wait of a closed session");
        LauncherSession lost = await OpenAsync(context);
        wait = WaitAsync(context, lost);
        context.Fixture.Advance(TimeSpan.FromHours(1));
        await context.Store.RecoverAsync(SiteName.Local, CancellationToken.None);
        await Check.ThrowsAsync<LeaseLostException>(() => wait, "The wait of a swept session");
    }
}
