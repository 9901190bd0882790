using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>Ended jobs that a launcher holds while it does something to their files.</summary>
internal static class TakeCases
{
    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        new("Take_OfAnEndedJob_HoldsItUntilItIsReleased", "An ended job that nobody holds can be taken; it is held, unchanged, until it is released.", Taken),
        new("Take_OfAJobThatHasNotEnded_IsRefused", "A job that has not ended cannot be taken, held by somebody or not.", NotEnded),
        new("Take_OfAJobThatIsHeld_IsRefused", "An ended job that a session has taken cannot be taken again, by another or by itself, in the same call or later.", Held),
        new("Take_OfAJobThatHasMoved_IsRefused", "A job that was changed since it was read cannot be taken.", Moved),
        new("Take_ThenRestart_KeepsTheJobFromLaunchersUntilReleased", "A taken job can be restarted; its holder is told, and nobody claims it before it is released.", Restarted),
        new("Take_ThenChange_IsWrittenUnderTheLease", "Its holder can change a taken job and let go of it in the same commit.", Changed),
        new("Take_ByASessionThatEnds_IsOver", "Closing a session lets go of what it has taken, and changes nothing of it.", Closed),
        new("Take_UnderALostLease_IsRefused", "Nothing is taken under a lease that is lost.", Lost),
    ];

    private static async Task Taken(StoreConformanceContext context)
    {
        Job job = await EndedAsync(context);
        LauncherSession session = await context.OpenSessionAsync();
        Check.That((await TakeAsync(context, session, job)).IsWritten, "an ended job is taken");
        Check.Sequence([session.Token], await HoldersAsync(context, job), "Who holds it");
        Check.Equal((job.State, job.Version), ((await context.GetAsync(job.Id)).State, (await context.GetAsync(job.Id)).Version), "The job that was taken");
        await context.Store.ReleaseAsync(session.Token, [job.Id], CancellationToken.None);
        Check.Sequence([], await HoldersAsync(context, job), "Who holds it once released");
    }

    private static async Task NotEnded(StoreConformanceContext context)
    {
        Job job = await context.AddOneAsync();
        LauncherSession session = await context.OpenSessionAsync();
        Check.That((await TakeAsync(context, session, job)).Refusal is LeaseLostException { JobId: not null }, "a job that waits is not taken");
        await context.ClaimAsync(session, 1);
        Check.That((await TakeAsync(context, session, await context.GetAsync(job.Id))).Refusal is LeaseLostException { JobId: not null }, "a claimed job is not taken");
    }

    private static async Task Held(StoreConformanceContext context)
    {
        Job job = await EndedAsync(context);
        LauncherSession first = await context.OpenSessionAsync();
        LauncherSession second = await context.OpenSessionAsync();
        IReadOnlyList<CommitResult> results = await context.Store.CommitAsync([Take(first, job), Take(second, job)], CancellationToken.None);
        Check.Sequence([true, false], results.Select(result => result.IsWritten), "Which of two takes in one call were written");
        Check.That(!(await TakeAsync(context, second, job)).IsWritten, "what another holds is not taken");
        Check.That(!(await TakeAsync(context, first, job)).IsWritten, "what is held already is not taken");
        Check.Sequence([first.Token], await HoldersAsync(context, job), "Who holds it");
    }

    private static async Task Moved(StoreConformanceContext context)
    {
        Job job = await EndedAsync(context);
        LauncherSession session = await context.OpenSessionAsync();
        await context.RestartAsync(job.Id);
        Check.That((await TakeAsync(context, session, job)).Refusal is JobConcurrencyException, "a job that was restarted is not taken as it was");
    }

    private static async Task Restarted(StoreConformanceContext context)
    {
        Job job = await EndedAsync(context);
        LauncherSession session = await context.OpenSessionAsync();
        await TakeAsync(context, session, job);
        await context.Store.WaitForNewsAsync(session.Token, CancellationToken.None);
        await context.RestartAsync(job.Id);
        Check.Sequence([job.Id], (await context.Store.WaitForNewsAsync(session.Token, CancellationToken.None)).Changed, "The jobs that the holder is told of");
        Check.Equal(0, (await context.ClaimAsync(session, 1)).Count, "Jobs that can be claimed while it is held");
        await context.Store.ReleaseAsync(session.Token, [job.Id], CancellationToken.None);
        Check.Sequence([job.Id], (await context.ClaimAsync(session, 1)).Select(claimed => claimed.Id), "The jobs that can be claimed once it is released");
    }

    private static async Task Changed(StoreConformanceContext context)
    {
        Job job = await EndedAsync(context);
        LauncherSession session = await context.OpenSessionAsync();
        await TakeAsync(context, session, job);
        Job now = await context.CommitAsync(new JobChange(job).Edit(fields => fields with { Priority = 7 }, context.Now), session.Token);
        Check.Equal(7, now.Priority, "The priority");
        Check.Sequence([], await HoldersAsync(context, job), "Who holds it");
    }

    private static async Task Closed(StoreConformanceContext context)
    {
        Job job = await EndedAsync(context);
        LauncherSession session = await context.OpenSessionAsync();
        await TakeAsync(context, session, job);
        await context.Store.CloseSessionAsync(session.Token, CancellationToken.None);
        Check.Sequence([], await HoldersAsync(context, job), "Who holds it");
        Check.Equal((job.State, job.Version), ((await context.GetAsync(job.Id)).State, (await context.GetAsync(job.Id)).Version), "The job");
        Check.That((await TakeAsync(context, await context.OpenSessionAsync(), job)).IsWritten, "another session takes it");
    }

    private static async Task Lost(StoreConformanceContext context)
    {
        Job job = await EndedAsync(context);
        LauncherSession session = await context.OpenSessionAsync();
        await context.Store.CloseSessionAsync(session.Token, CancellationToken.None);
        Check.That((await TakeAsync(context, session, job)).Refusal is LeaseLostException { JobId: null }, "a closed session takes nothing");
        Check.Sequence([], await HoldersAsync(context, job), "Who holds it");
    }

    private static async Task<Job> EndedAsync(StoreConformanceContext context) => await context.FinishAsync((await context.AddOneAsync()).Id);

    private static JobCommit Take(LauncherSession session, Job job) => new() { Changes = [new JobChange(job)], Lease = session.Token, TakesEnded = true };

    private static Task<CommitResult> TakeAsync(StoreConformanceContext context, LauncherSession session, Job job) => context.TryCommitAsync(Take(session, job));

    private static async Task<IEnumerable<LeaseToken>> HoldersAsync(StoreConformanceContext context, Job job) =>
        (await context.Store.FindLeasesAsync([job.Id], CancellationToken.None)).Select(lease => lease.Holder.Token);
}
