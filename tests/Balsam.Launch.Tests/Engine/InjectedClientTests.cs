namespace Balsam.Launch.Tests.Engine;

/// <summary>Applications that are given the client, and submit at once.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class InjectedClientTests(StoreKind store)
{
    [Test]
    public async Task Client_InAFunctionAndItsHooks_SubmitsAtOnceAndWaitsForTheJobs()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup => setup.Applications = balsam => balsam.AddApplication<Asking>().AddApplication<Work>());
        Job job = await engine.RunAsync(Asking.NewJob("asking", "x"));
        Assert.That((job.State, job.Failure), Is.EqualTo((JobState.JobFinished, (FailureDetails?)null)));
        Assert.That(job.GetResult<string>(), Is.EqualTo("from Run"));
        Assert.That((job.Data.Get<string>("Preprocess"), job.Data.Get<string>("Postprocess")), Is.EqualTo(("from Preprocess", "from Postprocess")));
        Assert.That(await engine.Client.Jobs.WithApplication<Work>().InState(JobState.JobFinished).CountAsync(), Is.EqualTo(3));
    }

    [Test]
    public async Task Client_InAHookThatThrowsThen_HasSubmittedAllTheSame()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup => setup.Applications = balsam => balsam.AddApplication<Asking>().AddApplication<Work>());
        Job job = await engine.RunAsync(Asking.NewJob("asking", "throw"));
        Assert.That((job.State, await engine.Client.Jobs.WithApplication<Work>().CountAsync()), Is.EqualTo((JobState.Failed, 1)));
    }

    internal sealed class Asking(BalsamClient client) : FunctionApplication<string, string>
    {
        protected override Task<string> Run(string input, RunContext context, CancellationToken cancellationToken) => AskAsync("from Run", cancellationToken)!;

        protected override async Task<PreprocessOutcome> Preprocess(JobContext context, CancellationToken cancellationToken)
        {
            context.Data.Set("Preprocess", await AskAsync("from Preprocess", cancellationToken));
            return context.GetParameters<string>() == "throw" ? throw new InvalidOperationException("no") : PreprocessOutcome.Ready;
        }

        protected override async Task<PostprocessOutcome> Postprocess(JobContext context, CancellationToken cancellationToken)
        {
            context.Data.Set("Postprocess", await AskAsync("from Postprocess", cancellationToken));
            return PostprocessOutcome.Done;
        }

        private async Task<string?> AskAsync(string question, CancellationToken cancellationToken) =>
            await client.ResultAsync<string>(await client.SubmitAsync(Work.NewJob(question), cancellationToken), cancellationToken);
    }
}
