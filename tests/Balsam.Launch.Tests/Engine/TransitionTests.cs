using System.Collections.Frozen;
using Balsam.Launch.Staging;
using Balsam.Launch.Tests.Staging;
using Balsam.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Balsam.Launch.Tests.Engine;

/// <summary>Each row of the transition table is taken by a job in the real engine, and stands in its history.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
[Platform("Linux")]
public sealed class TransitionTests(StoreKind store)
{
    private static readonly FrozenDictionary<(JobState, JobTrigger), string> Exempt = new Dictionary<(JobState, JobTrigger), string>
    {
        [(JobState.Created, JobTrigger.Cancelled)] = "CREATED is passed in the write that adds the job",
        [(JobState.StagedOut, JobTrigger.Cancelled)] = "STAGED_OUT is passed in one write",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<(JobState, JobTrigger), Func<EngineHarness, Task<Job>>> Ways = new Dictionary<(JobState, JobTrigger), Func<EngineHarness, Task<Job>>>
    {
        [(JobState.Created, JobTrigger.ParentsPending)] = ChildOfWork,
        [(JobState.AwaitingParents, JobTrigger.ParentsFinished)] = ChildOfWork,
        [(JobState.Created, JobTrigger.ParentsFinished)] = Finish,
        [(JobState.Ready, JobTrigger.StagedIn)] = Finish,
        [(JobState.StagedIn, JobTrigger.Preprocessed)] = Finish,
        [(JobState.Preprocessed, JobTrigger.Started)] = Finish,
        [(JobState.Running, JobTrigger.RunSucceeded)] = Finish,
        [(JobState.RunDone, JobTrigger.Postprocessed)] = Finish,
        [(JobState.Postprocessed, JobTrigger.StagedOut)] = Finish,
        [(JobState.StagedOut, JobTrigger.Finished)] = Finish,
        [(JobState.AwaitingParents, JobTrigger.ParentFailed)] = ChildOfFailure,
        [(JobState.Failed, JobTrigger.ParentRestarted)] = ChildOfRestarted,
        [(JobState.StagedIn, JobTrigger.HookFailed)] = engine =>
        {
            engine.Behaviour.Preprocess = (_, _) => Task.FromResult(PreprocessOutcome.Fail("no input"));
            return engine.RunAsync(Hooked.NewJob("x"));
        },
        [(JobState.Preprocessed, JobTrigger.StartFailed)] = engine => engine.RunAsync(NoSuchProgram()),
        [(JobState.RestartReady, JobTrigger.StartFailed)] = async engine =>
        {
            Job job = await engine.RunAsync(NoSuchProgram());
            await engine.Client.RestartAsync(job.Id);
            await engine.ReachAsync(job, JobState.Failed, times: 2);
            return job;
        },
        [(JobState.RestartReady, JobTrigger.Started)] = RunAgain,
        [(JobState.JobFinished, JobTrigger.Restarted)] = RunAgain,
        [(JobState.Failed, JobTrigger.Restarted)] = async engine =>
        {
            Job job = await engine.RunShellAsync("test -e here || ! touch here");
            await engine.Client.RestartAsync(job.Id);
            return await engine.EndAsync(job);
        },
        [(JobState.Running, JobTrigger.RunFailed)] = FailRun,
        [(JobState.RunError, JobTrigger.HookFailed)] = FailRun,
        [(JobState.RunError, JobTrigger.RetryRequested)] = engine =>
        {
            engine.Behaviour.Retry = null;
            engine.Behaviour.HandleError = (context, _) => Task.FromResult(context.Attempt < 2 ? ErrorOutcome.Restart("once more") : ErrorOutcome.Fail("twice"));
            engine.Behaviour.Run = (_, _, _) => throw new InvalidOperationException("no");
            return engine.RunAsync(Hooked.NewJob("x"));
        },
        [(JobState.Running, JobTrigger.RunTimedOut)] = TimeOut,
        [(JobState.RunTimeout, JobTrigger.RetryRequested)] = TimeOut,
        [(JobState.RunTimeout, JobTrigger.HookFailed)] = TimeOut,
        [(JobState.RunDone, JobTrigger.RetryRequested)] = engine =>
        {
            engine.Behaviour.Postprocess = (context, _) => Task.FromResult(context.Attempt < 2 ? PostprocessOutcome.Restart("not converged") : PostprocessOutcome.Done);
            return engine.RunAsync(Hooked.NewJob("x"));
        },
        [(JobState.RunDone, JobTrigger.HookFailed)] = engine =>
        {
            engine.Behaviour.Postprocess = (_, _) => Task.FromResult(PostprocessOutcome.Fail("nonsense"));
            return engine.RunAsync(Hooked.NewJob("x"));
        },
        [(JobState.AwaitingParents, JobTrigger.Cancelled)] = async engine =>
        {
            var gate = new Gate();
            engine.Behaviour.Run = (input, _, token) => gate.PassAsync(token).ContinueWith(_ => input, TaskScheduler.Default);
            NewJob parent = Work.NewJob("parent");
            IReadOnlyList<Job> jobs = await engine.SubmitAsync(parent, Work.NewJob("child").After(parent));
            await gate.ArrivalAsync();
            return await CancelAsync(engine, jobs[1]);
        },
        [(JobState.StagedIn, JobTrigger.Cancelled)] = engine => CancelInHookAsync(engine, (behaviour, gate) => behaviour.Preprocess = async (_, token) =>
        {
            await gate.PassAsync(token);
            return PreprocessOutcome.Ready;
        }),
        [(JobState.Preprocessed, JobTrigger.Cancelled)] = async engine =>
        {
            var gate = new Gate();
            engine.Behaviour.Run = (input, _, token) => gate.PassAsync(token).ContinueWith(_ => input, TaskScheduler.Default);
            await engine.SubmitAsync(Work.NewJob("a").WithResources(Whole));
            await gate.ArrivalAsync();
            Job waiting = await engine.SubmitAsync(Hooked.NewJob("b"));
            await engine.ReachAsync(waiting, JobState.Preprocessed);
            return await CancelAsync(engine, waiting);
        },
        [(JobState.Running, JobTrigger.Cancelled)] = async engine =>
        {
            Job job = await engine.ShellAsync("sleep 1000");
            await engine.ReachAsync(job, JobState.Running);
            return await CancelAsync(engine, job);
        },
        [(JobState.RunDone, JobTrigger.Cancelled)] = engine => CancelInHookAsync(engine, (behaviour, gate) => behaviour.Postprocess = async (_, token) =>
        {
            await gate.PassAsync(token);
            return PostprocessOutcome.Done;
        }),
        [(JobState.RunError, JobTrigger.Cancelled)] = engine =>
        {
            engine.Behaviour.Run = (_, _, _) => throw new InvalidOperationException("no");
            return CancelInHookAsync(engine, (behaviour, gate) => behaviour.HandleError = async (_, token) =>
            {
                await gate.PassAsync(token);
                return ErrorOutcome.Fail("no");
            });
        },
        [(JobState.RunTimeout, JobTrigger.Cancelled)] = engine =>
        {
            engine.Behaviour.Run = Endless;
            return CancelInHookAsync(engine, (behaviour, gate) => behaviour.HandleTimeout = async (_, token) =>
            {
                await gate.PassAsync(token);
                return TimeoutOutcome.Fail("no");
            }, new JobResources { TimeLimit = TimeSpan.FromMilliseconds(1) });
        },
        [(JobState.Ready, JobTrigger.TransferFailed)] = engine => FailTransferAsync(engine, "in1"),
        [(JobState.Postprocessed, JobTrigger.TransferFailed)] = engine => FailTransferAsync(engine, "out1"),
        [(JobState.Ready, JobTrigger.Cancelled)] = engine => CancelTransferAsync(engine, "in1"),
        [(JobState.Postprocessed, JobTrigger.Cancelled)] = engine => CancelTransferAsync(engine, "out1"),
        [(JobState.RestartReady, JobTrigger.Cancelled)] = async engine =>
        {
            engine.Behaviour.Postprocess = (_, _) => Task.FromResult(PostprocessOutcome.Restart("later", TimeSpan.FromDays(1)));
            Job job = await engine.SubmitAsync(Hooked.NewJob("x"));
            await engine.ReachAsync(job, JobState.RestartReady);
            return await CancelAsync(engine, job);
        },
    }.ToFrozenDictionary();

    private static JobResources Whole => new() { ThreadsPerRank = 2 };

    private static IEnumerable<TestCaseData> Rows => JobTransitions.All
        .Where(row => !Exempt.ContainsKey((row.From, row.Trigger)))
        .Select(row => new TestCaseData(row.From, row.Trigger, row.To).SetArgDisplayNames(row.From.ToText(), row.Trigger.ToString(), row.To.ToText()));

    [TestCaseSource(nameof(Rows))]
    public async Task Engine_ItsWay_TakesTheRow(JobState from, JobTrigger trigger, JobState to)
    {
        Assert.That(Ways, Does.ContainKey((from, trigger)), "a new row of the table needs a way to it here, or an exemption with its reason");
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup =>
        {
            setup.Applications += balsam => balsam.AddApplication<Carried>();
            setup.Services = services =>
            {
                services.AddSingleton<ITransferProvider>(new FakeTransferProvider("fake"));
                services.Configure<TransferOptions>(options => options.Locations["depot"] = new Uri("fake://depot/"));
            };
        });
        Job job = await Ways[(from, trigger)](engine);
        IReadOnlyList<JobEvent> history = await engine.Client.GetHistoryAsync(job.Id);
        Assert.That(history.Select(step => (step.From, step.Trigger, step.To)), Does.Contain((from, trigger, to)));
        AssertUnbroken(history);
    }

    [Test]
    public async Task Engine_JobThatFinishes_HasEveryStepInItsHistory()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        Job plain = await engine.RunShellAsync("true");
        Job hooked = await engine.RunAsync(Hooked.NewJob("x"));
        JobState[] every =
        [
            JobState.Ready, JobState.StagedIn, JobState.Preprocessed, JobState.Running, JobState.RunDone, JobState.Postprocessed, JobState.StagedOut, JobState.JobFinished,
        ];
        Assert.That(await engine.StatesAsync(plain), Is.EqualTo(every));
        Assert.That(await engine.StatesAsync(hooked), Is.EqualTo(every));
        Assert.That((await engine.GetAsync(plain)).LastUpdate, Is.EqualTo((await engine.Client.GetHistoryAsync(plain.Id))[^1].At));
    }

    [Test]
    public async Task Start_Event_TellsNodesCoresAndAttempt()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        Job job = await engine.RunAsync(Work.NewJob("x").WithResources(Whole));
        JobEvent start = (await engine.Client.GetHistoryAsync(job.Id)).Single(step => step.Trigger == JobTrigger.Started);
        Assert.That(start.Data.Json, Is.EqualTo("""{"nodes":["n1"],"cores":2,"gpus":0,"attempt":1}"""));
    }

    private static void AssertUnbroken(IReadOnlyList<JobEvent> history)
    {
        JobState at = JobState.Created;
        long sequence = 0;
        foreach (JobEvent step in history)
        {
            Assert.That((step.From, step.Sequence), Is.EqualTo((at, step.Sequence)).And.Matches<(JobState, long Sequence)>(entry => entry.Sequence > sequence), "steps follow upon each other");
            Assert.That(JobTransitions.TryGetNext(step.From, step.Trigger, out JobState to) && to == step.To, Is.True, $"{step} is a row of the table");
            (at, sequence) = (step.To, step.Sequence);
        }
    }

    private static NewJob NoSuchProgram() => Exec.NewJob(null, ("program", "no-such-program-anywhere"), ("arguments", ""));

    private static Task<Job> Finish(EngineHarness engine) => engine.RunAsync(Hooked.NewJob("x"));

    private static Task<Job> FailRun(EngineHarness engine) => engine.RunShellAsync("exit 3");

    private static async Task<Job> RunAgain(EngineHarness engine)
    {
        Job job = await engine.RunAsync(Work.NewJob("x"));
        await engine.Client.RestartAsync(job.Id);
        await engine.ReachAsync(job, JobState.JobFinished, times: 2);
        return job;
    }

    private static Task<Job> TimeOut(EngineHarness engine)
    {
        engine.Behaviour.Run = Endless;
        engine.Behaviour.HandleTimeout = (context, _) => Task.FromResult(context.Attempt < 2 ? TimeoutOutcome.Restart("once more") : TimeoutOutcome.Fail("twice"));
        return engine.RunAsync(Hooked.NewJob("x").WithResources(new JobResources { TimeLimit = TimeSpan.FromMilliseconds(1) }));
    }

    private static async Task<string> Endless(string input, RunContext context, CancellationToken cancellationToken)
    {
        await new Gate().PassAsync(cancellationToken);
        return input;
    }

    private static async Task<Job> ChildOfWork(EngineHarness engine)
    {
        NewJob parent = Work.NewJob("parent");
        IReadOnlyList<Job> jobs = await engine.SubmitAsync(parent, Work.NewJob("child").After(parent));
        return await engine.EndAsync(jobs[1]);
    }

    private static async Task<Job> ChildOfFailure(EngineHarness engine)
    {
        NewJob parent = Shell.NewJob(new Shell.Parameters("test -e here || ! touch here"));
        IReadOnlyList<Job> jobs = await engine.SubmitAsync(parent, Work.NewJob("child").After(parent));
        return await engine.EndAsync(jobs[1]);
    }

    private static async Task<Job> ChildOfRestarted(EngineHarness engine)
    {
        Job child = await ChildOfFailure(engine);
        await engine.Client.RestartAsync(child.Parents[0].Parent);
        await engine.ReachAsync(child, JobState.JobFinished);
        return child;
    }

    private static Task<Job> FailTransferAsync(EngineHarness engine, string slot)
    {
        ProviderOf(engine).OnBegin = batch => batch.Fail(slot, "no such file", isTransient: false);
        return engine.RunAsync(Carried.NewJob("x").Transfer(slot, "depot:/a"));
    }

    private static async Task<Job> CancelTransferAsync(EngineHarness engine, string slot)
    {
        Job job = await engine.SubmitAsync(Carried.NewJob("x").Transfer(slot, "depot:/a"));
        await ProviderOf(engine).NextBatchAsync();
        return await CancelAsync(engine, job);
    }

    private static FakeTransferProvider ProviderOf(EngineHarness engine) => engine.Host.Services.GetServices<ITransferProvider>().OfType<FakeTransferProvider>().Single();

    private static async Task<Job> CancelInHookAsync(EngineHarness engine, Action<Behaviour, Gate> hook, JobResources? resources = null)
    {
        var gate = new Gate();
        hook(engine.Behaviour, gate);
        Job job = await engine.SubmitAsync(Hooked.NewJob("x").WithResources(resources ?? JobResources.Default));
        await gate.ArrivalAsync();
        return await CancelAsync(engine, job);
    }

    private static async Task<Job> CancelAsync(EngineHarness engine, Job job)
    {
        ChangeReport report = await engine.Client.CancelAsync(job.Id, "enough");
        Assert.That(report.Changed, Is.EqualTo(new[] { job.Id }), report.ToString());
        Job ended = await engine.EndAsync(job);
        Assert.That((ended.State, ended.Failure!.Kind, ended.Failure.Message), Is.EqualTo((JobState.Failed, FailureKind.Cancelled, "enough")));
        return ended;
    }
}
