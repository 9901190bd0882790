using Balsam.Launch.Packing;
using Balsam.Launch.Running;
using Balsam.Storage;
using Balsam.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Balsam.Launch.Tests.Engine;

/// <summary>No loop dies silently: the health check says what it died of, the log too, the host is told, and what the launcher held is free again.</summary>
[Platform("Linux")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class HealthTests
{
    private readonly LogSpy _log = new();
    private readonly EngineTime _time = new();

    [Test]
    public async Task Health_FromTheStartToTheStop_IsTold()
    {
        await using EngineHarness engine = await StartAsync();
        Assert.That(await HealthAsync(engine), Is.EqualTo((HealthStatus.Healthy, "The launcher takes jobs.")));
        await engine.Launcher.PauseAsync("lunch");
        Assert.That(await HealthAsync(engine), Is.EqualTo((HealthStatus.Degraded, "The launcher is paused: lunch.")));
        await engine.Launcher.ResumeAsync();
        Assert.That((await HealthAsync(engine)).Status, Is.EqualTo(HealthStatus.Healthy));
        await engine.Launcher.StopAsync();
        Assert.That(await HealthAsync(engine), Is.EqualTo((HealthStatus.Degraded, "The launcher has ended because the launcher was told to stop.")));
    }

    [Test]
    public async Task Health_WhileItDrains_IsDegraded()
    {
        await using EngineHarness engine = await StartAsync(setup => setup.Options = options => options.DrainTimeout = TimeSpan.FromHours(1));
        await engine.ShellAsync("anything");
        FakeRun run = await EngineHarness.Soon(engine.Runner.NextAsync());
        Task stopped = engine.Launcher.StopAsync();
        await _time.TimerAsync(TimeSpan.FromHours(1));
        Assert.That(await HealthAsync(engine), Is.EqualTo((HealthStatus.Degraded, "The launcher stops because the launcher was told to stop.")));
        run.Exit();
        await EngineHarness.Soon(stopped, "the stop");
    }

    [Test]
    public async Task Health_NoLauncher_SaysWhatToDo()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddLogging();
        builder.Services.AddBalsam(balsam => balsam.UseInMemory());
        builder.Services.AddHealthChecks().AddBalsam();
        using IHost host = builder.Build();
        Exception? refused = await Assert.ThrowsAsync<InvalidOperationException>(() => host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync());
        Assert.That(refused!.Message, Does.Contain("Call AddLauncher()"));
    }

    [Test]
    public async Task Health_StoreCannotWriteForAWhile_IsDegradedUntilItCan()
    {
        await using EngineHarness engine = await StartAsync(setup => setup.FaultyStore = true);
        Job job = await engine.ShellAsync("anything");
        FakeRun run = await EngineHarness.Soon(engine.Runner.NextAsync());
        bool full = true;
        engine.Faults.BeforeLauncherCommit = () => full ? throw new StoreException(StoreErrorKind.Unavailable, "disk full") : Task.CompletedTask;
        run.Exit();
        await _time.TimerAsync(TimeSpan.FromSeconds(1));
        Assert.That(await HealthAsync(engine), Is.EqualTo((HealthStatus.Degraded, "The launcher meets a problem, and tries again: disk full")));
        full = false;
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That((await engine.EndAsync(job)).State, Is.EqualTo(JobState.JobFinished));
        Assert.That((await HealthAsync(engine)).Status, Is.EqualTo(HealthStatus.Healthy));
    }

    // While the disk is full a store may not be able to read either.
    [Test]
    public async Task Store_CannotReadForAWhile_TheNewsAreReadLater()
    {
        await using EngineHarness engine = await StartAsync(setup => setup.FaultyStore = true);
        Job job = await engine.ShellAsync("anything");
        FakeRun run = await EngineHarness.Soon(engine.Runner.NextAsync());
        bool broken = true;
        engine.Faults.AfterFind = _ => broken ? throw new StoreException(StoreErrorKind.Unavailable, "the file is being opened again") : Task.CompletedTask;
        await engine.Client.CancelAsync(job.Id, "no longer wanted").ContinueWith(_ => { }, TaskScheduler.Default);
        await _time.TimerAsync(TimeSpan.FromSeconds(1));
        Assert.That((await HealthAsync(engine)).Status, Is.EqualTo(HealthStatus.Degraded));
        Assert.That(run.Signals, Is.Empty, "nobody knows yet");
        broken = false;
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(await EngineHarness.Soon(run.Signaled, "the end of the cancelled run"), Is.EqualTo(RunSignal.Terminate));
        await engine.IdleAsync();
        Assert.That((await HealthAsync(engine)).Status, Is.EqualTo(HealthStatus.Healthy));
    }

    [Test]
    public async Task Claim_StoreUnavailable_IsAskedAgain()
    {
        bool broken = false;
        await using EngineHarness engine = await StartAsync(setup => setup.FaultyStore = true);
        engine.Faults.BeforeClaim = () => broken ? throw new StoreException(StoreErrorKind.Unavailable, "not now") : Task.CompletedTask;
        broken = true;
        Job job = await engine.ShellAsync("anything");
        await _time.TimerAsync(TimeSpan.FromSeconds(1));
        Assert.That((await HealthAsync(engine)).Status, Is.EqualTo(HealthStatus.Degraded));
        broken = false;
        _time.Advance(TimeSpan.FromSeconds(1));
        (await EngineHarness.Soon(engine.Runner.NextAsync(), "the run")).Exit();
        Assert.That((await engine.EndAsync(job)).State, Is.EqualTo(JobState.JobFinished));
    }

    [Test]
    public async Task Health_StoreDoesNotAnswer_IsDegradedAfterHalfAMinute()
    {
        await using EngineHarness engine = await StartAsync(setup => setup.FaultyStore = true);
        Job job = await engine.ShellAsync("anything");
        FakeRun run = await EngineHarness.Soon(engine.Runner.NextAsync());
        var gate = new Gate();
        engine.Faults.BeforeLauncherCommit = () => gate.PassAsync();
        run.Exit();
        await gate.ArrivalAsync();
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.That((await HealthAsync(engine)).Status, Is.EqualTo(HealthStatus.Healthy));
        _time.Advance(TimeSpan.FromSeconds(12));
        Assert.That(await HealthAsync(engine), Is.EqualTo((HealthStatus.Degraded, "The launcher meets a problem, and tries again: The store has not answered for 42 seconds; look at the disk, or the server, that it is on.")));
        gate.Open();
        await engine.EndAsync(job);
    }

    private static IEnumerable<TestCaseData> DeadlyFaults()
    {
        yield return Case("runner", "The job runner failed: no more descriptors", (engine, _) =>
        {
            engine.Runner.Fail(new IOException("no more descriptors"));
            return Task.CompletedTask;
        });
        yield return Case("lease renewal", "The launcher failed: a bug", (engine, _) =>
        {
            engine.Faults.BeforeRenew = _ => throw new InvalidDataException("a bug");
            return engine.Time.PassAsync(TimeSpan.FromDays(40));
        });
        yield return Case("news", "The launcher failed: a bug", (engine, _) =>
        {
            engine.Faults.Listening = () => throw new InvalidDataException("a bug");
            return engine.ShellAsync("some news");
        });
        yield return Case("claims", "a bug", (engine, _) =>
        {
            engine.Faults.BeforeClaim = () => throw new InvalidDataException("a bug");
            return engine.ShellAsync("some news");
        });
        yield return Case("writes", "the file is torn", (engine, _) =>
        {
            engine.Faults.BeforeLauncherCommit = () => throw new StoreException(StoreErrorKind.Unreadable, "the file is torn");
            return engine.ShellAsync("to be started");
        });
        yield return Case("packing", "a bug", (engine, policy) =>
        {
            policy.IsBroken = true;
            return engine.ShellAsync("to be packed");
        });

        static TestCaseData Case(string what, string message, Func<EngineHarness, FaultyPolicy, Task> fault) => new TestCaseData(fault, message).SetArgDisplayNames(what);
    }

    [TestCaseSource(nameof(DeadlyFaults))]
    public async Task Loop_Dies_HealthLogAndHostAreToldAndTheJobsAreFree(object fault, string message)
    {
        var policy = new FaultyPolicy();
        await using EngineHarness engine = await StartAsync(setup =>
        {
            setup.FaultyStore = true;
            setup.Services = services =>
            {
                AddHealth(services);
                services.Replace(ServiceDescriptor.Singleton<IPackingPolicy>(policy));
            };
        });
        engine.Runner.OnStart = run => run.HeedsTerminate = false;
        Job job = await engine.ShellAsync("anything");
        FakeRun run = await EngineHarness.Soon(engine.Runner.NextAsync());
        Task stopping = engine.StoppingAsync();
        await ((Func<EngineHarness, FaultyPolicy, Task>)fault)(engine, policy);
        await Assert.CatchAsync(() => EngineHarness.Soon(Ended(engine), "the launcher's end"));
        HealthReportEntry health = await EntryAsync(engine);
        Assert.That(health.Status, Is.EqualTo(HealthStatus.Unhealthy));
        Assert.That(health.Exception!.Message, Does.StartWith(message));
        Assert.That(health.Description, Does.StartWith($"The launcher failed; no jobs run in this host: {message}"));
        await EngineHarness.Soon(stopping, "the host to stop with its launcher");
        Assert.That(_log.Entries.Count(entry => entry is { Id: BalsamEventIds.LauncherFailed, Level: LogLevel.Critical, Exception: not null }), Is.EqualTo(1));
        Assert.That(engine.Runner.Running, Is.Empty, "nothing runs on beside what the next launcher starts");
        Assert.That(run.Signals.All(signal => signal == RunSignal.Kill));
        Assert.That((await engine.GetAsync(job)).State, Is.EqualTo(JobState.RestartReady).Or.EqualTo(JobState.RunTimeout));
        Assert.That(await engine.Store.FindLeasesAsync([job.Id], default), Is.Empty);
        Assert.That(await engine.Store.ListSessionsAsync(default), Is.Empty);
    }

    [Test]
    public async Task Loop_DiesInAHostThatIgnoresIt_TheHostGoesOnUnhealthy()
    {
        await using EngineHarness engine = await StartAsync(setup => setup.Services = services =>
        {
            AddHealth(services);
            services.Configure<HostOptions>(options => options.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore);
        });
        Task stopping = engine.StoppingAsync();
        engine.Runner.Fail(new IOException("no more descriptors"));
        await Assert.CatchAsync<BalsamException>(() => EngineHarness.Soon(Ended(engine), "the launcher's end"));
        Assert.That(((await HealthAsync(engine)).Status, stopping.IsCompleted), Is.EqualTo((HealthStatus.Unhealthy, false)));
        Job job = await engine.ShellAsync("anything");
        Assert.That((await engine.Client.ExplainAsync(job.Id)).Why, Is.EqualTo("no launcher is alive for site 'local' (this host's has ended because the launcher failed)"));
        BalsamException? failed = await Assert.ThrowsAsync<BalsamException>(() => engine.Launcher.PauseAsync());
        Assert.That(failed!.Message, Does.StartWith("The job runner failed: no more descriptors"));
    }

    [Test]
    public async Task StoreWriter_Dies_IsToldToWhoeverWritesAndToTheHealth()
    {
        await using var fragile = new FragileStore(_time);
        await using EngineHarness engine = await StartAsync(setup => setup.Services = services =>
        {
            AddHealth(services);
            services.Replace(ServiceDescriptor.Singleton<IJobStore>(fragile));
        });
        Job job = await engine.ShellAsync("anything");
        FakeRun run = await EngineHarness.Soon(engine.Runner.NextAsync());
        fragile.BeforeWrite = () => throw new InsufficientMemoryException("no memory for the batch");
        run.Exit();
        await Assert.CatchAsync<StoreException>(() => EngineHarness.Soon(Ended(engine), "the launcher's end"));
        HealthReportEntry health = await EntryAsync(engine);
        Assert.That((health.Status, (health.Exception as StoreException)?.Kind), Is.EqualTo((HealthStatus.Unhealthy, StoreErrorKind.Failed)));
        Assert.That(health.Exception!.Message, Is.EqualTo(
            "The writer of the store (fragile store) failed: no memory for the batch. What was acknowledged is safe, what was being written may be stored or not. Start the process again."));
        StoreException? refused = await Assert.ThrowsAsync<StoreException>(() => engine.ShellAsync("another"));
        Assert.That(refused!.Kind, Is.EqualTo(StoreErrorKind.Failed));
        Assert.That((await fragile.FindAsync([job.Id], default)).Single().State, Is.EqualTo(JobState.Running), "reads go on");
    }

    [Test]
    public async Task StoreWriter_DiesWhileNothingElseHappens_IsFoundByTheNextHeartbeat()
    {
        await using var fragile = new FragileStore(_time);
        await using EngineHarness engine = await StartAsync(setup => setup.Services = services =>
        {
            AddHealth(services);
            services.Replace(ServiceDescriptor.Singleton<IJobStore>(fragile));
        });
        fragile.BeforeWrite = () => throw new InsufficientMemoryException("no memory");
        await Assert.CatchAsync<StoreException>(() => engine.ShellAsync("anything"));
        Assert.That((await HealthAsync(engine)).Status, Is.EqualTo(HealthStatus.Healthy));
        await _time.PassAsync(TimeSpan.FromDays(40));
        await Assert.CatchAsync<StoreException>(() => EngineHarness.Soon(Ended(engine), "the launcher's end"));
        Assert.That((await HealthAsync(engine)).Status, Is.EqualTo(HealthStatus.Unhealthy));
    }

    private Task<EngineHarness> StartAsync(Action<EngineSetup>? configure = null) => EngineHarness.StartAsync(setup =>
    {
        setup.Runner = new FakeJobRunner();
        setup.Time = _time;
        setup.Services = AddHealth;
        configure?.Invoke(setup);
    });

    private void AddHealth(IServiceCollection services)
    {
        services.AddLogging(logging => logging.AddProvider(_log.ToProvider()));
        services.AddHealthChecks().AddBalsam();
    }

    private static Task Ended(EngineHarness engine) => engine.Host.Services.GetServices<IHostedService>().OfType<BackgroundService>().Single(service => service.GetType().Name == "LauncherService").ExecuteTask!;

    private static async Task<(HealthStatus Status, string? Description)> HealthAsync(EngineHarness engine)
    {
        HealthReportEntry entry = await EntryAsync(engine);
        return (entry.Status, entry.Description);
    }

    private static async Task<HealthReportEntry> EntryAsync(EngineHarness engine) =>
        (await engine.Host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["balsam"];

    private sealed class FaultyPolicy : IPackingPolicy
    {
        private readonly BackfillPolicy _inner = new();

        public bool IsBroken { get; set; }

        public PackingPlan Pack(Inventory inventory, IReadOnlyList<PackingCandidate> candidates, DateTimeOffset now, TimeSpan? remainingWallTime) =>
            IsBroken ? throw new InvalidDataException("a bug") : _inner.Pack(inventory, candidates, now, remainingWallTime);
    }
}
