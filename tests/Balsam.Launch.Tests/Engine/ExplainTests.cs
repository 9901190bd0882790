using System.Threading.Channels;
using Balsam.Launch.Packing;
using Balsam.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Balsam.Launch.Tests.Engine;

/// <summary>Explanations of jobs that a launcher has, or will not have.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
[Platform("Linux")]
public sealed class ExplainTests(StoreKind store)
{
    private static readonly string Launcher = $"{Environment.MachineName}:{Environment.ProcessId}";

    [Test]
    public async Task Explain_RunningJob_NamesLauncherSinceWhenAndNodes()
    {
        var time = new EngineTime();
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup =>
        {
            setup.Runner = new FakeJobRunner();
            setup.Time = time;
        });
        Job job = await engine.ShellAsync("anything", "w");
        await EngineHarness.Soon(engine.Runner.NextAsync());
        time.Advance(TimeSpan.FromMinutes(3));
        JobExplanation explanation = await engine.Client.ExplainAsync(job);
        Assert.That(explanation.ToString(), Is.EqualTo($"Job 1 (Shell in w) is RUNNING: launcher {Launcher} has held it since 2026-01-01 00:00:00Z and runs it on n1."));
        var held = (HeldReason)explanation.Reasons.Single();
        Assert.That((held.Activity, held.Nodes.Single(), held.Lease.Since, explanation.Outlook), Is.EqualTo((JobActivity.Running, "n1", time.Start, JobOutlook.Passing)));
    }

    [Test]
    public async Task Explain_JobInItsHook_SaysSo()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        var gate = new Gate();
        engine.Behaviour.Preprocess = async (_, token) =>
        {
            await gate.PassAsync(token);
            return PreprocessOutcome.Ready;
        };
        Job job = await engine.SubmitAsync(Hooked.NewJob("x"));
        await gate.ArrivalAsync();
        JobExplanation explanation = await engine.Client.ExplainAsync(job.Id);
        gate.Open();
        Assert.That(((HeldReason)explanation.Reasons.Single()).Activity, Is.EqualTo(JobActivity.Hook));
        Assert.That(explanation.Why, Does.StartWith($"launcher {Launcher} has held it since ").And.EndsWith(" and calls its hook for STAGED_IN"));
    }

    [Test]
    public async Task Explain_NoRoomRightNow_TellsTheLaunchersObstacle()
    {
        var probe = new PackingProbe();
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup =>
        {
            setup.Runner = new FakeJobRunner();
            setup.Services = services => services.Replace(ServiceDescriptor.Singleton<IPackingPolicy>(probe));
        });
        await engine.SubmitAsync(Shell.NewJob(new Shell.Parameters("first")).WithResources(new JobResources { ThreadsPerRank = 2 }));
        await EngineHarness.Soon(engine.Runner.NextAsync());
        Job waiting = await engine.SubmitAsync(Shell.NewJob(new Shell.Parameters("second")).WithResources(new JobResources { ThreadsPerRank = 2 }));
        JobExplanation explanation = await ExplainPackedAsync(engine, probe, waiting);
        Assert.That(explanation.Why, Is.EqualTo($"launcher {Launcher} has it and waits for room: 2 cores asked, no node has more than 0 free"));
        Assert.That(((RoomReason)explanation.Reasons.Single()).Obstacle.EarlierJob, Is.Null);
    }

    [Test]
    public async Task Explain_RoomKeptForAnEarlierJob_NamesIt()
    {
        var time = new EngineTime();
        var probe = new PackingProbe();
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup =>
        {
            setup.Runner = new FakeJobRunner();
            setup.Time = time;
            setup.Services = services => services.Replace(ServiceDescriptor.Singleton<IPackingPolicy>(probe));
        });
        await engine.SubmitAsync(Shell.NewJob(new Shell.Parameters("a")).WithResources(new JobResources { WallTime = TimeSpan.FromHours(1) }));
        await EngineHarness.Soon(engine.Runner.NextAsync());
        IReadOnlyList<Job> jobs = await engine.SubmitAsync(
            Shell.NewJob(new Shell.Parameters("wide")).WithResources(new JobResources { ThreadsPerRank = 2, WallTime = TimeSpan.FromHours(1) }).WithPriority(1),
            Shell.NewJob(new Shell.Parameters("long")).WithResources(new JobResources { WallTime = TimeSpan.FromHours(9) }));
        JobExplanation explanation = await ExplainPackedAsync(engine, probe, jobs[1]);
        Assert.That(((RoomReason)explanation.Reasons.Single()).Obstacle.EarlierJob, Is.EqualTo(jobs[0].Id));
        Assert.That(explanation.Why, Is.EqualTo($"launcher {Launcher} has it and waits for room: The room there is has been kept for job {jobs[0].Id}, which goes first"));
    }

    [Test]
    public async Task Explain_LauncherEndsTooEarly_SaysWhatItHasLeft()
    {
        var time = new EngineTime();
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup =>
        {
            setup.Time = time;
            setup.Options = options => options.WallTime = TimeSpan.FromMinutes(50);
        });
        time.Advance(TimeSpan.FromSeconds(9 * 60));
        Job job = await engine.SubmitAsync(Work.NewJob("x").WithResources(new JobResources { WallTime = TimeSpan.FromMinutes(90) }));
        await engine.IdleAsync();
        JobExplanation explanation = await engine.Client.ExplainAsync(job);
        Assert.That(explanation.Why, Is.EqualTo($"it needs 90 minutes, launcher {Launcher} has 41 minutes left, and the job does not say that it can be interrupted"));
        var reason = (WallTimeReason)explanation.Reasons.Single();
        Assert.That((reason.Needs, reason.Left, explanation.Outlook), Is.EqualTo((TimeSpan.FromMinutes(90), TimeSpan.FromMinutes(41), JobOutlook.NeedsLauncher)));
    }

    [Test]
    public async Task Explain_FilterOfTheLauncher_IsGivenInWords()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup => setup.Options = options => options.Filter = new TagFilter("queue", "mine"));
        Job job = await engine.SubmitAsync(Work.NewJob("x"));
        JobExplanation explanation = await engine.Client.ExplainAsync(job);
        Assert.That(explanation.Why, Is.EqualTo($"launcher {Launcher} takes only jobs where tag queue is \"mine\""));
        Assert.That(((FilterReason)explanation.Reasons.Single()).Launcher.Request.Filter, Is.EqualTo(new TagFilter("queue", "mine")));
    }

    [Test]
    public async Task Explain_LauncherHasEndedAndHostGoesOn_SaysWhy()
    {
        var time = new EngineTime();
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup =>
        {
            setup.Time = time;
            setup.Options = options =>
            {
                options.WallTime = TimeSpan.FromHours(1);
                options.StopHostAtEnd = false;
            };
        });
        await time.PassAsync(TimeSpan.FromHours(1));
        await engine.IdleAsync();
        Job job = await engine.SubmitAsync(Work.NewJob("nobody runs it"));
        Assert.That((await engine.Client.ExplainAsync(job)).Why, Is.EqualTo("no launcher is alive for site 'local' (this host's has ended because the launcher came to its wall time)"));
    }

    [Test]
    public async Task Result_OfAJobAsAFuture_IsWhatTheFunctionReturned()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        Job good = await engine.SubmitAsync(Work.NewJob("fine"));
        Assert.That(await EngineHarness.Soon(good.ResultAsync<string>()), Is.EqualTo("fine"));
        Assert.That((good.TryGetResult(out string? early), early), Is.EqualTo((false, (string?)null)), "the job as it was read had not ended");
        Job read = await engine.GetAsync(good);
        Assert.That((read.TryGetResult(out string? result), result), Is.EqualTo((true, "fine")));
        Assert.That(read.TryGetResult(out int _), Is.False, "a string is no number");
    }

    [Test]
    public async Task Result_FunctionThrew_ThrowsWithTypeAndMessage()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        engine.Behaviour.Run = (_, _, _) => throw new InvalidDataException("bad input");
        Job job = await engine.SubmitAsync(Work.NewJob("x"));
        JobFailedException failed = (await Assert.ThrowsAsync<JobFailedException>(() => EngineHarness.Soon(job.ResultAsync<string>())))!;
        Assert.That((failed.JobId, failed.Failure!.TypeName, failed.Failure.Message), Is.EqualTo((job.Id, typeof(InvalidDataException).FullName, "bad input")));
        Assert.That((await engine.GetAsync(job)).TryGetResult(out string? _), Is.False);
    }

    [Test]
    public async Task Result_OfAJobGivenToAFunction_SaysToAskTheClient()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        engine.Behaviour.Run = async (_, context, token) => await context.Job.ResultAsync<string>(token) ?? "";
        JobFailedException failed = (await Assert.ThrowsAsync<JobFailedException>(async () => await EngineHarness.Soon((await engine.SubmitAsync(Work.NewJob("x"))).ResultAsync<string>())))!;
        Assert.That(failed.Failure!.Message, Is.EqualTo("Job 1 does not come from a client, so it cannot be awaited by itself. Call client.ResultAsync<String>(job.Id)."));
    }

    [Test]
    public async Task Idle_ThousandBlockedJobs_AreAllExplained()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(store);
        engine.Behaviour.Run = (_, _, _) => throw new InvalidDataException("bad input");
        NewJob failing = Work.NewJob("x");
        List<NewJob> chain = [failing];
        for (int i = 0; i < 1000; i++)
        {
            chain.Add(Work.NewJob("x").After(chain[^1], DependencyCondition.SuccessOrHold));
        }

        await engine.SubmitAsync([.. chain]);
        IdleReport report = await engine.IdleAsync();
        Assert.That(report.Blocked, Has.Count.EqualTo(1000));
        Assert.That(report.Blocked[0].Reason, Is.EqualTo("it waits for parent 1, which is FAILED; restart that one"));
        Assert.That(report.Blocked.Skip(1).Select(job => job.Reason), Is.All.EndsWith(" in the end for job 1, which is FAILED; restart that one"));
        Assert.That(report.Blocked.Select(job => job.Explanation.Outlook), Is.All.EqualTo(JobOutlook.NeedsUser));
    }

    /// <summary>Explains a job that the launcher has packed and found no room for: once it packs a later one, it has shown what it found for the earlier.</summary>
    private static async Task<JobExplanation> ExplainPackedAsync(EngineHarness engine, PackingProbe probe, Job job)
    {
        await probe.SeenAsync(job);
        await probe.SeenAsync(await engine.SubmitAsync(Shell.NewJob(new Shell.Parameters("later")).WithPriority(-9)));
        return await engine.Client.ExplainAsync(job);
    }

    private sealed class PackingProbe : IPackingPolicy
    {
        private readonly BackfillPolicy _inner = new();
        private readonly Channel<long> _seen = Channel.CreateUnbounded<long>();

        public PackingPlan Pack(Inventory inventory, IReadOnlyList<PackingCandidate> candidates, DateTimeOffset now, TimeSpan? remaining)
        {
            foreach (PackingCandidate candidate in candidates)
            {
                _seen.Writer.TryWrite(candidate.Id);
            }

            return _inner.Pack(inventory, candidates, now, remaining);
        }

        public async Task SeenAsync(Job job)
        {
            while (await EngineHarness.Soon(_seen.Reader.ReadAsync().AsTask(), $"{job} to be packed") != job.Id.Value)
            {
            }
        }
    }
}
