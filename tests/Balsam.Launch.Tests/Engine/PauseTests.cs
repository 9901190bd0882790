using Balsam.Launch.Running;
using Balsam.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Balsam.Launch.Tests.Engine;

/// <summary>A paused launcher starts nothing, brings what it has started to its end, and says that it is paused.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
[Platform("Linux")]
public sealed class PauseTests(StoreKind store)
{
    private static readonly string Launcher = $"{Environment.MachineName}:{Environment.ProcessId}";

    [Test]
    public async Task Pause_WhileJobsRun_TheyGoOnAndNothingStartsUntilTheResume()
    {
        await using EngineHarness engine = await StartAsync();
        Job[] jobs = [.. await engine.SubmitAsync([.. Enumerable.Range(0, 4).Select(i => Shell.NewJob(new Shell.Parameters("anything")))])];
        FakeRun[] runs = [await EngineHarness.Soon(engine.Runner.NextAsync()), await EngineHarness.Soon(engine.Runner.NextAsync())];
        await engine.Launcher.PauseAsync("the file server is being repaired");
        Assert.That(await engine.Store.FindLeasesAsync([.. jobs.Select(job => job.Id)], default), Has.Count.EqualTo(2), "what had not started is free");
        runs[0].Exit();
        runs[1].Exit();
        IdleReport report = await engine.IdleAsync();
        Assert.That((report.Counts[JobState.JobFinished], engine.Runner.Running.Count), Is.EqualTo((2, 0)), "what ran has ended, and nothing took its place");
        const string why = "is paused (the file server is being repaired); it takes jobs again after ResumeAsync";
        Assert.That(report.Blocked.Select(blocked => blocked.Reason), Is.EqualTo(new[] { $"launcher {Launcher} {why}", $"launcher {Launcher} {why}" }));
        Assert.That(report.Blocked[0].Explanation.Outlook, Is.EqualTo(JobOutlook.Passing), "a wait for the job is not to give up");
        LauncherStatus status = engine.Launcher.Status;
        Assert.That((status.State, status.Reason, status.Problem), Is.EqualTo((LauncherState.Paused, "the file server is being repaired", (Exception?)null)));
        await engine.Launcher.ResumeAsync();
        engine.Runner.OnStart = run => run.Exit();
        (await EngineHarness.Soon(engine.Runner.NextAsync())).Exit();
        (await EngineHarness.Soon(engine.Runner.NextAsync())).Exit();
        Assert.That((await engine.IdleAsync()).AllFinished);
        Assert.That((engine.Launcher.Status.State, engine.Launcher.Status.Reason), Is.EqualTo((LauncherState.Running, (string?)null)));
    }

    [Test]
    public async Task Pause_WhileAHookRuns_ItFinishesAndTheRunDoesNotStart()
    {
        await using EngineHarness engine = await StartAsync();
        var gate = new Gate();
        engine.Behaviour.Preprocess = async (_, token) =>
        {
            await gate.PassAsync(token);
            return PreprocessOutcome.Ready;
        };
        Job job = await engine.SubmitAsync(Hooked.NewJob("x"));
        await gate.ArrivalAsync();
        await engine.Launcher.PauseAsync();
        gate.Open();
        await engine.ReachAsync(job, JobState.Preprocessed);
        await engine.IdleAsync();
        Assert.That((await engine.GetAsync(job)).State, Is.EqualTo(JobState.Preprocessed));
        await engine.Launcher.ResumeAsync();
        Assert.That((await engine.EndAsync(job)).State, Is.EqualTo(JobState.JobFinished));
    }

    [Test]
    public async Task Pause_RunEndsMeanwhile_ItsHookIsCalledAndNoOther()
    {
        await using EngineHarness engine = await StartAsync();
        var gate = new Gate();
        engine.Behaviour.Run = async (input, _, token) =>
        {
            await gate.PassAsync(token);
            return input;
        };
        engine.Behaviour.Preprocess = (context, _) =>
        {
            engine.Behaviour.Note($"Preprocess {context.Job.Id}");
            return Task.FromResult(PreprocessOutcome.Ready);
        };
        engine.Behaviour.Postprocess = (context, _) =>
        {
            engine.Behaviour.Note($"Postprocess {context.Job.Id}");
            return Task.FromResult(PostprocessOutcome.Done);
        };
        Job first = await engine.SubmitAsync(Hooked.NewJob("x"));
        await gate.ArrivalAsync();
        await engine.Launcher.PauseAsync();
        Job second = await engine.SubmitAsync(Hooked.NewJob("y"));
        gate.Open();
        Assert.That((await engine.EndAsync(first)).State, Is.EqualTo(JobState.JobFinished));
        await engine.IdleAsync();
        Assert.That(engine.Behaviour.Diary, Is.EqualTo(new[] { "Preprocess 1", "Postprocess 1" }));
        Assert.That((await engine.GetAsync(second)).State, Is.EqualTo(JobState.StagedIn));
    }

    [Test]
    public async Task Pause_ChildOfAWaitingJob_IsToldWhatItsParentWaitsFor()
    {
        await using EngineHarness engine = await StartAsync();
        await engine.Launcher.PauseAsync("lunch");
        NewJob parent = Shell.NewJob(new Shell.Parameters("anything"));
        IReadOnlyList<Job> jobs = await engine.SubmitAsync(parent, Shell.NewJob(new Shell.Parameters("anything")).After(parent));
        Assert.That((await engine.Client.ExplainAsync(jobs[1].Id)).Why, Is.EqualTo($"it waits for parent 1, which is STAGED_IN: launcher {Launcher} is paused (lunch); it takes jobs again after ResumeAsync"));
    }

    [Test]
    public async Task Pause_Progress_SaysSo()
    {
        await using EngineHarness engine = await StartAsync();
        await engine.Launcher.PauseAsync("lunch");
        await engine.ShellAsync("anything");
        await foreach (CampaignProgress progress in engine.Client.WatchProgressAsync())
        {
            Assert.That((progress.PausedBecause, progress.ToString()), Is.EqualTo(("lunch", "0 of 1 jobs ended: STAGED_IN 1; paused: lunch")));
            break;
        }
    }

    [Test]
    public async Task Pause_HostStartedAgain_IsNotPaused()
    {
        await using EngineHarness engine = await StartAsync();
        await engine.Launcher.PauseAsync();
        Job job = await engine.ShellAsync("anything");
        await engine.RestartAsync();
        (await EngineHarness.Soon(engine.Runner.NextAsync())).Exit();
        Assert.That((await engine.EndAsync(job)).State, Is.EqualTo(JobState.JobFinished));
    }

    [Test]
    public async Task Pause_LeaseLostMeanwhile_StaysPaused()
    {
        await using EngineHarness engine = await StartAsync(setup => setup.FaultyStore = true);
        await engine.Launcher.PauseAsync("lunch");
        LauncherSession before = (await engine.Store.ListSessionsAsync(default)).Single();
        var again = new TaskCompletionSource();
        engine.Faults.Listening = () => again.TrySetResult();
        await engine.Store.CloseSessionAsync(before.Token, default);
        await EngineHarness.Soon(again.Task, "the new session to listen");
        Job job = await engine.ShellAsync("anything");
        await engine.IdleAsync();
        Assert.That((engine.Launcher.Status.State, (await engine.GetAsync(job)).State), Is.EqualTo((LauncherState.Paused, JobState.StagedIn)));
        Assert.That((await engine.Client.ExplainAsync(job.Id)).Why, Does.Contain("is paused (lunch)"));
    }

    [Test]
    public async Task Pause_BeforeTheHostStarts_NothingIsEverClaimed()
    {
        await using var kept = new InMemoryJobStore();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        var runner = new FakeJobRunner();
        string directory = Directory.CreateTempSubdirectory("balsam-pause-").FullName;
        builder.Services.AddSingleton<IJobRunner>(runner);
        builder.Services.AddBalsam(balsam => balsam.UseInMemory(kept).Configure(options => options.DataDirectory = directory).AddApplication<Shell>().AddLauncher());
        using IHost host = builder.Build();
        var launcher = host.Services.GetRequiredService<Launcher>();
        Assert.That(launcher.Status.ToString(), Is.EqualTo("NotStarted"));
        Job job = await host.Services.GetRequiredService<BalsamClient>().SubmitAsync(Shell.NewJob(new Shell.Parameters("anything")));
        await launcher.PauseAsync();
        await host.StartAsync();
        await EngineHarness.Soon(launcher.WaitUntilIdleAsync(), "idleness");
        Assert.That((await kept.FindAsync([job.Id], default)).Single().State, Is.EqualTo(JobState.StagedIn));
        await launcher.ResumeAsync();
        (await EngineHarness.Soon(runner.NextAsync())).Exit();
        await EngineHarness.Soon(launcher.WaitUntilIdleAsync(), "idleness");
        await host.StopAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Test]
    public async Task Resume_AfterTheStop_IsRefusedSayingWhy()
    {
        await using EngineHarness engine = await StartAsync();
        await engine.Launcher.StopAsync();
        await engine.Launcher.PauseAsync();
        InvalidOperationException? refused = await Assert.ThrowsAsync<InvalidOperationException>(() => engine.Launcher.ResumeAsync());
        Assert.That(refused!.Message, Is.EqualTo("The launcher cannot go on: it takes no more jobs because the launcher was told to stop. Start its host again."));
        Assert.That(engine.Launcher.Status.State, Is.EqualTo(LauncherState.Ended));
    }

    [Test]
    public async Task Pause_IdleTimeout_DoesNotCount()
    {
        var time = new EngineTime();
        await using EngineHarness engine = await StartAsync(setup =>
        {
            setup.Time = time;
            setup.Options = options => options.IdleTimeout = TimeSpan.FromMinutes(7);
        });
        await time.TimerAsync(TimeSpan.FromMinutes(7));
        Task stopping = engine.StoppingAsync();
        await engine.Launcher.PauseAsync();
        await engine.IdleAsync();
        time.Advance(TimeSpan.FromHours(1));
        await engine.IdleAsync();
        Assert.That((stopping.IsCompleted, engine.Launcher.Status.State), Is.EqualTo((false, LauncherState.Paused)));
        await engine.Launcher.ResumeAsync();
        await engine.IdleAsync();
        await time.PassAsync(TimeSpan.FromMinutes(7));
        await EngineHarness.Soon(stopping, "the host's stop");
    }

    private Task<EngineHarness> StartAsync(Action<EngineSetup>? configure = null) => EngineHarness.StartAsync(store, setup =>
    {
        setup.Runner = new FakeJobRunner();
        configure?.Invoke(setup);
    });
}
