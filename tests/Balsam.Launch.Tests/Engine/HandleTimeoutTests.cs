namespace Balsam.Launch.Tests.Engine;

/// <summary>HandleTimeout in the real engine.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class HandleTimeoutTests(StoreKind store)
{
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
    public async Task HandleTimeout_Fails_TellsOfTheTimeoutToo()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        engine.Behaviour.Run = async (input, _, token) =>
        {
            await new Gate().PassAsync(token);
            return input;
        };
        engine.Behaviour.HandleTimeout = (_, _) => Task.FromResult(TimeoutOutcome.Fail("never ends"));
        FailureDetails failure = (await engine.RunAsync(Hooked.NewJob("x").WithResources(new JobResources { TimeLimit = TimeSpan.FromMilliseconds(1) }))).Failure!;
        Assert.That((failure.Kind, failure.Message, failure.Inner?.Kind), Is.EqualTo((FailureKind.HookDecision, "never ends", FailureKind.TimeLimit)));
    }
}
