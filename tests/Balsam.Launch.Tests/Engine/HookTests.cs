namespace Balsam.Launch.Tests.Engine;

/// <summary>Hooks in the real engine, all four alike: what they throw, how long they may take, when they are called off.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class HookTests(StoreKind store)
{
    private static readonly string[] HookNames = Hooks.Names;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [TestCaseSource(nameof(HookNames))]
    public async Task Hook_Throws_FailsTheJobWithTypeMessageAndStack(string hook)
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        Hooks.Lead(engine.Behaviour, hook);
        Hooks.Install(engine.Behaviour, hook, (_, _) => throw new FileLoadException("the input is torn", new InvalidDataException("at byte 7")));
        Job job = await engine.RunAsync(Hooks.NewHooked(hook));
        FailureDetails failure = job.Failure!;
        Assert.That((job.State, failure.Kind, failure.TypeName), Is.EqualTo((JobState.Failed, FailureKind.HookException, typeof(FileLoadException).FullName)));
        Assert.That(failure.Message, Is.EqualTo($"{hook} threw FileLoadException: the input is torn"));
        Assert.That(failure.Stack, Does.Contain(nameof(HookTests)));
        Assert.That((failure.Inner!.TypeName, failure.Inner.Message), Is.EqualTo((typeof(InvalidDataException).FullName, "at byte 7")));
        Assert.That(engine.OutputOf(job, "balsam.log"), Does.StartWith($"#BALSAM Running {hook} for Job {job.Id}").And.Contain("the input is torn"));
    }

    [TestCaseSource(nameof(HookNames))]
    public async Task Hook_ThrowsOutOfMemory_FailsTheJobAndTheLauncherLives(string hook)
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        Hooks.Lead(engine.Behaviour, hook);
        Hooks.Install(engine.Behaviour, hook, (_, _) => throw new InsufficientMemoryException("an array too large"));
        Job job = await engine.RunAsync(Hooks.NewHooked(hook));
        Assert.That(job.Failure!.TypeName, Is.EqualTo(typeof(InsufficientMemoryException).FullName));
        Assert.That((await engine.RunAsync(Work.NewJob("next"))).State, Is.EqualTo(JobState.JobFinished));
    }

    [Test]
    public async Task Hook_IgnoresItsToken_FailsTheJobAtTheLimit([ValueSource(nameof(HookNames))] string hook, [Values] bool heeds)
    {
        var time = new EngineTime();
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup => setup.Time = time);
        var gate = new Gate();
        Hooks.Lead(engine.Behaviour, hook);
        Hooks.Install(engine.Behaviour, hook, async (_, token) => await gate.PassAsync(heeds ? token : default));
        Job job = await engine.SubmitAsync(Hooks.NewHooked(hook));
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

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }
}
