using Microsoft.Extensions.DependencyInjection;

namespace Balsam.Testing.Tests;

[TestFixture]
public sealed class TestHostPatienceTests
{
    [Test]
    public async Task RunUntilIdle_HookThatWaitsForSomethingThatNeverComes_IsNamedWithItsJob()
    {
        await using BalsamTestHost host = await BalsamTestHost.StartAsync(balsam => balsam.AddApplication<Stuck>().Services.AddSingleton<TaskCompletionSource>(), options => options.Patience = TimeSpan.FromSeconds(2));
        Job job = await host.Client.SubmitAsync(new NewJob("Stuck", "study/stuck"));
        TimeoutException thrown = (await Assert.ThrowsAsync<TimeoutException>(() => host.RunUntilIdleAsync()))!;
        Assert.That(thrown.Message, Does.StartWith($"Preprocess of job {job.Id} (Stuck in study/stuck): no end for 2 seconds of real time (BalsamTestHostOptions.Patience)").And.Contain("TimeProvider"));
    }

    [Test]
    public async Task RunUntilIdle_HookThatDoesRealWorkUnderALimit_IsWaitedForAndItsLimitStandsStill()
    {
        await using BalsamTestHost host = await BalsamTestHost.StartAsync(balsam => balsam.AddApplication<Limited>());
        host.Runs<Limited>();
        Job job = await host.Client.SubmitAsync(new NewJob("Limited", "limited"));
        await host.RunUntilIdleAsync();
        host.Expect(job).Finished().EndedAt(TimeSpan.Zero);
    }

    [Test]
    public async Task RunUntilIdle_HookThatWaitsLongerThanItsTimeLimit_FailsAtTheLimit()
    {
        await using BalsamTestHost host = await BalsamTestHost.StartAsync(
            balsam => balsam.AddApplication<Slow>().AddLauncher(options => options.HookTimeLimit = TimeSpan.FromMinutes(5)));
        Job job = await host.Client.SubmitAsync(new NewJob("Slow", "slow"));
        await host.RunUntilIdleAsync();
        host.Expect(job).Failed(FailureKind.HookTimeout).EndedAt(TimeSpan.FromMinutes(5));
    }

    [Test]
    public async Task RunUntilIdle_FunctionCancelledAtItsTimeLimit_EndsThere()
    {
        await using BalsamTestHost host = await BalsamTestHost.StartAsync(balsam => balsam.AddApplication<Sleeper>());
        Job job = await host.Client.SubmitAsync(Sleeper.NewJob("a", TimeSpan.FromDays(2)).WithResources(new JobResources { TimeLimit = TimeSpan.FromDays(1) }));
        await host.RunUntilAsync(job, JobState.RunTimeout);
        Assert.That(host.Elapsed, Is.EqualTo(TimeSpan.FromDays(1)));
    }

    [Test]
    public async Task RunUntilIdle_CampaignWithoutEnd_IsGivenUpNamingWhatGoesOn()
    {
        await using BalsamTestHost host = await BalsamTestHost.StartAsync(balsam => balsam.AddApplication<Plain>().AddApplication<Endless>(), options => options.LongestRun = TimeSpan.FromDays(1));
        host.Runs().Take(TimeSpan.FromHours(1)).Exit(1);
        Job job = await host.Client.SubmitAsync(new NewJob("Endless", "endless"));
        BalsamAssertionException thrown = (await Assert.ThrowsAsync<BalsamAssertionException>(() => host.RunUntilIdleAsync()))!;
        Assert.That(thrown.Message, Does.Contain("still goes on after 1.00:00:00 of virtual time").And.Contain($"job {job.Id} (Endless in endless): RUNNING, attempt 25").And.Contain("RESTART_READY"));
    }

    [Test]
    public async Task RunUntilIdle_JobRestartedForEverInNoTime_IsNamed()
    {
        await using BalsamTestHost host = await BalsamTestHost.StartAsync(balsam => balsam.AddApplication<Endless>(), options => options.MostAttempts = 20);
        host.Runs().Exit(1);
        Job job = await host.Client.SubmitAsync(new NewJob("Endless", "endless"));
        BalsamAssertionException thrown = (await Assert.ThrowsAsync<BalsamAssertionException>(() => host.RunUntilIdleAsync()))!;
        Assert.That(thrown.Message, Does.StartWith($"Job {job.Id} (Endless in endless) was started 21 times; BalsamTestHostOptions.MostAttempts allows 20."));
        Assert.That(host.Elapsed, Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public async Task RunUntilIdle_ScriptThatThrows_TheExceptionComesOut()
    {
        await using BalsamTestHost host = await BalsamTestHost.StartAsync(balsam => balsam.AddApplication<Plain>());
        host.Runs().Write("../outside", "no");
        Job job = await host.Client.SubmitAsync(Plain.Job("a"));
        ArgumentException thrown = (await Assert.ThrowsAsync<ArgumentException>(() => host.RunUntilIdleAsync()))!;
        Assert.That(thrown.Message, Does.StartWith($"A script for job {job.Id} wants to write '../outside', which is outside its workdir"));
    }

    [Test]
    public async Task RunUntilIdle_Cancelled_Ends()
    {
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using BalsamTestHost host = await BalsamTestHost.StartAsync(balsam => balsam.AddApplication<Stuck>().Services.AddSingleton(called));
        await host.Client.SubmitAsync(new NewJob("Stuck", "stuck"));
        using var cancellation = new CancellationTokenSource();
        Task run = host.RunUntilIdleAsync(cancellation.Token);
        await called.Task;
        await cancellation.CancelAsync();
        await Assert.ThatAsync(() => run, Throws.InstanceOf<OperationCanceledException>());
    }

    /// <summary>Its hook waits for ever, and not for time.</summary>
    public sealed class Stuck(TaskCompletionSource called) : ApplicationDefinition
    {
        public override CommandTemplate Command => "stuck";

        protected override async Task<PreprocessOutcome> Preprocess(JobContext context, CancellationToken cancellationToken)
        {
            called.TrySetResult();
            await new TaskCompletionSource().Task;
            return PreprocessOutcome.Ready;
        }
    }

    /// <summary>Its hook reads a file under a time-out of virtual time, which must not run out meanwhile.</summary>
    public sealed class Limited(TimeProvider time) : ApplicationDefinition
    {
        public override CommandTemplate Command => "limited";

        protected override async Task<PreprocessOutcome> Preprocess(JobContext context, CancellationToken cancellationToken)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1), time);
            string file = Path.Combine(context.Workdir, "file");
            for (int i = 0; i < 20; i++)
            {
                await File.WriteAllTextAsync(file, new string('x', 100_000), limit.Token).WaitAsync(TimeSpan.FromSeconds(1), time, limit.Token);
                await File.ReadAllTextAsync(file, limit.Token).WaitAsync(TimeSpan.FromSeconds(1), time, CancellationToken.None);
            }

            return PreprocessOutcome.Ready;
        }
    }

    /// <summary>Its hook takes an hour.</summary>
    public sealed class Slow(TimeProvider time) : ApplicationDefinition
    {
        public override CommandTemplate Command => "slow";

        protected override async Task<PreprocessOutcome> Preprocess(JobContext context, CancellationToken cancellationToken)
        {
            await Task.Delay(TimeSpan.FromHours(1), time, cancellationToken);
            return PreprocessOutcome.Ready;
        }
    }

    /// <summary>It tries again for ever.</summary>
    public sealed class Endless : ApplicationDefinition
    {
        public override CommandTemplate Command => "endless";

        protected override Task<ErrorOutcome> HandleError(JobContext context, CancellationToken cancellationToken) => Task.FromResult(ErrorOutcome.Restart("again"));
    }
}
