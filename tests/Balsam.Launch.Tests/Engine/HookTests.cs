using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Balsam.Launch.Tests.Engine;

/// <summary>Hooks in the real engine: what they decide, what they throw, how long they may take, where their instances come from.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class HookTests(StoreKind store)
{
    private static readonly string[] Names = ["Preprocess", "Postprocess", "HandleError", "HandleTimeout"];

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [TestCaseSource(nameof(Names))]
    public async Task Hook_Throws_FailsTheJobWithTypeMessageAndStack(string hook)
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        Lead(engine.Behaviour, hook);
        Install(engine.Behaviour, hook, (_, _) => throw new FileLoadException("the input is torn", new InvalidDataException("at byte 7")));
        Job job = await engine.RunAsync(NewHooked(hook));
        FailureDetails failure = job.Failure!;
        Assert.That((job.State, failure.Kind, failure.TypeName), Is.EqualTo((JobState.Failed, FailureKind.HookException, typeof(FileLoadException).FullName)));
        Assert.That(failure.Message, Is.EqualTo($"{hook} threw FileLoadException: the input is torn"));
        Assert.That(failure.Stack, Does.Contain(nameof(HookTests)));
        Assert.That((failure.Inner!.TypeName, failure.Inner.Message), Is.EqualTo((typeof(InvalidDataException).FullName, "at byte 7")));
        Assert.That(engine.OutputOf(job, "balsam.log"), Does.StartWith($"#BALSAM Running {hook} for Job {job.Id}").And.Contain("the input is torn"));
    }

    [TestCaseSource(nameof(Names))]
    public async Task Hook_ThrowsOutOfMemory_FailsTheJobAndTheLauncherLives(string hook)
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        Lead(engine.Behaviour, hook);
        Install(engine.Behaviour, hook, (_, _) => throw new InsufficientMemoryException("an array too large"));
        Job job = await engine.RunAsync(NewHooked(hook));
        Assert.That(job.Failure!.TypeName, Is.EqualTo(typeof(InsufficientMemoryException).FullName));
        Assert.That((await engine.RunAsync(Work.NewJob("next"))).State, Is.EqualTo(JobState.JobFinished));
    }

    [Test]
    public async Task Hook_IgnoresItsToken_FailsTheJobAtTheLimit([ValueSource(nameof(Names))] string hook, [Values] bool heeds)
    {
        var time = new EngineTime();
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup => setup.Time = time);
        var gate = new Gate();
        Lead(engine.Behaviour, hook);
        Install(engine.Behaviour, hook, async (_, token) => await gate.PassAsync(heeds ? token : default));
        Job job = await engine.SubmitAsync(NewHooked(hook));
        if (hook == "HandleTimeout")
        {
            await time.PassAsync(TimeSpan.FromSeconds(1));
        }

        await gate.ArrivalAsync();
        await time.PassAsync(Limit);
        Job ended = await engine.EndAsync(job);
        Assert.That((ended.State, ended.Failure!.Kind), Is.EqualTo((JobState.Failed, FailureKind.HookTimeout)));
        Assert.That(ended.Failure.Message, Is.EqualTo($"{hook} did not return within 00:05:00."));
        gate.Open();
    }

    [Test]
    public async Task Hook_BlocksInARegistrationOnItsToken_FailsTheJobAtTheLimitAllTheSame()
    {
        var time = new EngineTime();
        using var release = new ManualResetEventSlim();
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup => setup.Time = time);
        var gate = new Gate();
        engine.Behaviour.Postprocess = async (_, token) =>
        {
            token.Register(() =>
            {
                release.Wait(CancellationToken.None);
                throw new InvalidOperationException("from a registration");
            });
            await gate.PassAsync(default);
            return PostprocessOutcome.Done;
        };
        Job job = await engine.SubmitAsync(Hooked.NewJob("x"));
        await gate.ArrivalAsync();
        await time.PassAsync(Limit);
        Assert.That((await engine.EndAsync(job)).Failure!.Kind, Is.EqualTo(FailureKind.HookTimeout));
        Assert.That((await engine.RunAsync(Work.NewJob("next"))).State, Is.EqualTo(JobState.JobFinished), "the launcher is not held up");
        release.Set();
    }

    [Test]
    public async Task Hook_ReturnsNothing_FailsTheJob()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        engine.Behaviour.Preprocess = (_, _) => Task.FromResult<PreprocessOutcome>(null!);
        Job job = await engine.RunAsync(Hooked.NewJob("x"));
        Assert.That((job.State, job.Failure!.Message), Is.EqualTo((JobState.Failed, "Preprocess returned null; it must return an outcome.")));
    }

    [Test]
    public async Task Hook_Data_AreStoredWithTheOutcome()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        engine.Behaviour.Preprocess = (context, _) =>
        {
            context.Data.Set("prepared", new[] { 1, 2 });
            return Task.FromResult(PreprocessOutcome.Ready);
        };
        engine.Behaviour.Run = (input, context, _) =>
        {
            context.Data.Set("ran", context.Data.Get<int[]>("prepared")!.Sum());
            return Task.FromResult(input);
        };
        engine.Behaviour.Postprocess = (context, _) =>
        {
            context.Data.Set("done", context.Data.Get<int>("ran") * 2);
            context.Data.Remove("prepared");
            return Task.FromResult(PostprocessOutcome.Done);
        };
        Job job = await engine.RunAsync(Hooked.NewJob("x").WithData("given", "before"));
        Assert.That(job.Data, Is.EqualTo(JobData.Parse("""{"given":"before","ran":3,"done":6}""")));
    }

    [Test]
    public async Task Hook_FailsAfterSettingData_StoresTheDataUnlessItThrew([Values] bool throws)
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        engine.Behaviour.Preprocess = (context, _) =>
        {
            context.Data.Set("seen", true);
            return throws ? throw new InvalidOperationException() : Task.FromResult(PreprocessOutcome.Fail("no"));
        };
        Job job = await engine.RunAsync(Hooked.NewJob("x"));
        Assert.That((job.State, job.Data.Contains("seen")), Is.EqualTo((JobState.Failed, !throws)));
    }

    [Test]
    public async Task Hook_OversizedData_FailsTheJob()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        engine.Behaviour.Postprocess = (context, _) =>
        {
            context.Data.Set("all", new string('x', SubmissionLimits.DataLength));
            return Task.FromResult(PostprocessOutcome.Done);
        };
        Job job = await engine.RunAsync(Hooked.NewJob("x"));
        Assert.That((job.State, job.Data.IsEmpty), Is.EqualTo((JobState.Failed, true)));
        Assert.That(job.Failure!.Message, Does.StartWith("Postprocess: the data are 512010 characters of JSON, 512000 are allowed."));
    }

    [Test]
    public async Task Hook_EachCall_HasAScopeOfItsOwnThatIsDisposed()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup =>
        {
            setup.Services = services => services.AddScoped<Scoped>();
            setup.Applications = balsam => balsam.AddApplication<Scoping>();
        });
        engine.Behaviour.Diary.Clear();
        Job job = await engine.RunAsync(Scoping.NewJob("x"));
        await engine.IdleAsync();
        Assert.That(job.State, Is.EqualTo(JobState.JobFinished));
        Assert.That(engine.Behaviour.Diary, Is.EqualTo(new[]
        {
            "made", "Preprocess", "disposed",
            "made", "Run", "disposed",
            "made", "Postprocess", "disposed",
        }));
    }

    [Test]
    public async Task Hook_Log_GoesToBalsamLogUnderAHeadline()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        engine.Behaviour.Preprocess = (context, _) =>
        {
            Assert.That(Directory.Exists(context.Workdir), "the workdir is there before the hook");
            context.Log.LogInformation("writing the input of h2o");
            return Task.FromResult(PreprocessOutcome.Ready);
        };
        engine.Behaviour.Postprocess = (context, _) =>
        {
            int attempt = context.Attempt;
            context.Log.LogWarning("attempt {Attempt}", attempt);
            return Task.FromResult(PostprocessOutcome.Done);
        };
        Job job = await engine.RunAsync(Hooked.NewJob("x"));
        string[] lines = File.ReadAllLines(Path.Combine(engine.WorkdirOf(job), "balsam.log"));
        Assert.That(lines, Has.Length.EqualTo(4));
        Assert.That((lines[0], lines[2]), Is.EqualTo(($"#BALSAM Running Preprocess for Job {job.Id}", $"#BALSAM Running Postprocess for Job {job.Id}")));
        Assert.That(lines[1], Does.Match(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z Information: writing the input of h2o$"));
        Assert.That(lines[3], Does.EndWith("Warning: attempt 1"));
    }

    [Test]
    public async Task Hook_ThatSaysNothing_LeavesNoLog()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        Job job = await engine.RunAsync(Hooked.NewJob("x"));
        Assert.That(File.Exists(Path.Combine(engine.WorkdirOf(job), "balsam.log")), Is.False);
    }

    [Test]
    public async Task Hooks_Many_RunAtMostSoManyAtATime()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup => setup.Options = options => options.HookConcurrency = 3);
        var gate = new Gate();
        int now = 0;
        int most = 0;
        engine.Behaviour.Preprocess = async (_, token) =>
        {
            int count = Interlocked.Increment(ref now);
            InterlockedMax(ref most, count);
            await gate.PassAsync(token);
            Interlocked.Decrement(ref now);
            return PreprocessOutcome.Ready;
        };
        await engine.SubmitAsync([.. Enumerable.Range(0, 20).Select(i => Hooked.NewJob($"{i}"))]);
        for (int i = 0; i < 3; i++)
        {
            await gate.ArrivalAsync();
        }

        Job quick = await engine.RunAsync(Work.NewJob("without hooks"));
        Assert.That((quick.State, gate.HasArrival), Is.EqualTo((JobState.JobFinished, false)), "three hooks wait, no fourth began, and other jobs went on");
        gate.Open();
        IdleReport report = await engine.IdleAsync();
        Assert.That((report.Counts[JobState.JobFinished], most), Is.EqualTo((21, 3)));
    }

    [Test]
    public async Task Preprocess_JobCancelledWhileItWaitsForItsTurn_IsNotCalled()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup => setup.Options = options => options.HookConcurrency = 1);
        var gate = new Gate();
        engine.Behaviour.Preprocess = async (context, token) =>
        {
            engine.Behaviour.Note($"Preprocess {context.Id}");
            await gate.PassAsync(token);
            return PreprocessOutcome.Ready;
        };
        IReadOnlyList<Job> jobs = await engine.SubmitAsync(Hooked.NewJob("a"), Hooked.NewJob("b"));
        await gate.ArrivalAsync();
        await engine.Client.CancelAsync(jobs[1].Id, "enough");
        await engine.RunAsync(Work.NewJob("after the news"));
        gate.Open();
        await engine.IdleAsync();
        Assert.That(engine.Behaviour.Diary, Is.EqualTo(new[] { $"Preprocess {jobs[0].Id}" }));
        Assert.That((await engine.GetAsync(jobs[1])).State, Is.EqualTo(JobState.Failed));
    }

    [Test]
    public async Task Cancel_WhileAHookRuns_CancelsItAndItsOutcomeCountsForNothing([Values] bool heeds)
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        var gate = new Gate();
        var cancelled = new TaskCompletionSource();
        engine.Behaviour.Preprocess = async (_, token) =>
        {
            token.Register(cancelled.SetResult);
            await gate.PassAsync(heeds ? token : default);
            return PreprocessOutcome.Ready;
        };
        Job job = await engine.SubmitAsync(Hooked.NewJob("x"));
        await gate.ArrivalAsync();
        await engine.Client.CancelAsync(job.Id, "enough");
        await EngineHarness.Soon(cancelled.Task, "the hook's cancellation");
        gate.Open();
        await engine.IdleAsync();
        Assert.That((await engine.GetAsync(job)).Failure!.Kind, Is.EqualTo(FailureKind.Cancelled));
        Assert.That(await engine.StatesAsync(job), Is.EqualTo(new[] { JobState.Ready, JobState.StagedIn, JobState.Failed }));
    }

    // A cancellation that arrives in the same turn as the hook's end used to bring the launcher down.
    [Test]
    public async Task Cancel_AtTheEndOfAHook_NeverBringsTheLauncherDown()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        engine.Behaviour.Postprocess = async (_, _) =>
        {
            await Task.Yield();
            return PostprocessOutcome.Done;
        };
        for (int i = 0; i < 50; i++)
        {
            Job job = await engine.SubmitAsync(Hooked.NewJob("x"));
            await engine.ReachAsync(job, JobState.RunDone);
            await engine.Client.CancelAsync(job.Id, "enough");
        }

        IdleReport report = await engine.IdleAsync();
        Assert.That(report.AllEnded, report.ToString());
        Assert.That((await engine.RunAsync(Work.NewJob("next"))).State, Is.EqualTo(JobState.JobFinished));
    }

    [Test]
    public async Task Postprocess_RestartThenDone_RunsTwice()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        engine.Behaviour.Run = (_, context, _) => Task.FromResult($"result {context.Attempt}");
        engine.Behaviour.Postprocess = (context, _) =>
        {
            engine.Behaviour.Note($"after {context.Attempt}");
            return Task.FromResult(context.Attempt == 1 ? PostprocessOutcome.Restart("not converged") : PostprocessOutcome.Done);
        };
        Job job = await engine.RunAsync(Hooked.NewJob("x"));
        Assert.That((job.State, job.Attempt, job.GetResult<string>()), Is.EqualTo((JobState.JobFinished, 2, "result 2")));
        Assert.That(engine.Behaviour.Diary, Is.EqualTo(new[] { "after 1", "after 2" }));
        Assert.That((await engine.Client.GetHistoryAsync(job.Id)).Single(step => step.To == JobState.RestartReady).Message, Is.EqualTo("not converged"));
    }

    [Test]
    public async Task HandleError_Default_FailsTheJobWithTheRunsOwnFailure()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        engine.Behaviour.Run = (_, _, _) => throw new TimeoutException("no answer");
        Job plain = await engine.RunAsync(Work.NewJob("x"));
        Assert.That((plain.State, plain.Failure!.Kind, plain.Failure.TypeName), Is.EqualTo((JobState.Failed, FailureKind.Exception, typeof(TimeoutException).FullName)));
        engine.Behaviour.HandleError = (context, _) => Task.FromResult(ErrorOutcome.Fail($"gave up after {context.Attempt}: {context.Failure!.TypeName}"));
        Job hooked = await engine.RunAsync(Hooked.NewJob("x"));
        Assert.That((hooked.Failure!.Kind, hooked.Failure.Message), Is.EqualTo((FailureKind.HookDecision, "gave up after 1: System.TimeoutException")));
        Assert.That(hooked.Failure.Inner!.Message, Is.EqualTo("no answer"));
    }

    [Test]
    public async Task HandleTimeout_Default_RunsTheJobAgain()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        engine.Behaviour.Run = async (input, context, token) =>
        {
            if (context.Attempt == 1)
            {
                await new Gate().PassAsync(token);
            }

            return input;
        };
        Job job = await engine.RunAsync(Work.NewJob("x").WithResources(new JobResources { TimeLimit = TimeSpan.FromSeconds(2) }));
        Assert.That((job.State, job.Attempt), Is.EqualTo((JobState.JobFinished, 2)));
        Assert.That(await engine.StatesAsync(job), Does.Contain(JobState.RunTimeout));
    }

    [Test]
    public async Task Retry_DelayAndBackoff_AreKeptByTheClock()
    {
        var time = new EngineTime();
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup =>
        {
            setup.Time = time;
            setup.Behaviour.Retry = new RetryPolicy(4) { Delay = TimeSpan.FromMinutes(1), Backoff = 3, MaxDelay = TimeSpan.FromMinutes(5) };
        });
        engine.Behaviour.Run = (_, _, _) => throw new InvalidOperationException("no");
        Job job = await engine.SubmitAsync(Retrying.NewJob("x"));
        Task<IdleReport> idle = engine.Launcher.WaitUntilIdleAsync();
        foreach (int minutes in (int[])[1, 3, 5])
        {
            await time.TimerAsync(TimeSpan.FromMinutes(minutes));
            Assert.That((idle.IsCompleted, (await engine.GetAsync(job)).State), Is.EqualTo((false, JobState.RestartReady)), "a job that waits for its time is not the end");
            time.Advance(TimeSpan.FromMinutes(minutes));
        }

        Job ended = await engine.EndAsync(job);
        await EngineHarness.Soon(idle, "idleness");
        Assert.That((ended.State, ended.Attempt, ended.Failure!.Message), Is.EqualTo((JobState.Failed, 4, "no")));
        Assert.That(
            (await engine.Client.GetHistoryAsync(job.Id)).Where(step => step.To == JobState.RestartReady).Select(step => step.Message),
            Is.EqualTo(new[] { "attempt 1 of 4: no", "attempt 2 of 4: no", "attempt 3 of 4: no" }));
        DateTimeOffset[] starts = [.. (await engine.Client.GetHistoryAsync(job.Id)).Where(step => step.To == JobState.Running).Select(step => step.At)];
        Assert.That(starts.Skip(1).Zip(starts, (later, earlier) => (later - earlier).TotalMinutes), Is.EqualTo(new[] { 1, 3, 5 }));
    }

    [Test]
    public async Task Retry_DelayBeyondEveryDate_HoldsTheJobAndTheLauncherLives()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        engine.Behaviour.Run = (_, _, _) => throw new InvalidOperationException("no");
        engine.Behaviour.HandleError = (_, _) => Task.FromResult(ErrorOutcome.Restart("some day", TimeSpan.MaxValue));
        Job job = await engine.SubmitAsync(Hooked.NewJob("x"));
        await engine.ReachAsync(job, JobState.RestartReady);
        engine.Behaviour.Run = (input, _, _) => Task.FromResult(input);
        Assert.That((await engine.RunAsync(Work.NewJob("next"))).State, Is.EqualTo(JobState.JobFinished));
        Assert.That((await engine.GetAsync(job)).NotBefore, Is.GreaterThan(TimeProvider.System.GetUtcNow().AddYears(9)));
    }

    [Test]
    public async Task Restart_JobThatFailedInPreprocess_CallsPreprocessAgain()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        engine.Behaviour.Preprocess = (_, _) =>
        {
            engine.Behaviour.Note("Preprocess");
            return Task.FromResult(engine.Behaviour.Diary.Count == 1 ? PreprocessOutcome.Fail("no input yet") : PreprocessOutcome.Ready);
        };
        Job job = await engine.RunAsync(Hooked.NewJob("x"));
        Assert.That((job.Failure!.Kind, job.Failure.Message), Is.EqualTo((FailureKind.HookDecision, "no input yet")));
        await engine.Client.RestartAsync(job.Id);
        await engine.ReachAsync(job, JobState.JobFinished);
        Assert.That((engine.Behaviour.Diary.Count, (await engine.GetAsync(job)).Failure), Is.EqualTo((2, (FailureDetails?)null)));
    }

    [Test]
    public async Task Restart_JobThatFailedLater_DoesNotCallPreprocessAgain()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        engine.Behaviour.Preprocess = (_, _) =>
        {
            engine.Behaviour.Note("Preprocess");
            return Task.FromResult(PreprocessOutcome.Ready);
        };
        engine.Behaviour.Run = (input, context, _) => context.Attempt == 1 ? throw new InvalidOperationException() : Task.FromResult(input);
        Job job = await engine.RunAsync(Hooked.NewJob("x"));
        await engine.Client.RestartAsync(job.Id);
        await engine.ReachAsync(job, JobState.JobFinished);
        Assert.That(engine.Behaviour.Diary, Is.EqualTo(new[] { "Preprocess" }));
    }

    private static NewJob NewHooked(string hook)
    {
        NewJob job = Hooked.NewJob("x");
        return hook == "HandleTimeout" ? job.WithResources(new JobResources { TimeLimit = TimeSpan.FromSeconds(1) }) : job;
    }

    // Makes the run end in the way that calls the hook.
    private static void Lead(Behaviour behaviour, string hook) => behaviour.Run = hook switch
    {
        "HandleError" => (input, _, _) => input == "x" ? throw new InvalidOperationException("no") : Task.FromResult(input),
        "HandleTimeout" => async (input, _, token) =>
        {
            await (input == "x" ? new Gate().PassAsync(token) : Task.CompletedTask);
            return input;
        },
        _ => behaviour.Run,
    };

    private static void Install(Behaviour behaviour, string hook, Func<JobContext, CancellationToken, Task> action)
    {
        switch (hook)
        {
            case "Preprocess":
                behaviour.Preprocess = async (context, token) =>
                {
                    await action(context, token);
                    return PreprocessOutcome.Ready;
                };
                break;
            case "Postprocess":
                behaviour.Postprocess = async (context, token) =>
                {
                    await action(context, token);
                    return PostprocessOutcome.Done;
                };
                break;
            case "HandleError":
                behaviour.HandleError = async (context, token) =>
                {
                    await action(context, token);
                    return ErrorOutcome.Fail("no");
                };
                break;
            default:
                behaviour.HandleTimeout = async (context, token) =>
                {
                    await action(context, token);
                    return TimeoutOutcome.Fail("no");
                };
                break;
        }
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }

    internal sealed class Scoped : IDisposable
    {
        private readonly Behaviour _behaviour;

        public Scoped(Behaviour behaviour)
        {
            _behaviour = behaviour;
            behaviour.Note("made");
        }

        public void Dispose() => _behaviour.Note("disposed");
    }

    internal sealed class Scoping(Behaviour behaviour, Scoped scoped) : FunctionApplication<string, string>
    {
        protected override Task<string> Run(string input, RunContext context, CancellationToken cancellationToken) => Task.FromResult(Note("Run", input));

        protected override Task<PreprocessOutcome> Preprocess(JobContext context, CancellationToken cancellationToken) => Task.FromResult(Note("Preprocess", PreprocessOutcome.Ready));

        protected override Task<PostprocessOutcome> Postprocess(JobContext context, CancellationToken cancellationToken) => Task.FromResult(Note("Postprocess", PostprocessOutcome.Done));

        private T Note<T>(string what, T outcome)
        {
            ArgumentNullException.ThrowIfNull(scoped);
            behaviour.Note(what);
            return outcome;
        }
    }
}
