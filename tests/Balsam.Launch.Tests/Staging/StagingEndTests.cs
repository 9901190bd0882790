using Balsam.Launch.Tests.Engine;
using Balsam.Storage;
using Balsam.Testing;

namespace Balsam.Launch.Tests.Staging;

/// <summary>What a stop, a pause, a cancellation and a lost lease do to transfers, and who takes them over.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
[Platform("Linux")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StagingEndTests(StoreKind store)
{
    private static readonly TimeSpan Drain = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(33);
    private static readonly TimeSpan Record = TimeSpan.FromSeconds(44);

    private readonly FakeTransferProvider _provider = new("fake");
    private readonly EngineTime _time = new();

    [Test]
    public async Task Stop_WithADrain_LetsWhatMovesArriveAndBeginsNothing()
    {
        await using EngineHarness engine = await StartAsync(Drain, options => options.MaxConcurrentBatches = 1);
        Job job = await engine.SubmitAsync(StagingSite.Fetch("x", "depot:/a", "attic:/b"));
        FakeTransferBatch batch = await _provider.NextBatchAsync();
        Task stopped = engine.Launcher.StopAsync();
        await _time.TimerAsync(Drain);
        batch.ArriveAll();
        await EngineHarness.Soon(stopped, "the stop");
        Job after = await engine.GetAsync(job);
        Assert.That((after.State, _provider.HasNext), Is.EqualTo((JobState.Ready, false)));
        Assert.That(after.Transfers.Select(item => item.State), Is.EquivalentTo(new[] { TransferState.Done, TransferState.Pending }));
        await engine.RestartAsync();
        FakeTransferBatch rest = await _provider.NextBatchAsync();
        Assert.That(rest.Batch.Tasks.Select(task => task.Item.Slot), Is.Not.EqualTo(batch.Batch.Tasks.Select(task => task.Item.Slot)), "what has arrived is not moved again");
        rest.ArriveAll();
        Assert.That((await engine.EndAsync(job)).State, Is.EqualTo(JobState.JobFinished));
    }

    [Test]
    public async Task Stop_DrainIsOver_CancelsBatchesAndTheNextLauncherMovesThemAgain()
    {
        await using EngineHarness engine = await StartAsync(Drain);
        Job job = await engine.SubmitAsync(StagingSite.Fetch("x", "depot:/a"));
        FakeTransferBatch batch = await _provider.NextBatchAsync();
        Task stopped = engine.Launcher.StopAsync();
        await _time.PassAsync(Drain);
        await EngineHarness.Soon(batch.Cancelled, "the cancellation");
        await EngineHarness.Soon(stopped, "the stop");
        TransferItem item = (await engine.GetAsync(job)).ItemOf("in1");
        Assert.That((item.State, item.Attempts, item.Error), Is.EqualTo((TransferState.Pending, 0, (string?)null)), "it was not its fault");
        await engine.RestartAsync();
        (await _provider.NextBatchAsync()).ArriveAll();
        Assert.That((await engine.EndAsync(job)).State, Is.EqualTo(JobState.JobFinished));
    }

    [Test]
    public async Task Stop_ProviderThatHeedsNothing_IsAbandonedWithinTheLimits()
    {
        _provider.HeedsCancellation = false;
        await using EngineHarness engine = await StartAsync(TimeSpan.Zero);
        Job job = await engine.SubmitAsync(StagingSite.Fetch("x", "depot:/a"));
        FakeTransferBatch batch = await _provider.NextBatchAsync();
        Task stopped = engine.Launcher.StopAsync();
        await EngineHarness.Soon(batch.Cancelled, "the cancellation");
        await _time.PassAsync(Grace);
        await _time.PassAsync(Record / 2);
        await EngineHarness.Soon(stopped, "the stop");
        Job after = await engine.GetAsync(job);
        Assert.That((after.State, after.ItemOf("in1").State), Is.EqualTo((JobState.Ready, TransferState.Pending)));

        // What comes late counts for nothing.
        batch.ArriveAll();
        _provider.OnBegin = next => next.ArriveAll();
        await engine.RestartAsync();
        Assert.That((await engine.EndAsync(job)).ItemOf("in1").Attempts, Is.EqualTo(1));
    }

    [Test]
    public async Task Pause_WhileABatchMoves_ItArrivesAndNoOtherBegins()
    {
        await using EngineHarness engine = await StartAsync(Drain, options => options.MaxConcurrentBatches = 1);
        IReadOnlyList<Job> jobs = await engine.SubmitAsync(StagingSite.Fetch("x", "depot:/a", "attic:/b"), StagingSite.Fetch("y", "cellar:/c"));
        FakeTransferBatch batch = await _provider.NextBatchAsync();
        await engine.Launcher.PauseAsync("the file server is being repaired");
        batch.ArriveAll();
        await engine.IdleAsync();
        Assert.That(((await engine.Client.CountByStateAsync())[JobState.JobFinished], _provider.HasNext), Is.EqualTo((0, false)));
        Assert.That(await engine.Store.FindLeasesAsync([.. jobs.Select(job => job.Id)], default), Is.Empty);
        _provider.OnBegin = next => next.ArriveAll();
        await engine.Launcher.ResumeAsync();
        Assert.That((await engine.IdleAsync()).AllFinished);
        Assert.That((await engine.GetAsync(jobs[0])).Transfers.Select(item => item.Attempts), Is.EqualTo(new[] { 1, 1 }));
    }

    [Test]
    public async Task Cancel_WhileItsItemMoves_CancelsTheBatchThatMovesNothingElse()
    {
        await using EngineHarness engine = await StartAsync(Drain);
        Job job = await engine.SubmitAsync(StagingSite.Fetch("x", "depot:/a"));
        FakeTransferBatch batch = await _provider.NextBatchAsync();
        await engine.Client.CancelAsync(job.Id, "enough");
        await EngineHarness.Soon(batch.Cancelled, "the cancellation");
        await engine.IdleAsync();
        Job ended = await engine.GetAsync(job);
        Assert.That((ended.State, ended.Failure!.Kind, ended.ItemOf("in1").State), Is.EqualTo((JobState.Failed, FailureKind.Cancelled, TransferState.AwaitingJob)));
        Assert.That(await engine.Store.FindLeasesAsync([job.Id], default), Is.Empty);
    }

    [Test]
    public async Task Cancel_OneJobOfABatch_TheOthersArriveAndItsOwnResultIsIgnored()
    {
        await using EngineHarness engine = await StartAsync(Drain);
        await engine.Launcher.PauseAsync();
        IReadOnlyList<Job> jobs = await engine.SubmitAsync(StagingSite.Fetch("x", "depot:/a"), StagingSite.Fetch("y", "depot:/b"));
        await engine.Launcher.ResumeAsync();
        FakeTransferBatch batch = await _provider.NextBatchAsync();
        await engine.Client.CancelAsync(jobs[0].Id, "enough");
        Job cancelled = await engine.GetAsync(jobs[0]);
        batch.Arrive(jobs[0].Id);
        batch.Arrive(jobs[1].Id);
        Assert.That((await engine.EndAsync(jobs[1])).State, Is.EqualTo(JobState.JobFinished));
        Assert.That(batch.Cancelled.IsCompleted, Is.False);
        await engine.IdleAsync();
        Assert.That((await engine.GetAsync(jobs[0])).Version, Is.EqualTo(cancelled.Version));
    }

    [Test]
    public async Task Cancel_WhileItsItemWaitsForABatch_NothingOfItMoves()
    {
        await using EngineHarness engine = await StartAsync(Drain, options => options.MaxConcurrentBatches = 1);
        Job first = await engine.SubmitAsync(StagingSite.Fetch("x", "depot:/a"));
        FakeTransferBatch batch = await _provider.NextBatchAsync();
        Job waiting = await engine.SubmitAsync(StagingSite.Fetch("y", "attic:/b"));
        await engine.RunAsync(Work.NewJob("the launcher has gone round"));
        await engine.Client.CancelAsync(waiting.Id, "enough");
        batch.ArriveAll();
        await engine.EndAsync(first);
        await engine.IdleAsync();
        Assert.That(_provider.HasNext, Is.False);
    }

    [Test]
    public async Task Lease_Lost_CancelsBatchesRecordsNothingAndTheNextSessionMovesAgain()
    {
        await using EngineHarness engine = await StartAsync(Drain, configure: setup => setup.Options += options =>
        {
            options.Heartbeat = TimeSpan.FromMinutes(1);
            options.LeaseDuration = TimeSpan.FromMinutes(5);
        });
        Job job = await engine.SubmitAsync(StagingSite.Fetch("x", "depot:/a"));
        FakeTransferBatch batch = await _provider.NextBatchAsync();
        Job known = await engine.GetAsync(job);
        LauncherSession session = (await engine.Store.ListSessionsAsync(default)).Single();
        await engine.Store.CloseSessionAsync(session.Token, default);
        await EngineHarness.Soon(batch.Cancelled, "the cancellation");
        FakeTransferBatch again = await _provider.NextBatchAsync();
        Job now = await engine.GetAsync(job);
        Assert.That((now.Version, now.ItemOf("in1").State, now.ItemOf("in1").Attempts), Is.EqualTo((known.Version + 1, TransferState.Active, 0)), "only the second beginning was written");
        again.ArriveAll();
        Assert.That((await engine.EndAsync(job)).ItemOf("in1").Attempts, Is.EqualTo(1));
    }

    [Test]
    public async Task Begin_LeaseRanOutWhileActiveWasWritten_NothingIsMovedUntilTheNextSession()
    {
        await using EngineHarness engine = await StartAsync(Drain, configure: setup => setup.Options += options =>
        {
            options.Heartbeat = TimeSpan.FromMinutes(1);
            options.LeaseDuration = TimeSpan.FromMinutes(5);
        });
        int writes = 0;
        int begun = 0;
        _provider.OnBegin = batch =>
        {
            begun++;
            Assert.That(writes, Is.GreaterThan(1), "the first write came too late to move anything");
            batch.ArriveAll();
        };
        engine.Faults.AfterLauncherCommit = () =>
        {
            // The heartbeat stands still with the rest of the launcher.
            if (writes++ == 0)
            {
                engine.Faults.BeforeRenew = new Gate().PassAsync;
                engine.Faults.BeforeOpenSession = () => engine.Faults.BeforeRenew = _ => Task.CompletedTask;
                _time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));
            }
        };
        Job job = await engine.SubmitAsync(StagingSite.Fetch("x", "depot:/a"));
        await engine.ReachAsync(job, JobState.JobFinished);
        Assert.That(begun, Is.EqualTo(1));
    }

    private Task<EngineHarness> StartAsync(TimeSpan drain, Action<TransferOptions>? transfers = null, Action<EngineSetup>? configure = null) =>
        StagingSite.StartAsync(store, _provider, transfers, setup =>
        {
            setup.Time = _time;
            setup.Options = options =>
            {
                options.DrainTimeout = drain;
                options.KillGrace = Grace;
                options.RecordTimeout = Record;
            };
            configure?.Invoke(setup);
        });
}
