using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Balsam.Launch.Tests.Engine;

/// <summary>What hooks are given and leave in the real engine: data, a scope, a log.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class HookSurroundingsTests(StoreKind store)
{
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
