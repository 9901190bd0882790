using System.Collections.Concurrent;
using Balsam.Launch.Running;
using Balsam.Launch.Tests.Running;
using Balsam.Storage;
using Balsam.Testing;

namespace Balsam.Launch.Tests.Engine;

/// <summary>Two launchers on one store and one site.</summary>
[Platform("Linux")]
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class TwoLaunchersTests
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    [Test]
    public async Task Jobs_OfBoth_RunOnceEach()
    {
        var calls = new ConcurrentDictionary<string, int>();
        await using EngineHarness first = await EngineHarness.StartAsync();
        first.Behaviour.Run = (input, _, _) =>
        {
            calls.AddOrUpdate(input, 1, (_, count) => count + 1);
            return Task.FromResult(input);
        };
        await using EngineHarness second = await BesideAsync(first);
        for (int i = 0; i < 10; i++)
        {
            await Task.WhenAll(
                first.SubmitAsync([.. Enumerable.Range(0, 15).Select(job => Hooked.NewJob($"{i} {job}"))]), second.SubmitAsync([.. Enumerable.Range(15, 15).Select(job => Work.NewJob($"{i} {job}"))]));
        }

        await first.IdleAsync();
        await second.IdleAsync();
        Assert.That((await first.Client.CountByStateAsync())[JobState.JobFinished], Is.EqualTo(300));
        Assert.That(calls.Values, Is.EqualTo(Enumerable.Repeat(1, 300)));
    }

    [Test]
    public async Task Launcher_ThatStandsStill_ItsJobRunsOnceOnTheOtherAndItStartsClean()
    {
        var time = new EngineTime();
        await using EngineHarness still = await StartAsync(time);
        Job job = await still.ShellAsync("x");
        FakeRun old = await EngineHarness.Soon(still.Runner.NextAsync());
        await using EngineHarness other = await BesideAsync(still, time, new FakeJobRunner());
        Gate held = await StandStillAsync(still, time);
        FakeRun run = await EngineHarness.Soon(other.Runner.NextAsync());
        Assert.That((run.JobId, run.Request.Attempt), Is.EqualTo((job.Id, 2)));
        LeaseToken[] before = [.. (await still.Store.ListSessionsAsync(default)).Select(session => session.Token)];
        Assert.That(before, Has.Length.EqualTo(1), "the one that stands still is not alive");

        // Its process ends well meanwhile, and it learns of that before it learns of its lease: nothing of it is recorded.
        Job known = await still.GetAsync(job);
        old.Exit();
        await SessionsAsync(still, 2);
        held.Open();
        Job now = await still.GetAsync(job);
        Assert.That((now.Version, now.State, now.Attempt), Is.EqualTo((known.Version, JobState.Running, 2)));
        run.Exit();
        Assert.That((await other.EndAsync(job)).State, Is.EqualTo(JobState.JobFinished));
        Assert.That((await other.StatesAsync(job)).Count(state => state == JobState.Running), Is.EqualTo(2));
        Assert.That((await still.Store.ListSessionsAsync(default)).Select(session => session.Token.Epoch), Has.All.GreaterThanOrEqualTo(before[0].Epoch));

        // It takes part again.
        await other.StopAsync();
        Job next = await still.ShellAsync("y");
        (await EngineHarness.Soon(still.Runner.NextAsync())).Exit();
        Assert.That((await still.EndAsync(next)).State, Is.EqualTo(JobState.JobFinished));
    }

    [Test]
    public async Task Launcher_ThatStandsStill_ItsProcessIsKilledWhenItGoesOn()
    {
        var time = new EngineTime();
        await using EngineHarness still = await StartAsync(time);
        Job job = await still.ShellAsync("x");
        FakeRun old = await EngineHarness.Soon(still.Runner.NextAsync());
        await using EngineHarness other = await BesideAsync(still, time, new FakeJobRunner());
        Gate held = await StandStillAsync(still, time);
        FakeRun run = await EngineHarness.Soon(other.Runner.NextAsync());
        held.Open();
        Assert.That(await EngineHarness.Soon(old.Signaled), Is.EqualTo(RunSignal.Kill));
        await SessionsAsync(still, 2);
        run.Exit();
        Assert.That((await other.EndAsync(job)).Attempt, Is.EqualTo(2));
    }

    [Test]
    public async Task Hook_OfALauncherThatLostItsLease_LeavesNothing()
    {
        var time = new EngineTime();
        var calls = new ConcurrentQueue<Gate>([new Gate(), new Gate()]);
        Gate[] gates = [.. calls];
        int call = 0;
        await using EngineHarness still = await StartAsync(time);
        still.Behaviour.Postprocess = async (context, _) =>
        {
            int mine = Interlocked.Increment(ref call);
            context.Data.Set("by", mine);
            context.Tags.Set($"call{mine}", "yes");
            context.Submit(Work.NewJob($"submitted by call {mine}"));
            await gates[mine - 1].PassAsync(CancellationToken.None);
            return PostprocessOutcome.Done;
        };
        Job job = await still.SubmitAsync(Hooked.NewJob("x"));
        await gates[0].ArrivalAsync();
        await using EngineHarness other = await BesideAsync(still, time, new FakeJobRunner());
        Gate held = await StandStillAsync(still, time);
        await gates[1].ArrivalAsync();
        Job known = await still.GetAsync(job);
        gates[0].Open();
        await SessionsAsync(still, 2);
        held.Open();
        Job now = await still.GetAsync(job);
        Assert.That((now.Version, now.State, await still.Client.Jobs.CountAsync()), Is.EqualTo((known.Version, JobState.RunDone, 1L)), "the first call's outcome was refused with all that belonged to it");
        gates[1].Open();
        Job ended = await other.EndAsync(job);
        Assert.That((ended.Data.Json, ended.Tags.Keys.Single(), await still.Client.Jobs.CountAsync()), Is.EqualTo(("{\"by\":2}", "call2", 2L)));
    }

    [Test]
    public async Task Processes_OfTheOther_AreLeftAloneWhileItLivesAndEndedBeforeTheirJobRunsAgain()
    {
        var time = new EngineTime();
        await using EngineHarness still = await EngineHarness.StartAsync(setup => Virtual(setup, time, runner: null));
        string pipe = Path.Combine(still.Directory, "pipe");
        using var made = System.Diagnostics.Process.Start("mkfifo", [pipe]);
        await made.WaitForExitAsync();
        Job job = await still.ShellAsync(
            "exec 9>lock; flock -n 9 || exit 9; test $BALSAM_ATTEMPT = 2 && exit 0; "
            + $"env -i setsid --fork sh -c 'echo $$ > {pipe}; exec sleep 1000 >/dev/null 2>&1'; sleep 1000");
        using var daemon = new WatchedProcess((await EngineHarness.Soon(Task.Run(() => File.ReadAllText(pipe)), "the daemon")).Trim());
        await time.TimerAsync(Heartbeat);
        await using EngineHarness other = await BesideAsync(still, time);
        Assert.That(daemon.HasEnded, Is.False, "a launcher that comes leaves those of a living one alone");
        Gate held = await StandStillAsync(still, time);
        Job ended = await other.EndAsync(job);
        Assert.That((ended.State, ended.Attempt), Is.EqualTo((JobState.JobFinished, 2)), "attempt 2 found the lock free");
        Assert.That(daemon.HasEnded, Is.True);
        held.Open();
    }

    private static void Virtual(EngineSetup setup, EngineTime time, FakeJobRunner? runner)
    {
        setup.Time = time;
        setup.Runner = runner;
        setup.FaultyStore = true;
        setup.Options = options =>
        {
            options.Heartbeat = Heartbeat;
            options.LeaseDuration = Lease;
            options.HookTimeLimit = TimeSpan.FromDays(1);
        };
    }

    private static async Task<EngineHarness> StartAsync(EngineTime time)
    {
        EngineHarness engine = await EngineHarness.StartAsync(setup => Virtual(setup, time, new FakeJobRunner()));
        await time.TimerAsync(Heartbeat);
        return engine;
    }

    private static async Task<EngineHarness> BesideAsync(EngineHarness first, EngineTime? time = null, FakeJobRunner? runner = null)
    {
        EngineHarness engine = await EngineHarness.StartAsync(setup =>
        {
            if (time is not null)
            {
                Virtual(setup, time, runner);
            }

            setup.Beside = first;
            setup.Behaviour = first.Behaviour;
        });
        await (time?.TimerAsync(Heartbeat) ?? Task.CompletedTask);
        return engine;
    }

    // Its heartbeats do not get through, nor does it hear anything, until the gate is opened; the other's do.
    private static async Task<Gate> StandStillAsync(EngineHarness still, EngineTime time)
    {
        var gate = new Gate();
        still.Faults.IsDeaf = true;
        still.Faults.BeforeRenew = gate.PassAsync;
        for (TimeSpan passed = TimeSpan.Zero; passed <= Lease + Heartbeat; passed += Heartbeat)
        {
            time.Advance(Heartbeat);
        }

        await gate.ArrivalAsync();
        return gate;
    }

    private static async Task SessionsAsync(EngineHarness engine, int count)
    {
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        engine.Faults.Listening = () => opened.TrySetResult();
        if ((await engine.Store.ListSessionsAsync(default)).Count < count)
        {
            await EngineHarness.Soon(opened.Task, "the launcher's next session");
        }

        Assert.That(await engine.Store.ListSessionsAsync(default), Has.Count.EqualTo(count));
    }
}
