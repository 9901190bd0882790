namespace Balsam.Launch.Tests.Engine;

/// <summary>Postprocess in the real engine.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class PostprocessTests(StoreKind store)
{
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
}
