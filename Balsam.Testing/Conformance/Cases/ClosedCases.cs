using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>Opening and closing the store itself.</summary>
internal static class ClosedCases
{
    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        new("Store_OpenedTwice_IsOpen", "Opening an open store does nothing.", OpenedTwice),
        new("Store_Description_SaysWhatItIs", "The store describes itself in words.", Description),
        new("Store_Disposed_ThrowsStoreException", "Every call of a disposed store says so with a StoreException, all in the same words; disposing again does nothing.", Disposed),
        new("Store_DisposedWhileWaiting_EndsTheWaits", "Waits for events and news end with a StoreException when the store is disposed.", DisposedWhileWaiting),
        new("Store_DisposedWhileWriting_AnswersEveryWrite", "Every write under way when the store is disposed is either acknowledged or refused.", DisposedWhileWriting),
    ];

    private static async Task OpenedTwice(StoreConformanceContext context)
    {
        Job job = await context.AddOneAsync();
        await context.Store.OpenAsync(CancellationToken.None);
        await context.ExpectStateAsync(JobState.StagedIn, job.Id, "the job");
    }

    private static Task Description(StoreConformanceContext context)
    {
        Check.That(!string.IsNullOrWhiteSpace(context.Store.Description), "the store describes itself");
        return Task.CompletedTask;
    }

    private static async Task Disposed(StoreConformanceContext context)
    {
        Job job = await context.AddOneAsync();
        LauncherSession session = await context.OpenSessionAsync();
        await context.Store.DisposeAsync();
        await context.Store.DisposeAsync();
        IJobStore store = context.Store;
        CancellationToken none = CancellationToken.None;
        string? words = null;
        foreach ((string call, Func<Task> act) in (IEnumerable<(string, Func<Task>)>)
            [
                ("OpenAsync", () => store.OpenAsync(none)), ("CommitAsync", () => store.CommitAsync([new JobCommit()], none)), ("DeleteAsync", () => store.DeleteAsync(new JobDeletion { Ids = [job.Id] }, none)), ("FindDescendantsAsync", () => store.FindDescendantsAsync([job.Id], none)),
                ("ChangeAsync", () => store.ChangeAsync(new JobBulkChange { Ids = [job.Id], Rule = (_, _) => JobDecision.Refuse(WhyUnchanged.Invalid, "no") }, none)),
                ("FindAsync", () => store.FindAsync([job.Id], none)), ("QueryAsync", () => store.QueryAsync(new JobSelector(), none)),
                ("CountAsync", () => store.CountAsync(JobFilter.All, none)), ("ReadEventsAsync", () => store.ReadEventsAsync(0, 1, none)),
                ("ReadEventsBeforeAsync", () => store.ReadEventsBeforeAsync(1, 1, none)),
                ("ReadHistoryAsync", () => store.ReadHistoryAsync(job.Id, none)), ("GetLastSequenceAsync", () => store.GetLastSequenceAsync(none)),
                ("WaitForEventsAsync", () => store.WaitForEventsAsync(0, none)), ("OpenSessionAsync", () => context.OpenSessionAsync()),
                ("RenewAsync", () => store.RenewAsync(session.Token, none)), ("CloseSessionAsync", () => store.CloseSessionAsync(session.Token, none)),
                ("RecoverAsync", () => store.RecoverAsync(SiteName.Local, none)), ("ListSessionsAsync", () => store.ListSessionsAsync(none)), ("ListLaunchersAsync", () => store.ListLaunchersAsync(none)),
                ("RegisterApplicationsAsync", () => store.RegisterApplicationsAsync([], none)), ("ListApplicationsAsync", () => store.ListApplicationsAsync(none)),
                ("FindLeasesAsync", () => store.FindLeasesAsync([job.Id], none)),
                ("ClaimAsync", () => store.ClaimAsync(StoreConformanceContext.Wanting(session), none)), ("ReleaseAsync", () => store.ReleaseAsync(session.Token, [job.Id], none)),
                ("WaitForNewsAsync", () => store.WaitForNewsAsync(session.Token, none)),
            ])
        {
            StoreException refusal = await Check.ThrowsAsync<StoreException>(act, $"{call} of a disposed store");
            Check.Equal(words ??= refusal.Message, refusal.Message, $"What {call} of a disposed store says");
        }
    }

    private static async Task DisposedWhileWaiting(StoreConformanceContext context)
    {
        LauncherSession session = await context.OpenSessionAsync();
        await context.Store.WaitForNewsAsync(session.Token, CancellationToken.None);
        Task news = context.Store.WaitForNewsAsync(session.Token, CancellationToken.None);
        Task events = context.Store.WaitForEventsAsync(0, CancellationToken.None);
        await context.Store.DisposeAsync();
        await Check.ThrowsAsync<StoreException>(() => events, "The wait for events");
        await Check.ThrowsAsync<StoreException>(() => news, "The wait for news");
    }

    private static async Task DisposedWhileWriting(StoreConformanceContext context)
    {
        await context.AddOneAsync();
        using var begun = new SemaphoreSlim(0);
        Task<int>[] writers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (int acknowledged = 0; ; acknowledged++)
            {
                try
                {
                    await context.AddOneAsync();
                    begun.Release();
                }
                catch (StoreException)
                {
                    return acknowledged;
                }
            }
        }))];
        await begun.WaitAsync();
        await context.Store.DisposeAsync();
        int acknowledged = (await Task.WhenAll(writers)).Sum();
        if (context.Fixture.IsDurable)
        {
            await context.Fixture.ReopenAsync();
            Check.That((await context.AllJobsAsync()).Count >= acknowledged + 1, $"all {acknowledged + 1} acknowledged jobs are there");
        }
    }
}
