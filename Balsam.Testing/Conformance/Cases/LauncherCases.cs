using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>The records of launchers: what is known of them once they have ended.</summary>
internal static class LauncherCases
{
    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        new("Launcher_Opened_IsRecordedWithItsNodes", "An open session is recorded with everything that it said of itself, and no end.", Opened),
        new("Launcher_Closed_KeepsItsRecord", "The record of a closed session says when it was closed.", Closed),
        new("Launcher_Expired_IsClosedByRecovery", "Recovery closes the record of an expired session, and no other.", Expired),
        new("Launcher_Several_AreListedOldestFirst", "Launchers are listed in the order in which they came, whatever became of them.", Ordered),
        new("Launcher_AfterReopening_IsThere", "Records survive: what was closed keeps its end.", Reopened, needsDurability: true),
        new("Launcher_LeftOpen_EndsWithTheLastEvent", "A session that died with its process ends, once the store is opened again, with the last event; later events do not move it.", LeftOpen, needsDurability: true),
        new("Launcher_LeftOpenWithoutEvents_EndsWhereItBegan", "A session that died before anything was recorded ends when it was opened.", LeftOpenUnused, needsDurability: true),
    ];

    private static async Task<LauncherRecord> GetAsync(StoreConformanceContext context, LauncherSession session)
    {
        LauncherRecord[] found = [.. (await context.Store.ListLaunchersAsync(CancellationToken.None)).Where(launcher => launcher.Token == session.Token)];
        Check.Equal(1, found.Length, $"Records of the session with epoch {session.Token.Epoch}");
        return found[0];
    }

    private static async Task<LauncherSession> OpenOddAsync(StoreConformanceContext context) => await context.Store.OpenSessionAsync(
        new SessionRequest
        {
            Site = "theta",
            Host = "nödé",
            ProcessId = 4711,
            Nodes =
            [
                new NodeSpec("n 1", [0, 1, 2, 9, 8, 64], ["GPU-a", "3"], MemorySize.FromGibibytes(1.5)) { Custom = new Dictionary<string, ResourceAmount> { ["licence ü"] = 2.5 } },
                new NodeSpec("n2", 1),
            ],
            Applications = ["A"],
        },
        CancellationToken.None);

    private static void ExpectOdd(LauncherRecord record, LauncherSession session)
    {
        Check.Equal((session.Token, new SiteName("theta"), "nödé", 4711, session.OpenedAt), (record.Token, record.Site, record.Host, record.ProcessId, record.OpenedAt), "The record");
        Check.Sequence(["n 1", "n2"], record.Nodes.Select(node => node.Name), "The nodes");
        Check.Sequence([0, 1, 2, 9, 8, 64], record.Nodes[0].CoreIds, "The cores");
        Check.Sequence(["GPU-a", "3"], record.Nodes[0].GpuIds, "The GPUs");
        Check.Equal(MemorySize.FromGibibytes(1.5), record.Nodes[0].Memory, "The memory");
        Check.Equal((ResourceAmount)2.5, record.Nodes[0].Custom["licence ü"], "The custom resource");
        Check.Sequence([0], record.Nodes[1].CoreIds, "The cores of the second node");
    }

    private static async Task Opened(StoreConformanceContext context)
    {
        LauncherSession session = await OpenOddAsync(context);
        LauncherRecord record = await GetAsync(context, session);
        ExpectOdd(record, session);
        Check.Equal(null, record.ClosedAt, "ClosedAt");
    }

    private static async Task Closed(StoreConformanceContext context)
    {
        LauncherSession session = await OpenOddAsync(context);
        context.Fixture.Advance(TimeSpan.FromMinutes(3));
        await context.Store.CloseSessionAsync(session.Token, CancellationToken.None);
        DateTimeOffset closed = context.Now.ToStoredInstant();
        context.Fixture.Advance(TimeSpan.FromMinutes(3));
        LauncherRecord record = await GetAsync(context, session);
        ExpectOdd(record, session);
        Check.Equal(closed, record.ClosedAt, "ClosedAt");
    }

    private static async Task Expired(StoreConformanceContext context)
    {
        LauncherSession lost = await context.OpenSessionAsync(TimeSpan.FromMinutes(1));
        LauncherSession alive = await context.OpenSessionAsync(TimeSpan.FromHours(1));
        LauncherSession elsewhere = await context.OpenSessionAsync(TimeSpan.FromMinutes(1), "theta");
        context.Fixture.Advance(TimeSpan.FromMinutes(2));
        Check.Equal(null, (await GetAsync(context, lost)).ClosedAt, "ClosedAt before recovery");
        await context.Store.RecoverAsync(SiteName.Local, CancellationToken.None);
        Check.Equal(context.Now.ToStoredInstant(), (await GetAsync(context, lost)).ClosedAt, "ClosedAt of the expired session");
        Check.Equal(null, (await GetAsync(context, alive)).ClosedAt, "ClosedAt of the session that lives");
        Check.Equal(null, (await GetAsync(context, elsewhere)).ClosedAt, "ClosedAt of the session of another site");
    }

    private static async Task Ordered(StoreConformanceContext context)
    {
        LauncherSession[] sessions = [await context.OpenSessionAsync(), await context.OpenSessionAsync(), await context.OpenSessionAsync()];
        await context.Store.CloseSessionAsync(sessions[1].Token, CancellationToken.None);
        Check.Sequence(sessions.Select(session => session.Token), (await context.Store.ListLaunchersAsync(CancellationToken.None)).Select(launcher => launcher.Token), "The launchers");
    }

    private static async Task Reopened(StoreConformanceContext context)
    {
        LauncherSession session = await OpenOddAsync(context);
        context.Fixture.Advance(TimeSpan.FromMinutes(3));
        await context.Store.CloseSessionAsync(session.Token, CancellationToken.None);
        DateTimeOffset closed = context.Now.ToStoredInstant();
        await context.AddOneAsync();
        context.Fixture.Advance(TimeSpan.FromMinutes(3));
        await context.Fixture.ReopenAsync();
        LauncherRecord record = await GetAsync(context, session);
        ExpectOdd(record, session);
        Check.Equal(closed, record.ClosedAt, "ClosedAt");
    }

    private static async Task LeftOpen(StoreConformanceContext context)
    {
        LauncherSession session = await context.OpenSessionAsync();
        context.Fixture.Advance(TimeSpan.FromMinutes(3));
        Job job = await context.AddOneAsync();
        DateTimeOffset last = context.Now.ToStoredInstant();
        context.Fixture.Advance(TimeSpan.FromHours(2));
        await context.Fixture.ReopenAsync();
        Check.Equal(last, (await GetAsync(context, session)).ClosedAt, "ClosedAt");
        await context.CancelAsync(job.Id);
        LauncherSession next = await context.OpenSessionAsync();
        await context.Fixture.ReopenAsync();
        Check.Equal(last, (await GetAsync(context, session)).ClosedAt, "ClosedAt after another life of the store");
        Check.Equal(context.Now.ToStoredInstant(), (await GetAsync(context, next)).ClosedAt, "ClosedAt of the next session, opened after the last event");
    }

    private static async Task LeftOpenUnused(StoreConformanceContext context)
    {
        await context.AddOneAsync();
        context.Fixture.Advance(TimeSpan.FromHours(1));
        LauncherSession session = await context.OpenSessionAsync();
        context.Fixture.Advance(TimeSpan.FromHours(1));
        await context.Fixture.ReopenAsync();
        Check.Equal(session.OpenedAt, (await GetAsync(context, session)).ClosedAt, "ClosedAt");
    }
}
