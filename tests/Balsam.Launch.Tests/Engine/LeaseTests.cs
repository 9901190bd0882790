using Balsam.Storage;
using Balsam.Testing;
using Balsam.Testing.Conformance;

namespace Balsam.Launch.Tests.Engine;

/// <summary>How one launcher keeps its lease, and what it does without, in virtual time.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
[Platform("Linux")]
public sealed class LeaseTests(StoreKind store)
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    private readonly EngineTime _time = new();

    [TestCase(30)]
    [TestCase(-400)]
    public async Task WallClock_Jumps_NeitherLeaseNorLimitsNoticeIt(int days)
    {
        var clock = new SkewedTimeProvider(_time);
        await using EngineHarness engine = await StartAsync(setup =>
        {
            setup.Clock = clock;
            setup.Options = options =>
            {
                Options(options);
                options.WallTime = TimeSpan.FromHours(3);
            };
        });
        Job job = await engine.SubmitAsync(new NewJob("Shell").WithParameters(new Shell.Parameters("x")).WithResources(new JobResources { TimeLimit = TimeSpan.FromHours(1), WallTime = TimeSpan.FromHours(1) }));
        FakeRun run = await EngineHarness.Soon(engine.Runner.NextAsync());
        LauncherSession session = (await engine.Store.ListSessionsAsync(default)).Single();
        clock.Skew = TimeSpan.FromDays(days);
        BeatFor(TimeSpan.FromMinutes(59));
        clock.Skew = TimeSpan.Zero;
        Assert.That((await engine.Store.ListSessionsAsync(default)).Single().Token, Is.EqualTo(session.Token));
        Assert.That(run.Signals, Is.Empty);

        // Written while the clock is wrong: it counts all the same.
        clock.Skew = TimeSpan.FromDays(days);
        Job other = await engine.ShellAsync("y");
        FakeRun second = await EngineHarness.Soon(engine.Runner.NextAsync());
        second.Exit();
        Assert.That((await engine.EndAsync(other)).State, Is.EqualTo(JobState.JobFinished));
        BeatFor(TimeSpan.FromMinutes(1));
        await EngineHarness.Soon(run.Signaled, "the end by the time limit");
        FakeRun again = await EngineHarness.Soon(engine.Runner.NextAsync());
        Assert.That(again.Request.Attempt, Is.EqualTo(2));
        clock.Skew = TimeSpan.Zero;
        again.Exit();
        Assert.That((await engine.EndAsync(job)).State, Is.EqualTo(JobState.JobFinished));
        Assert.That((await engine.Store.ListSessionsAsync(default)).Single().Token, Is.EqualTo(session.Token));
        CampaignAnalysis figures = await engine.Client.AnalyzeAsync();
        Assert.That(figures.Runs.Select(each => each.End - each.Start), Has.All.GreaterThanOrEqualTo(TimeSpan.Zero));
    }

    [Test]
    public async Task Renew_RecoveryHangsBehindASlowDisk_TheLeaseIsKept()
    {
        await using EngineHarness engine = await StartAsync();
        Job job = await engine.ShellAsync("x");
        FakeRun run = await EngineHarness.Soon(engine.Runner.NextAsync());
        LauncherSession session = (await engine.Store.ListSessionsAsync(default)).Single();
        var gate = new Gate();
        engine.Faults.BeforeRecover = () => gate.PassAsync();
        BeatFor(Heartbeat);
        await gate.ArrivalAsync();
        BeatFor(TimeSpan.FromMinutes(30));
        Assert.That((await engine.Store.ListSessionsAsync(default)).Single().Token, Is.EqualTo(session.Token));
        run.Exit();
        Assert.That((await engine.EndAsync(job)).Attempt, Is.EqualTo(1));
        gate.Open();
    }

    [Test]
    public async Task Start_LeaseRanOutWhileRunningWasWritten_NothingIsStarted()
    {
        await using EngineHarness engine = await StartAsync();
        int writes = 0;
        engine.Faults.AfterLauncherCommit = () =>
        {
            // The heartbeat stands still with the rest of the launcher.
            if (writes++ == 0)
            {
                engine.Faults.BeforeRenew = new Gate().PassAsync;
                engine.Faults.BeforeOpenSession = () => engine.Faults.BeforeRenew = _ => Task.CompletedTask;
                _time.Advance(Lease + TimeSpan.FromSeconds(1));
            }
        };
        Job job = await engine.ShellAsync("x");
        FakeRun run = await EngineHarness.Soon(engine.Runner.NextAsync());
        Assert.That(run.Request.Attempt, Is.EqualTo(2), "the first attempt never became a process");
        run.Exit();
        await engine.EndAsync(job);
        Assert.That((await engine.StatesAsync(job)).Count(state => state == JobState.RunTimeout), Is.EqualTo(1));
    }

    [Test]
    public async Task Lease_LostWhileTheStoreCannotWrite_TheLauncherOpensItsNextSessionOnceItCan()
    {
        await using EngineHarness engine = await StartAsync();
        await engine.ShellAsync("x");
        await EngineHarness.Soon(engine.Runner.NextAsync());
        int refusals = 2;
        engine.Faults.BeforeOpenSession = () =>
        {
            if (refusals-- > 0)
            {
                throw new StoreException(StoreErrorKind.Unavailable, "the disk is full");
            }
        };
        await LoseLeaseAsync(engine);
        await _time.PassAsync(TimeSpan.FromSeconds(1));
        await _time.PassAsync(TimeSpan.FromSeconds(2));
        Assert.That((await EngineHarness.Soon(engine.Runner.NextAsync())).Request.Attempt, Is.EqualTo(2));
    }

    [Test]
    public async Task Lease_LostWhileTheStoreCannotWrite_TheLauncherCanBeStopped()
    {
        await using EngineHarness engine = await StartAsync();
        await engine.ShellAsync("x");
        await EngineHarness.Soon(engine.Runner.NextAsync());
        engine.Faults.BeforeOpenSession = () => throw new StoreException(StoreErrorKind.Unavailable, "the disk is full");
        await LoseLeaseAsync(engine);
        await _time.TimerAsync(TimeSpan.FromSeconds(1));
        await engine.StopAsync();
    }

    [Test]
    public async Task CrashLimit_LauncherLostMoreOftenThanAllowed_TheJobFailsUntilTheUserRestartsIt()
    {
        await using EngineHarness engine = await StartAsync(setup => setup.Options = options =>
        {
            Options(options);
            options.CrashLimit = 2;
        });
        Job job = await engine.ShellAsync("x");
        for (int loss = 1; loss <= 3; loss++)
        {
            Assert.That((await EngineHarness.Soon(engine.Runner.NextAsync())).Request.Attempt, Is.EqualTo(loss));
            await LoseLeaseAsync(engine);
        }

        Job failed = await engine.EndAsync(job);
        Assert.That((failed.State, failed.Attempt, failed.Failure!.Kind, failed.Failure.Inner!.Kind), Is.EqualTo((JobState.Failed, 3, FailureKind.CrashLimit, FailureKind.LauncherLost)));
        Assert.That(failed.Failure.Message, Is.EqualTo(
            "The job lost its launcher 3 times in a row while it ran; LauncherOptions.CrashLimit allows 2. Look for what it does to its launcher or its machine, then restart it."));

        await engine.Client.RestartAsync(job.Id);
        for (int loss = 1; loss <= 2; loss++)
        {
            Assert.That((await EngineHarness.Soon(engine.Runner.NextAsync())).Request.Attempt, Is.EqualTo(3 + loss), "the count begins anew");
            await LoseLeaseAsync(engine);
        }

        (await EngineHarness.Soon(engine.Runner.NextAsync())).Exit();
        Assert.That((await engine.EndAsync(job)).State, Is.EqualTo(JobState.JobFinished));
    }

    [Test]
    public async Task CrashLimit_LauncherThatStops_DoesNotCount()
    {
        await using EngineHarness engine = await StartAsync(setup => setup.Options = options =>
        {
            Options(options);
            options.CrashLimit = 0;
        });
        Job job = await engine.ShellAsync("x");
        for (int stop = 1; stop <= 3; stop++)
        {
            await EngineHarness.Soon(engine.Runner.NextAsync());
            await engine.RestartAsync();
        }

        (await EngineHarness.Soon(engine.Runner.NextAsync())).Exit();
        Assert.That((await engine.EndAsync(job)).State, Is.EqualTo(JobState.JobFinished));
    }

    [Test]
    public async Task CrashLimit_JobsOnTheirLastChance_RunOneAtATimeBesideTheOthers()
    {
        await using EngineHarness engine = await StartAsync(setup => setup.Options = options =>
        {
            Options(options);
            options.Nodes.Clear();
            options.Nodes.Add(new NodeSpec("n1", 4));
            options.CrashLimit = 1;
        });
        IReadOnlyList<Job> jobs = await engine.SubmitAsync(Shell.NewJob("a", new Shell.Parameters("x")), Shell.NewJob("b", new Shell.Parameters("x")));
        await EngineHarness.Soon(engine.Runner.NextAsync());
        await EngineHarness.Soon(engine.Runner.NextAsync());
        await LoseLeaseAsync(engine);
        FakeRun first = await EngineHarness.Soon(engine.Runner.NextAsync());
        Job other = await engine.ShellAsync("y");
        FakeRun beside = await EngineHarness.Soon(engine.Runner.NextAsync());
        Assert.That((first.JobId, beside.JobId), Is.EqualTo((jobs[0].Id, other.Id)), "the second of them waits, a job that lost nothing does not");
        Assert.That((await engine.Client.ExplainAsync(jobs[1].Id)).ToString(), Does.Contain($"it lost its launcher as often as the crash limit allows, as job {jobs[0].Id} did: such jobs run one at a time"));

        // The culprit takes its launcher with it once more; who was held back has lost none by that.
        await LoseLeaseAsync(engine);
        Assert.That((await engine.EndAsync(jobs[0])).Failure!.Kind, Is.EqualTo(FailureKind.CrashLimit));
        FakeRun[] rest = [await EngineHarness.Soon(engine.Runner.NextAsync())];
        rest[0].Exit();
        (await EngineHarness.Soon(engine.Runner.NextAsync())).Exit();
        Assert.That(((await engine.EndAsync(jobs[1])).State, (await engine.EndAsync(other)).State), Is.EqualTo((JobState.JobFinished, JobState.JobFinished)));
    }

    [Test]
    public void CrashLimit_Negative_IsRefusedSayingWhatToSet() => Assert.That(
        new Balsam.Launch.Hosting.LauncherOptionsValidator().Validate(null, new LauncherOptions { CrashLimit = -1 }).Failures,
        Is.EqualTo(new[] { "LauncherOptions.CrashLimit is -1; set it to zero or more, or to null to run a job again however often its launcher is lost." }));

    private static void Options(LauncherOptions options)
    {
        options.Heartbeat = Heartbeat;
        options.LeaseDuration = Lease;
    }

    // The launcher stands still: its next heartbeat gets through only when the lease has run out.
    private async Task LoseLeaseAsync(EngineHarness engine)
    {
        var gate = new Gate();
        engine.Faults.BeforeRenew = gate.PassAsync;
        _time.Advance(Heartbeat);
        await gate.ArrivalAsync();
        _time.Advance(Lease + TimeSpan.FromSeconds(1));
        engine.Faults.BeforeRenew = _ => Task.CompletedTask;
        gate.Open();
    }

    private void BeatFor(TimeSpan time)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < time; passed += Heartbeat)
        {
            _time.Advance(Heartbeat);
        }
    }

    private Task<EngineHarness> StartAsync(Action<EngineSetup>? configure = null) => EngineHarness.StartAsync(store, setup =>
    {
        setup.Time = _time;
        setup.Runner = new FakeJobRunner();
        setup.FaultyStore = true;
        setup.Options = Options;
        configure?.Invoke(setup);
    });
}
