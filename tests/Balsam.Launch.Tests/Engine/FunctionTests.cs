using Microsoft.Extensions.DependencyInjection;

namespace Balsam.Launch.Tests.Engine;

/// <summary>Functions in the real engine: results, exceptions, cancellation, limits.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class FunctionTests(StoreKind store)
{
    [Test]
    public async Task Run_Vector_GivesATypedResult()
    {
        await using EngineHarness engine = await StartAsync();
        Job job = await engine.SubmitAsync(Scale.NewJob("a", new double[] { 1, double.NaN, double.NegativeInfinity, double.Epsilon }));
        double[]? result = await EngineHarness.Soon(engine.Client.ResultAsync<double[]>(job));
        Assert.That(result, Is.EqualTo(new[] { 2, double.NaN, double.NegativeInfinity, 2 * double.Epsilon }));
        Assert.That((await engine.GetAsync(job)).ReturnCode, Is.Null);
    }

    [Test]
    public async Task Postprocess_OfAFunction_SeesWhatItReturned()
    {
        await using EngineHarness engine = await StartAsync();
        int? seen = null;
        engine.Behaviour.Run = (_, _, _) => Task.FromResult("42");
        engine.Behaviour.Postprocess = (context, _) =>
        {
            seen = int.Parse(context.Job.GetResult<string>(), System.Globalization.CultureInfo.InvariantCulture);
            return Task.FromResult(PostprocessOutcome.Done);
        };
        await engine.RunAsync(Hooked.NewJob("x"));
        Assert.That(seen, Is.EqualTo(42));
    }

    [Test]
    public async Task Run_ReturnsNull_TheResultIsNull()
    {
        await using EngineHarness engine = await StartAsync();
        engine.Behaviour.Run = (_, _, _) => Task.FromResult<string>(null!);
        Job job = await engine.SubmitAsync(Work.NewJob("x"));
        Assert.That(await EngineHarness.Soon(engine.Client.ResultAsync<string>(job)), Is.Null);
        Assert.That((await engine.GetAsync(job)).State, Is.EqualTo(JobState.JobFinished));
    }

    [Test]
    public async Task Run_Throws_ResultThrowsWithTypeMessageAndStack()
    {
        await using EngineHarness engine = await StartAsync();
        engine.Behaviour.Run = async (_, _, _) =>
        {
            await Task.Yield();
            throw new KeyNotFoundException("no such atom");
        };
        Job job = await engine.SubmitAsync(Work.NewJob("x"));
        JobFailedException? thrown = await Assert.ThrowsAsync<JobFailedException>(() => EngineHarness.Soon(engine.Client.ResultAsync<string>(job)));
        Assert.That((thrown!.JobId, thrown.Failure!.Kind, thrown.Failure.TypeName, thrown.Failure.Message), Is.EqualTo((job.Id, FailureKind.Exception, typeof(KeyNotFoundException).FullName, "no such atom")));
        Assert.That(thrown.Failure.Stack, Does.Contain(nameof(Run_Throws_ResultThrowsWithTypeMessageAndStack)));
        Assert.That(thrown.Message, Does.Contain("System.Collections.Generic.KeyNotFoundException: no such atom"));
    }

    [Test]
    public async Task Run_ThrowsOutOfMemory_FailsTheJobAndFreesItsPlace()
    {
        await using EngineHarness engine = await StartAsync();
        engine.Behaviour.Run = (_, _, _) => throw new InsufficientMemoryException("too large");
        Assert.That((await engine.RunAsync(Work.NewJob("x").WithResources(new JobResources { ThreadsPerRank = 2 }))).State, Is.EqualTo(JobState.Failed));
        engine.Behaviour.Run = (input, _, _) => Task.FromResult(input);
        Assert.That((await engine.RunAsync(Work.NewJob("y").WithResources(new JobResources { ThreadsPerRank = 2 }))).State, Is.EqualTo(JobState.JobFinished));
    }

    [Test]
    public async Task Run_ConstructorThrows_FailsTheJob()
    {
        await using EngineHarness engine = await StartAsync();
        engine.Behaviour.Diary.Clear();
        Job job = await engine.RunAsync(Fragile.NewJob("x"));
        Assert.That((job.State, job.Failure!.Message), Is.EqualTo((JobState.Failed, "broken")));
    }

    [Test]
    public async Task Run_EndlessExceptionMessage_IsCut()
    {
        await using EngineHarness engine = await StartAsync();
        engine.Behaviour.Run = (_, _, _) => throw new InvalidOperationException(new string('x', 20_000_000));
        Job job = await engine.RunAsync(Work.NewJob("x"));
        Assert.That(job.Failure!.Message, Has.Length.EqualTo(16_001));
    }

    [TestCase(SubmissionLimits.ResultLength - 2, true)]
    [TestCase(SubmissionLimits.ResultLength - 1, false)]
    public async Task Run_ResultAtTheLimit_IsKeptOrRefused(int length, bool kept)
    {
        await using EngineHarness engine = await StartAsync();
        engine.Behaviour.Run = (_, _, _) => Task.FromResult(new string('r', length));
        Job job = await engine.RunAsync(Work.NewJob("x"));
        Assert.That(job.State, Is.EqualTo(kept ? JobState.JobFinished : JobState.Failed));
        Assert.That(job.Failure?.Message ?? "", kept ? Is.Empty : Does.StartWith("The function's result is 512001 characters of JSON, 512000 are allowed."));
    }

    [Test]
    public async Task Run_DataSet_AreStoredWithTheResultUnlessItThrows([Values] bool throws)
    {
        await using EngineHarness engine = await StartAsync();
        engine.Behaviour.Run = (input, context, _) =>
        {
            context.Data.Set("energy", -1.5);
            return throws ? throw new InvalidOperationException() : Task.FromResult(input);
        };
        Job job = await engine.RunAsync(Work.NewJob("x"));
        Assert.That(job.Data.TryGet("energy", out double energy), Is.EqualTo(!throws));
        Assert.That(energy, Is.EqualTo(throws ? 0 : -1.5));
    }

    [Test]
    public async Task Run_OversizedData_FailsTheJob()
    {
        await using EngineHarness engine = await StartAsync();
        engine.Behaviour.Run = (input, context, _) =>
        {
            context.Data.Set("all", new string('x', SubmissionLimits.DataLength));
            return Task.FromResult(input);
        };
        Job job = await engine.RunAsync(Work.NewJob("x"));
        Assert.That((job.State, job.Data.IsEmpty), Is.EqualTo((JobState.Failed, true)));
        Assert.That(job.Failure!.Message, Does.StartWith("the data are 512010 characters of JSON"));
    }

    [Test]
    public async Task Run_AsksForItsWorkdir_GetsItMade()
    {
        await using EngineHarness engine = await StartAsync();
        engine.Behaviour.Run = (input, context, _) =>
        {
            engine.Behaviour.Note(Directory.Exists(context.Workdir).ToString());
            File.WriteAllText(Path.Combine(context.CreateWorkdir(), "file"), input);
            return Task.FromResult(context.Placement.ToString());
        };
        Job job = await engine.RunAsync(Work.NewJob("study/1", "content"));
        Assert.That((job.State, engine.OutputOf(job, "file"), engine.Behaviour.Diary.Last()), Is.EqualTo((JobState.JobFinished, "content", "False")));
    }

    [Test]
    public async Task Cancel_RunningFunction_CancelsItsTokenAndFreesItsPlace()
    {
        await using EngineHarness engine = await StartAsync();
        var gate = new Gate();
        engine.Behaviour.Run = async (input, _, token) =>
        {
            if (input == "first")
            {
                await gate.PassAsync(token);
            }

            return input;
        };
        JobResources whole = new() { ThreadsPerRank = 2 };
        IReadOnlyList<Job> jobs = await engine.SubmitAsync(Work.NewJob("first").WithResources(whole), Work.NewJob("second").WithResources(whole));
        await gate.ArrivalAsync();
        await engine.Client.CancelAsync(jobs[0].Id, "enough");
        Assert.That((await engine.EndAsync(jobs[1])).State, Is.EqualTo(JobState.JobFinished));
        Job first = await engine.GetAsync(jobs[0]);
        Assert.That((first.State, first.Failure!.Kind, first.Failure.Message), Is.EqualTo((JobState.Failed, FailureKind.Cancelled, "enough")));
    }

    [Test]
    public async Task Cancel_FunctionThatHeedsNothing_KeepsItsPlaceUntilItEnds()
    {
        await using EngineHarness engine = await StartAsync();
        var gate = new Gate();
        engine.Behaviour.Run = async (input, _, _) =>
        {
            if (input == "deaf")
            {
                await gate.PassAsync(default);
            }

            return input;
        };
        JobResources whole = new() { ThreadsPerRank = 2 };
        Job deaf = await engine.SubmitAsync(Work.NewJob("deaf").WithResources(whole));
        await gate.ArrivalAsync();
        await engine.Client.CancelAsync(deaf.Id, "enough");
        ChangeReport restarted = await engine.Client.RestartAsync(deaf.Id);
        Assert.That(restarted.Changed, Is.EqualTo(new[] { deaf.Id }));
        Job other = await engine.SubmitAsync(Work.NewJob("other").WithResources(whole));
        Assert.That((gate.HasArrival, (await engine.GetAsync(other)).State), Is.EqualTo((false, JobState.StagedIn)), "neither the job itself nor another runs beside it");
        gate.Open();
        await engine.EndAsync(other);
        await engine.EndAsync(deaf);
        Assert.That((await engine.GetAsync(deaf)).Attempt, Is.EqualTo(1).Or.EqualTo(2));
    }

    // What a function hangs on its token used to run on the launcher's own turn: an exception there ended all.
    [Test]
    public async Task Cancel_FunctionWhoseRegistrationThrowsOrBlocks_DoesNotTouchTheLauncher()
    {
        await using EngineHarness engine = await StartAsync();
        using var release = new ManualResetEventSlim();
        var gate = new Gate();
        engine.Behaviour.Run = async (input, _, token) =>
        {
            if (input == "nasty")
            {
                token.Register(() =>
                {
                    release.Wait(CancellationToken.None);
                    throw new InvalidOperationException("from a registration");
                });
                await gate.PassAsync(token);
            }

            return input;
        };
        Job nasty = await engine.SubmitAsync(Work.NewJob("nasty"));
        await gate.ArrivalAsync();
        await engine.Client.CancelAsync(nasty.Id, "enough");
        Assert.That((await engine.RunAsync(Work.NewJob("next"))).State, Is.EqualTo(JobState.JobFinished));
        release.Set();
        gate.Open();
        await engine.IdleAsync();
    }

    [Test]
    public async Task TimeLimit_Function_IsCancelledAndTimesOut()
    {
        var time = new EngineTime();
        await using EngineHarness engine = await StartAsync(setup =>
        {
            setup.Time = time;
            setup.Behaviour.Retry = new RetryPolicy(1);
        });
        var gate = new Gate();
        engine.Behaviour.Run = async (input, _, token) =>
        {
            await gate.PassAsync(token);
            return input;
        };
        Job job = await engine.SubmitAsync(Retrying.NewJob("x").WithResources(new JobResources { TimeLimit = TimeSpan.FromHours(1) }));
        await gate.ArrivalAsync();
        await time.PassAsync(TimeSpan.FromHours(1));
        Job ended = await engine.EndAsync(job);
        Assert.That((ended.State, ended.Failure!.Kind, ended.Failure.Message), Is.EqualTo((JobState.Failed, FailureKind.TimeLimit, "The run exceeded its time limit of 01:00:00.")));
        Assert.That(await engine.StatesAsync(job), Does.Contain(JobState.RunTimeout));
    }

    [Test]
    public async Task TimeLimit_LongerThanASystemTimer_IsNoProblem()
    {
        await using EngineHarness engine = await StartAsync();
        Job job = await engine.RunAsync(Work.NewJob("x").WithResources(new JobResources { TimeLimit = TimeSpan.FromDays(1000) }));
        Assert.That(job.State, Is.EqualTo(JobState.JobFinished));
    }

    private Task<EngineHarness> StartAsync(Action<EngineSetup>? configure = null) => EngineHarness.StartAsync(store, setup =>
    {
        setup.Applications += balsam => balsam.AddApplication<Scale>().AddApplication<Fragile>();
        configure?.Invoke(setup);
    });

    internal sealed class Scale : FunctionApplication<double[], double[]>
    {
        protected override Task<double[]> Run(double[] input, RunContext context, CancellationToken cancellationToken) => Task.FromResult(input.Select(x => x * 2).ToArray());
    }

    // Can be read at the start, not made again later.
    internal sealed class Fragile : FunctionApplication<string, string>
    {
        public Fragile(Behaviour behaviour)
        {
            behaviour.Note("made");
            if (behaviour.Made)
            {
                throw new InvalidOperationException("broken");
            }

            behaviour.Made = true;
        }

        protected override Task<string> Run(string input, RunContext context, CancellationToken cancellationToken) => Task.FromResult(input);
    }
}
