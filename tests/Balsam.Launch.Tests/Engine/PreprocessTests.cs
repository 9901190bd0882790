namespace Balsam.Launch.Tests.Engine;

/// <summary>Preprocess in the real engine.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class PreprocessTests(StoreKind store)
{
    [Test]
    public async Task Preprocess_ReturnsNothing_FailsTheJob()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        engine.Behaviour.Preprocess = (_, _) => Task.FromResult<PreprocessOutcome>(null!);
        Job job = await engine.RunAsync(Hooked.NewJob("x"));
        Assert.That((job.State, job.Failure!.Message), Is.EqualTo((JobState.Failed, "Preprocess returned null; it must return an outcome.")));
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
}
