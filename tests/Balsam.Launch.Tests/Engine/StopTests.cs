using Balsam.Launch.Packing;
using Balsam.Launch.Running;
using Balsam.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Balsam.Launch.Tests.Engine;

/// <summary>A stop keeps its limits whatever hangs, hurries when told again, and records what it can.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
[Platform("Linux")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StopTests(StoreKind store)
{
    private static readonly TimeSpan Drain = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(33);
    private static readonly TimeSpan Record = TimeSpan.FromSeconds(44);

    private readonly EngineTime _time = new();
    private readonly LogSpy _log = new();

    [Test]
    public async Task Stop_ToldAgain_EndsTheDrainThenTheGraceTime()
    {
        await using EngineHarness engine = await StartAsync(run => run.HeedsTerminate = false);
        Job job = await engine.ShellAsync("anything");
        FakeRun run = await EngineHarness.Soon(engine.Runner.NextAsync());
        Task stopped = engine.Launcher.StopAsync();
        await _time.TimerAsync(Drain);
        Assert.That((engine.Launcher.Status.State, run.Signals.Count), Is.EqualTo((LauncherState.Stopping, 0)), "it drains");
        Task again = engine.Launcher.StopAsync();
        Assert.That(await EngineHarness.Soon(run.Signaled), Is.EqualTo(RunSignal.Terminate));
        await _time.TimerAsync(Grace);
        Assert.That(stopped.IsCompleted, Is.False, "the grace time lasts");
        await EngineHarness.Soon(engine.Launcher.StopAsync(), "the third call");
        await EngineHarness.Soon(Task.WhenAll(stopped, again), "the calls before");
        Assert.That(run.Signals, Is.EqualTo(new[] { RunSignal.Terminate, RunSignal.Kill }));
        Job after = await engine.GetAsync(job);
        Assert.That((after.State, engine.Launcher.Status.State), Is.EqualTo((JobState.RestartReady, LauncherState.Ended)));
    }

    [Test]
    public async Task Stop_WithADrainOfItsOwn_LetsRunsFinishAndLeavesTheHostRunning()
    {
        await using EngineHarness engine = await StartAsync();
        Task stopping = engine.StoppingAsync();
        Job job = await engine.ShellAsync("anything");
        FakeRun run = await EngineHarness.Soon(engine.Runner.NextAsync());
        Task stopped = engine.Launcher.StopAsync(drain: TimeSpan.FromMinutes(3));
        await _time.TimerAsync(TimeSpan.FromMinutes(3));
        run.Exit();
        await EngineHarness.Soon(stopped, "the stop");
        Assert.That(((await engine.GetAsync(job)).State, stopping.IsCompleted), Is.EqualTo((JobState.JobFinished, false)));
        Job late = await engine.ShellAsync("too late");
        Assert.That((await engine.Client.ExplainAsync(late)).Why, Is.EqualTo("no launcher is alive for site 'local' (this host's has ended because the launcher was told to stop)"));
    }

    [Test]
    public async Task Stop_DrainOfZero_HandsBackAtOnce()
    {
        await using EngineHarness engine = await StartAsync();
        Job job = await engine.ShellAsync("anything");
        FakeRun run = await EngineHarness.Soon(engine.Runner.NextAsync());
        await EngineHarness.Soon(engine.Launcher.StopAsync(TimeSpan.Zero), "the stop");
        Assert.That(((await engine.GetAsync(job)).State, run.Signals.Single()), Is.EqualTo((JobState.RestartReady, RunSignal.Terminate)));
        Assert.That(await engine.Store.ListSessionsAsync(default), Is.Empty);
    }

    [TestCase(true, TestName = "HostStop_TokenCancelledBefore_KillsAtOnceAndRecords")]
    [TestCase(false, TestName = "HostStop_TokenCancelledInTheDrain_KillsAtOnceAndRecords")]
    public async Task HostStop_TokenCancelled_KillsAtOnceAndRecords(bool before)
    {
        await using EngineHarness engine = await StartAsync(run => run.HeedsTerminate = false);
        Job job = await engine.ShellAsync("anything");
        FakeRun run = await EngineHarness.Soon(engine.Runner.NextAsync());
        using var impatience = new CancellationTokenSource();
        if (before)
        {
            await impatience.CancelAsync();
        }

        Task stopped = engine.Host.StopAsync(impatience.Token);
        if (!before)
        {
            await _time.TimerAsync(Drain);
            await impatience.CancelAsync();
        }

        await EngineHarness.Soon(Quietly(stopped), "the host's stop");
        Assert.That(run.Signals, Is.EqualTo(new[] { RunSignal.Kill }));
        Assert.That((await engine.GetAsync(job)).State, Is.EqualTo(JobState.RestartReady), "recorded although the token is cancelled");
        Assert.That(await engine.Store.ListSessionsAsync(default), Is.Empty);
        Assert.That(_log.Entries.Count(entry => entry.Id == BalsamEventIds.HostOutOfPatience), Is.EqualTo(1));
    }

    // RunAsync and WaitForShutdownAsync stop the host once more by themselves.
    [Test]
    public async Task HostStop_CalledTwice_DrainsAllTheSame()
    {
        await using EngineHarness engine = await StartAsync();
        Job job = await engine.ShellAsync("anything");
        FakeRun run = await EngineHarness.Soon(engine.Runner.NextAsync());
        Task first = engine.Host.StopAsync();
        await _time.TimerAsync(Drain);
        Task second = engine.Host.StopAsync();
        run.Exit();
        await EngineHarness.Soon(Task.WhenAll(first, second), "both stops");
        Assert.That(((await engine.GetAsync(job)).State, run.Signals.Count), Is.EqualTo((JobState.JobFinished, 0)));
    }

    [Test]
    public async Task Stop_StoreHangs_RunsAreEndedAndTheHostStopsInTime()
    {
        await using EngineHarness engine = await StartAsync(run => run.HeedsTerminate = false, setup => setup.FaultyStore = true);
        Job job = await engine.ShellAsync("one");
        await engine.ShellAsync("two");
        FakeRun first = await EngineHarness.Soon(engine.Runner.NextAsync());
        FakeRun second = await EngineHarness.Soon(engine.Runner.NextAsync());
        var gate = new Gate();
        engine.Faults.BeforeLauncherCommit = () => gate.PassAsync();
        first.Exit();
        await gate.ArrivalAsync();
        Task stopped = engine.Host.StopAsync();
        await _time.PassAsync(Drain);
        Assert.That(await EngineHarness.Soon(second.Signaled, "SIGTERM while the store hangs"), Is.EqualTo(RunSignal.Terminate));
        await _time.PassAsync(Grace);
        await _time.PassAsync(Record);
        await EngineHarness.Soon(Quietly(stopped), "the host's stop");
        Assert.That(second.Signals, Is.EqualTo(new[] { RunSignal.Terminate, RunSignal.Kill }));
        Assert.That(engine.Launcher.Status.State, Is.EqualTo(LauncherState.Failed));
        Assert.That(engine.Launcher.Status.Problem!.Message, Does.StartWith("The launcher gave up while it stopped because the launcher was stopped: the store (").And.Contain("has not recorded within 00:00:44"));
        Assert.That((await engine.GetAsync(job)).State, Is.EqualTo(JobState.Running), "not recorded, so the next launcher finds it");
        gate.Open();
    }

    [Test]
    public async Task Stop_NothingRunsAndTheStoreHangsAtTheClose_EndsAfterTheRecordTimeout()
    {
        await using EngineHarness engine = await StartAsync(configure: setup => setup.FaultyStore = true);
        var gate = new Gate();
        engine.Faults.BeforeClose = () => gate.PassAsync();
        Task stopped = engine.Host.StopAsync();
        await gate.ArrivalAsync();
        await _time.PassAsync(Record);
        await EngineHarness.Soon(Quietly(stopped), "the host's stop");
        Assert.That(engine.Launcher.Status.State, Is.EqualTo(LauncherState.Failed));
        gate.Open();
    }

    [Test]
    public async Task Start_CancelledOnceTheSessionIsOpen_ClosesIt()
    {
        await using EngineHarness engine = await StartAsync(configure: setup => setup.FaultyStore = true);
        await engine.StopAsync();
        using var impatience = new CancellationTokenSource();
        _log.Logged = id =>
        {
            if (id == BalsamEventIds.LauncherStarted)
            {
                impatience.Cancel();
            }
        };
        await engine.StartAgainAsync(impatience.Token);
        Assert.That(impatience.IsCancellationRequested);
        Assert.That(await engine.Store.ListSessionsAsync(default), Is.Empty);
    }

    [Test]
    public async Task Stop_ReadsHangInTheStore_EndsAfterTheRecordTimeout()
    {
        await using EngineHarness engine = await StartAsync(configure: setup => setup.FaultyStore = true);
        Job job = await engine.ShellAsync("anything");
        await EngineHarness.Soon(engine.Runner.NextAsync());
        var gate = new Gate();
        engine.Faults.AfterFind = _ => gate.PassAsync();
        Task cancelling = engine.Client.CancelAsync(job.Id, "to make news");
        await gate.ArrivalAsync();
        Task stopped = engine.Launcher.StopAsync(TimeSpan.Zero);
        await _time.PassAsync(Grace);
        await _time.PassAsync(Record);
        await Assert.ThrowsAsync<StoreException>(() => EngineHarness.Soon(stopped, "the stop"));
        gate.Open();
        await EngineHarness.Soon(cancelling, "the cancellation");
    }

    [Test]
    public async Task Stop_WhileRunningIsStored_TheRunNeverStarts([Values] bool killed)
    {
        await using EngineHarness engine = await StartAsync(configure: setup => setup.FaultyStore = true);
        var gate = new Gate();
        engine.Faults.BeforeLauncherCommit = () => gate.PassAsync();
        Job job = await engine.ShellAsync("anything");
        await gate.ArrivalAsync();
        Task stopped = engine.Launcher.StopAsync();
        await _time.TimerAsync(Drain);
        if (killed)
        {
            engine.Launcher.StopNow();
            await _time.TimerAsync(Record);
        }

        gate.Open();
        await EngineHarness.Soon(stopped, "the stop");
        Job after = await engine.GetAsync(job);
        Assert.That((after.State, engine.Runner.Running.Count), Is.EqualTo((JobState.RestartReady, 0)));
        Assert.That(await engine.StatesAsync(job), Does.Contain(JobState.RunTimeout));
    }

    [Test]
    public async Task Stop_ProcessThatSigkillDoesNotEnd_IsLeftToTheNextLauncher()
    {
        await using EngineHarness engine = await StartAsync(run =>
        {
            run.HeedsTerminate = false;
            run.HeedsKill = false;
        });
        Job job = await engine.ShellAsync("anything");
        FakeRun run = await EngineHarness.Soon(engine.Runner.NextAsync());
        Task stopped = engine.Launcher.StopAsync(TimeSpan.Zero);
        await _time.PassAsync(Grace);
        await _time.PassAsync(Record);
        BalsamException? gaveUp = await Assert.ThrowsAsync<StoreException>(() => EngineHarness.Soon(stopped, "the stop"));
        Assert.That(gaveUp!.Message, Does.Contain("1 runs have not ended within 00:00:44 of SIGKILL (jobs 1)"));
        Assert.That((await engine.GetAsync(job)).State, Is.EqualTo(JobState.Running), "nobody else may start it yet");
        Assert.That(run.Signals, Is.EqualTo(new[] { RunSignal.Terminate, RunSignal.Kill }));
    }

    // Services of a scope that hang when they are disposed keep a hook from coming back, cancelled or not.
    [Test]
    public async Task Stop_HookThatNeverComesBack_IsAbandoned()
    {
        var gate = new Gate();
        bool hangs = false;
        await using EngineHarness engine = await StartAsync(configure: setup => setup.Services = services =>
        {
            AddLog(services);
            services.AddScoped(_ => new HangingService(() => hangs ? gate.PassAsync() : Task.CompletedTask));
            services.Replace(ServiceDescriptor.Transient<Hooked>(provider =>
            {
                provider.GetRequiredService<HangingService>();
                return new Hooked(setup.Behaviour);
            }));
        });
        hangs = true;
        Job job = await engine.SubmitAsync(Hooked.NewJob("x"));
        await gate.ArrivalAsync();
        Task stopped = engine.Launcher.StopAsync(TimeSpan.Zero);
        await _time.PassAsync(Grace);
        await _time.PassAsync(Record / 2);
        await EngineHarness.Soon(stopped, "the stop");
        Assert.That((await engine.GetAsync(job)).State, Is.EqualTo(JobState.StagedIn), "its outcome was not taken");
        Assert.That(_log.Entries.Select(entry => entry.Id), Does.Contain(BalsamEventIds.HookAbandoned));
        gate.Open();
    }

    [Test]
    public async Task Stop_HurriedPastTheGraceTime_CancelsFunctionsAndWaitsForThem()
    {
        await using EngineHarness engine = await StartAsync();
        var gate = new Gate();
        engine.Behaviour.Run = async (input, _, token) =>
        {
            await gate.PassAsync(token);
            return input;
        };
        Job job = await engine.SubmitAsync(Work.NewJob("x"));
        await gate.ArrivalAsync();
        engine.Launcher.StopNow();
        await EngineHarness.Soon(engine.Launcher.StopAsync(), "the stop");
        Assert.That((await engine.GetAsync(job)).State, Is.EqualTo(JobState.RestartReady));
        Assert.That(_log.Entries.Select(entry => entry.Id), Does.Not.Contain(BalsamEventIds.FunctionAbandoned));
    }

    // Code that is not ours and never returns holds the launcher's own turn: nothing of it can be heard any more.
    [Test]
    public async Task HostStop_LoopIsStuck_TheHostGoesOnWithoutTheLauncher()
    {
        using var stuck = new ManualResetEventSlim();
        var arrived = new TaskCompletionSource();
        var policy = new StuckPolicy(stuck, arrived);
        await using EngineHarness engine = await StartAsync(configure: setup => setup.Services = services =>
        {
            AddLog(services);
            services.Replace(ServiceDescriptor.Singleton<IPackingPolicy>(policy));
        });
        await engine.ShellAsync("anything");
        await EngineHarness.Soon(arrived.Task, "the policy to be asked");
        using var impatience = new CancellationTokenSource();
        await impatience.CancelAsync();
        Task stopped = engine.Host.StopAsync(impatience.Token);
        await _time.PassAsync(Record + TimeSpan.FromSeconds(1));
        await EngineHarness.Soon(Quietly(stopped), "the host's stop");
        Assert.That(_log.Entries.Count(entry => entry is { Id: BalsamEventIds.LauncherAbandoned, Level: LogLevel.Critical }), Is.EqualTo(1));
        stuck.Set();
    }

    private Task<EngineHarness> StartAsync(Action<FakeRun>? onStart = null, Action<EngineSetup>? configure = null) => EngineHarness.StartAsync(store, setup =>
    {
        setup.Runner = new FakeJobRunner { OnStart = onStart };
        setup.Time = _time;
        setup.Options = options =>
        {
            options.DrainTimeout = Drain;
            options.KillGrace = Grace;
            options.RecordTimeout = Record;
        };
        setup.Services = AddLog;
        configure?.Invoke(setup);
    });

    private void AddLog(IServiceCollection services) => services.AddLogging(logging => logging.AddProvider(_log.ToProvider()));

    // A host whose patience is over says so by an exception, after it has stopped everything.
    private static async Task Quietly(Task stopped) => await stopped.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private sealed class HangingService(Func<Task> wait) : IAsyncDisposable, IDisposable
    {
        public void Dispose()
        {
        }

        public async ValueTask DisposeAsync() => await wait();
    }

    private sealed class StuckPolicy(ManualResetEventSlim stuck, TaskCompletionSource arrived) : IPackingPolicy
    {
        public PackingPlan Pack(Inventory inventory, IReadOnlyList<PackingCandidate> candidates, DateTimeOffset now, TimeSpan? remainingWallTime)
        {
            arrived.TrySetResult();
            stuck.Wait();
            return new BackfillPolicy().Pack(inventory, candidates, now, remainingWallTime);
        }
    }
}
