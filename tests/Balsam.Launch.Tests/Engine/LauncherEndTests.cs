using Balsam.Launch.Running;
using Balsam.Storage;
using Balsam.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Balsam.Launch.Tests.Engine;

/// <summary>How a launcher ends, and what it leaves to the next one.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
[Platform("Linux")]
public sealed class LauncherEndTests(StoreKind store)
{
    [Test]
    public async Task Stop_RunningCommand_GetsSigtermThenTheNextLauncherRunsItAgain()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup => setup.Runner = new FakeJobRunner());
        Job job = await engine.ShellAsync("anything");
        FakeRun run = await EngineHarness.Soon(engine.Runner.NextAsync());
        await engine.StopAsync();
        Assert.That(run.Signals, Is.EqualTo(new[] { RunSignal.Terminate }));
        await engine.StartAgainAsync();
        FakeRun second = await EngineHarness.Soon(engine.Runner.NextAsync());
        Assert.That(second.Request.Attempt, Is.EqualTo(2));
        second.Exit();
        await engine.EndAsync(job);
        JobEvent[] steps = [.. (await engine.Client.GetHistoryAsync(job.Id)).Where(step => step.To is JobState.RunTimeout or JobState.RestartReady)];
        Assert.That(steps.Select(step => step.To), Is.EqualTo(new[] { JobState.RunTimeout, JobState.RestartReady }));
        Assert.That(steps[0].Message, Is.EqualTo("The run was ended because the launcher was stopped."));
    }

    [Test]
    public async Task Stop_CommandThatHeedsNoSigterm_IsKilledAfterTheGrace()
    {
        var time = new EngineTime();
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup =>
        {
            setup.Runner = new FakeJobRunner { OnStart = run => run.HeedsTerminate = false };
            setup.Time = time;
            setup.Options = options => options.KillGrace = TimeSpan.FromSeconds(33);
        });
        await engine.ShellAsync("anything");
        FakeRun run = await EngineHarness.Soon(engine.Runner.NextAsync());
        Task stopped = engine.StopAsync();
        await EngineHarness.Soon(run.Signaled, "SIGTERM");
        Assert.That(stopped.IsCompleted, Is.False);
        await time.PassAsync(TimeSpan.FromSeconds(33));
        await EngineHarness.Soon(stopped, "the stop");
        Assert.That(run.Signals, Is.EqualTo(new[] { RunSignal.Terminate, RunSignal.Kill }));
    }

    [Test]
    public async Task Stop_WithDrain_LetsRunsFinishAndStartsNothingNew()
    {
        var time = new EngineTime();
        TimeSpan drain = TimeSpan.FromMinutes(10);
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup =>
        {
            setup.Runner = new FakeJobRunner();
            setup.Time = time;
            setup.Options = options => options.DrainTimeout = drain;
        });
        Job first = await engine.ShellAsync("first");
        Job second = await engine.ShellAsync("second");
        Job waiting = await engine.ShellAsync("third");
        FakeRun run = await EngineHarness.Soon(engine.Runner.NextAsync());
        FakeRun other = await EngineHarness.Soon(engine.Runner.NextAsync());
        Task stopped = engine.StopAsync();
        await time.TimerAsync(TimeSpan.FromMinutes(10));
        run.Exit();
        await engine.EndAsync(first);
        Assert.That((stopped.IsCompleted, other.Signals.Count, engine.Runner.Running.Count), Is.EqualTo((false, 0, 1)), "the other goes on, the third was not started");
        time.Advance(TimeSpan.FromMinutes(10));
        await EngineHarness.Soon(stopped, "the stop");
        Assert.That(other.Signals, Is.EqualTo(new[] { RunSignal.Terminate }));
        drain = TimeSpan.Zero;
        await engine.StartAgainAsync();
        Assert.That((await engine.GetAsync(first)).State, Is.EqualTo(JobState.JobFinished));
        Assert.That(await engine.StatesAsync(second), Does.Contain(JobState.RunTimeout));
        Assert.That((await engine.GetAsync(waiting)).Attempt, Is.LessThanOrEqualTo(1));
    }

    [Test]
    public async Task Stop_RunningFunction_IsCancelledAndRunsAgainLater()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        var gate = new Gate();
        engine.Behaviour.Run = async (input, context, token) =>
        {
            if (context.Attempt == 1)
            {
                await gate.PassAsync(token);
            }

            return input;
        };
        Job job = await engine.SubmitAsync(Work.NewJob("x"));
        await gate.ArrivalAsync();
        await engine.RestartAsync();
        Assert.That((await engine.EndAsync(job)).Attempt, Is.EqualTo(2));
    }

    [Test]
    public async Task Stop_FunctionThatHeedsNothing_IsAbandonedAfterTheGrace([Values] bool overdueBefore)
    {
        var time = new EngineTime();
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup =>
        {
            setup.Time = time;
            setup.Options = options => options.KillGrace = TimeSpan.FromSeconds(33);
        });
        var gate = new Gate();
        engine.Behaviour.Run = async (input, _, _) =>
        {
            await gate.PassAsync(default);
            return input;
        };
        Job job = await engine.SubmitAsync(Work.NewJob("x").WithResources(new JobResources { TimeLimit = TimeSpan.FromHours(1) }));
        await gate.ArrivalAsync();
        if (overdueBefore)
        {
            await time.PassAsync(TimeSpan.FromHours(1));
            await time.PassAsync(TimeSpan.FromSeconds(33));
        }

        Task stopped = engine.StopAsync();
        if (!overdueBefore)
        {
            await time.PassAsync(TimeSpan.FromSeconds(33));
        }

        await EngineHarness.Soon(stopped, "the stop");
        gate.Open();
        await engine.StartAgainAsync();
        JobEvent timeout = await engine.ReachAsync(job, JobState.RunTimeout);
        Assert.That(timeout.Message, Is.EqualTo(overdueBefore ? "The run exceeded its time limit of 01:00:00." : "The run was ended because the launcher was stopped."));
    }

    [Test]
    public async Task Stop_RunningHook_IsCancelledAndCalledAgainLater()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        var gate = new Gate();
        engine.Behaviour.Preprocess = async (_, token) =>
        {
            engine.Behaviour.Note("Preprocess");
            await gate.PassAsync(token);
            return PreprocessOutcome.Ready;
        };
        Job job = await engine.SubmitAsync(Hooked.NewJob("x"));
        await gate.ArrivalAsync();
        await engine.StopAsync();
        gate.Open();
        await engine.StartAgainAsync();
        Assert.That((await engine.EndAsync(job)).State, Is.EqualTo(JobState.JobFinished));
        Assert.That(engine.Behaviour.Diary, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Stop_WhileHooksAndRunsEnd_NeverFails()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        for (int round = 0; round < 15; round++)
        {
            await engine.SubmitAsync([.. Enumerable.Range(0, 10).Select(i => Hooked.NewJob($"{round} {i}"))]);
            await engine.RestartAsync();
        }

        IdleReport report = await engine.IdleAsync();
        Assert.That(report.AllFinished, report.ToString());
    }

    [Test]
    public async Task WallTime_Over_EndsRunsAndStopsTheHost()
    {
        var time = new EngineTime();
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup =>
        {
            setup.Runner = new FakeJobRunner();
            setup.Time = time;
            setup.Options = options => options.WallTime = TimeSpan.FromHours(1);
        });
        await engine.ShellAsync("anything");
        FakeRun run = await EngineHarness.Soon(engine.Runner.NextAsync());
        Task stopped = engine.StoppingAsync();
        await time.PassAsync(TimeSpan.FromHours(1));
        await EngineHarness.Soon(stopped, "the host's stop");
        Assert.That(run.Signals, Is.EqualTo(new[] { RunSignal.Terminate }));
        IdleReport report = await engine.IdleAsync();
        Assert.That(report.Blocked.Single().State, Is.EqualTo(JobState.RestartReady));
        Assert.That(report.Blocked.Single().Reason, Is.EqualTo("no launcher is alive for site 'local' (this host's has ended because the launcher came to its wall time)"));
    }

    [Test]
    public async Task WallTime_JobsThatNeedLonger_AreNotStartedAndTheReportSaysSo()
    {
        var time = new EngineTime();
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup =>
        {
            setup.Time = time;
            setup.Options = options => options.WallTime = TimeSpan.FromHours(1);
        });
        Job early = await engine.RunAsync(Work.NewJob("early").WithResources(new JobResources { WallTime = TimeSpan.FromMinutes(50) }));
        time.Advance(TimeSpan.FromMinutes(30));
        IReadOnlyList<Job> jobs = await engine.SubmitAsync(
            Work.NewJob("long").WithResources(new JobResources { WallTime = TimeSpan.FromMinutes(50) }), Work.NewJob("short").WithResources(new JobResources { WallTime = TimeSpan.FromMinutes(20) }));
        IdleReport report = await engine.IdleAsync();
        Assert.That((early.State, (await engine.GetAsync(jobs[1])).State), Is.EqualTo((JobState.JobFinished, JobState.JobFinished)));
        Assert.That(report.Blocked.Single().Id, Is.EqualTo(jobs[0].Id));
        Assert.That(report.Blocked.Single().Reason, Is.EqualTo($"it needs 50 minutes, launcher {Environment.MachineName}:{Environment.ProcessId} has 30 minutes left, and the job does not say that it can be interrupted"));
    }

    [Test]
    public async Task IdleTimeout_NothingToDo_StopsTheHost()
    {
        var time = new EngineTime();
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup =>
        {
            setup.Time = time;
            setup.Options = options => options.IdleTimeout = TimeSpan.FromMinutes(7);
        });
        Task stopped = engine.StoppingAsync();
        await time.TimerAsync(TimeSpan.FromMinutes(7));
        await engine.RunAsync(Work.NewJob("x"));
        await time.TimerAsync(TimeSpan.FromMinutes(7));
        time.Advance(TimeSpan.FromMinutes(6));
        Assert.That(stopped.IsCompleted, Is.False);
        time.Advance(TimeSpan.FromMinutes(1));
        await EngineHarness.Soon(stopped, "the host's stop");
    }

    [Test]
    public async Task WallTime_StopHostAtEndIsOff_LeavesTheHostRunning()
    {
        var time = new EngineTime();
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup =>
        {
            setup.Time = time;
            setup.Options = options =>
            {
                options.WallTime = TimeSpan.FromHours(1);
                options.StopHostAtEnd = false;
            };
        });
        Task stopping = engine.StoppingAsync();
        await time.PassAsync(TimeSpan.FromHours(1));
        await engine.IdleAsync();
        Job job = await engine.SubmitAsync(Work.NewJob("nobody runs it"));
        IdleReport report = await engine.IdleAsync();
        Assert.That((stopping.IsCompleted, report.Blocked.Single().Id), Is.EqualTo((false, job.Id)));
    }

    [Test]
    public async Task WaitUntilIdle_LauncherStopsMeanwhile_ComesBack()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup => setup.Runner = new FakeJobRunner());
        await engine.ShellAsync("anything");
        await EngineHarness.Soon(engine.Runner.NextAsync());
        Task<IdleReport> idle = engine.Launcher.WaitUntilIdleAsync();
        await EngineHarness.Soon(engine.Host.StopAsync(), "the stop");
        Assert.That((await EngineHarness.Soon(idle)).Counts[JobState.RestartReady], Is.EqualTo(1));
    }

    // As after a long pause of the process: its session was closed, and it learns of it by the news, or by a write that is refused.
    [Test]
    public async Task Lease_Lost_EverythingIsEndedAndRunsAgainUnderANewSession([Values] bool deaf, [Values] bool ends)
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup =>
        {
            setup.Runner = new FakeJobRunner();
            setup.FaultyStore = true;
        });
        Job job = await engine.ShellAsync("anything");
        FakeRun run = await EngineHarness.Soon(engine.Runner.NextAsync());
        var gate = new Gate();
        engine.Behaviour.Preprocess = async (_, token) =>
        {
            await gate.PassAsync(token);
            return PreprocessOutcome.Ready;
        };
        Job hooked = await engine.SubmitAsync(Hooked.NewJob("x"));
        await gate.ArrivalAsync();
        LauncherSession before = (await engine.Store.ListSessionsAsync(default)).Single();
        engine.Faults.IsDeaf = deaf;
        await engine.Store.CloseSessionAsync(before.Token, default);
        if (deaf && ends)
        {
            run.Exit();
        }
        else if (deaf)
        {
            gate.Open();
        }

        FakeRun second = await EngineHarness.Soon(engine.Runner.NextAsync(), "the run after the loss");
        gate.Open();
        second.Exit();
        Assert.That((await engine.EndAsync(job)).Attempt, Is.EqualTo(2));
        Assert.That((await engine.EndAsync(hooked)).State, Is.EqualTo(JobState.JobFinished));
        Assert.That((await engine.Store.ListSessionsAsync(default)).Single().Token.Epoch, Is.EqualTo(before.Token.Epoch + 1));
        Assert.That((await engine.IdleAsync()).Counts[JobState.JobFinished], Is.EqualTo(2));
    }

    [Test]
    public async Task Lease_FoundLostByTheStartOfARun_TheLauncherStartsAnew()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup =>
        {
            setup.Runner = new FakeJobRunner();
            setup.FaultyStore = true;
        });

        // The lease is lost between the claim and the write that says RUNNING.
        bool lost = false;
        engine.Faults.BeforeLauncherCommit = async () =>
        {
            if (!lost)
            {
                lost = true;
                await engine.Store.CloseSessionAsync((await engine.Store.ListSessionsAsync(default)).Single().Token, default);
            }
        };
        Job job = await engine.ShellAsync("anything");
        (await EngineHarness.Soon(engine.Runner.NextAsync())).Exit();
        Assert.That((await engine.EndAsync(job)).Attempt, Is.EqualTo(1));
    }

    [Test]
    public async Task Store_CannotWriteForAWhile_WhatRanIsRecordedLater()
    {
        var time = new EngineTime();
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup =>
        {
            setup.Runner = new FakeJobRunner();
            setup.FaultyStore = true;
            setup.Time = time;
        });
        Job job = await engine.ShellAsync("anything");
        FakeRun run = await EngineHarness.Soon(engine.Runner.NextAsync());
        int refusals = 0;
        engine.Faults.BeforeLauncherCommit = () => ++refusals <= 3 ? throw new StoreException(StoreErrorKind.Unavailable, "disk full") : Task.CompletedTask;
        run.Exit();
        for (int seconds = 1; seconds <= 3; seconds++)
        {
            await time.PassAsync(TimeSpan.FromSeconds(seconds));
        }

        Assert.That(((await engine.EndAsync(job)).State, refusals), Is.EqualTo((JobState.JobFinished, 4)));
    }

    [Test]
    public async Task Stop_WhileTheStoreCannotWrite_EndsInTime()
    {
        var time = new EngineTime();
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup =>
        {
            setup.Runner = new FakeJobRunner();
            setup.FaultyStore = true;
            setup.Time = time;
            setup.Options = options => options.RecordTimeout = TimeSpan.FromSeconds(3);
        });
        Job job = await engine.ShellAsync("anything");
        FakeRun run = await EngineHarness.Soon(engine.Runner.NextAsync());
        engine.Faults.BeforeLauncherCommit = () => throw new StoreException(StoreErrorKind.Unavailable, "disk full");
        run.Exit();
        await time.TimerAsync(TimeSpan.FromSeconds(1));
        Task stopped = engine.StopAsync();
        for (int i = 0; i < 3; i++)
        {
            await time.PassAsync(TimeSpan.FromSeconds(1));
        }

        await EngineHarness.Soon(stopped, "the stop");
        if (store == StoreKind.InMemory)
        {
            // The session goes on in a store that outlives the host: its jobs come back when its lease has run out.
            time.Advance(TimeSpan.FromDays(4001));
        }

        await engine.StartAgainAsync();
        FakeRun second = await EngineHarness.Soon(engine.Runner.NextAsync());
        second.Exit();
        Assert.That((await engine.EndAsync(job)).Attempt, Is.EqualTo(2), "what could not be recorded is run again");
    }

    [Test]
    public async Task Store_FailsForGood_WaitersLearnWhy()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup =>
        {
            setup.Runner = new FakeJobRunner();
            setup.FaultyStore = true;
        });
        await engine.ShellAsync("anything");
        FakeRun run = await EngineHarness.Soon(engine.Runner.NextAsync());
        Task<IdleReport> idle = engine.Launcher.WaitUntilIdleAsync();
        engine.Faults.BeforeLauncherCommit = () => throw new StoreException(StoreErrorKind.Unreadable, "the file is torn");
        Task stopping = engine.StoppingAsync();
        run.Exit();
        Assert.That((await Assert.ThrowsAsync<StoreException>(() => EngineHarness.Soon(idle)))!.Message, Is.EqualTo("the file is torn"));
        Assert.That((await Assert.ThrowsAsync<StoreException>(engine.IdleAsync))!.Message, Is.EqualTo("the file is torn"));
        await EngineHarness.Soon(stopping, "the host's stop");
    }

    [Test]
    public async Task UnknownApplication_ItsJobsWaitWithThatReasonWhileOthersRun()
    {
        bool known = true;
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup =>
        {
            setup.Options = options => options.Filter = JobFilter.All;
            setup.Applications = balsam => _ = known ? balsam.AddApplication<Work>().AddApplication<Shell>() : balsam.AddApplication<Work>();
        });
        var gate = new Gate();
        engine.Behaviour.Run = async (input, _, token) =>
        {
            await gate.PassAsync(token);
            return input;
        };
        await engine.SubmitAsync(Work.NewJob("a").WithResources(new JobResources { ThreadsPerRank = 2 }));
        await gate.ArrivalAsync();
        Job unknown = await engine.ShellAsync("true");
        known = false;
        await engine.RestartAsync();
        gate.Open();
        Job other = await engine.SubmitAsync(Work.NewJob("b"));
        IdleReport report = await engine.IdleAsync();
        Assert.That((report.Counts[JobState.JobFinished], (await engine.GetAsync(other)).State), Is.EqualTo((2, JobState.JobFinished)));
        string launcher = $"{Environment.MachineName}:{Environment.ProcessId}";
        Assert.That((report.Blocked.Single().Id, report.Blocked.Single().State), Is.EqualTo((unknown.Id, JobState.StagedIn)));
        Assert.That(report.Blocked.Single().Reason, Is.EqualTo($"launcher {launcher} does not know its application 'Shell'; call AddApplication for it in that host"));
        Assert.That(report.ToString(), Does.Contain($"1 blocked (first: job 2): launcher {launcher} does not know its application 'Shell'"));
    }

    [Test]
    public async Task Filter_JobsItDoesNotTake_WaitWithThatReason()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup => setup.Options = options => options.Filter = new TagFilter("queue", "mine"));
        IReadOnlyList<Job> jobs = await engine.SubmitAsync(Work.NewJob("a").Tag("queue", "mine"), Work.NewJob("b").Tag("queue", "yours"), Work.NewJob("c").InSite("elsewhere"));
        IdleReport report = await engine.IdleAsync();
        Assert.That(report.Blocked.Select(job => (job.Id, job.Reason)), Is.EqualTo(new[]
        {
            (jobs[1].Id, $"launcher {Environment.MachineName}:{Environment.ProcessId} takes only jobs where tag queue is \"mine\""),
            (jobs[2].Id, "no launcher is alive for site 'elsewhere'; those alive serve 'local'"),
        }));
    }

    [Test]
    public async Task Idle_JobLargerThanTheNodesOfThisStart_FailsSayingSo()
    {
        int cores = 8;
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup =>
        {
            setup.Runner = new FakeJobRunner();
            setup.Options = options =>
            {
                options.Nodes.Clear();
                options.Nodes.Add(new NodeSpec("n1", cores));
            };
        });
        JobResources all = new() { ThreadsPerRank = 8 };
        await engine.SubmitAsync(Shell.NewJob(new Shell.Parameters("a")).WithResources(all));
        Job waiting = await engine.SubmitAsync(Shell.NewJob(new Shell.Parameters("b")).WithResources(all));
        await EngineHarness.Soon(engine.Runner.NextAsync());
        cores = 4;
        await engine.RestartAsync();
        Job failed = await engine.EndAsync(waiting);
        Assert.That((failed.State, failed.Attempt, failed.Failure!.Kind), Is.EqualTo((JobState.Failed, 0, FailureKind.Impossible)));
        Assert.That(failed.Failure.Message, Does.Contain("8 cores"));
    }
}
