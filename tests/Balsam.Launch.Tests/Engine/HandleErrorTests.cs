namespace Balsam.Launch.Tests.Engine;

/// <summary>HandleError, and the retry policy in its place, in the real engine.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class HandleErrorTests(StoreKind store)
{
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
}
