using System.Runtime.Versioning;
using Balsam.Launch.Running;

namespace Balsam.Launch.Tests.Running;

/// <summary>The thread of the Linux runner dies: everything it ran is ended and told as lost, and so is what comes later.</summary>
[Platform("Linux")]
[UnsupportedOSPlatform("windows")]
public sealed class RunnerDeathTests
{
    [Test]
    public async Task Thread_Dies_RunsAreEndedAndLostAndTheCauseIsTold()
    {
        await using var harness = new RunnerHarness(RunnerKind.Linux);
        string ready = await harness.FifoAsync("ready");
        string escaped = await harness.FifoAsync("escaped");
        Task<RunExit> run = harness.Start(harness.Shell($"trap '' TERM; setsid sh -c 'echo $$ >{escaped}; exec sleep 1000' & echo $$ >{ready}; while :; do sleep 0.05; done"));
        using var leader = new WatchedProcess(await RunnerHarness.ReadAsync(ready));
        using var daemon = new WatchedProcess(await RunnerHarness.ReadAsync(escaped));

        // A start without a request is what no caller can send: the loop fails on it.
        ((LinuxJobRunner)harness.Runner).Put(new RunnerCommand(RunnerCommandKind.Start, 99));
        RunExit exit = await RunnerHarness.Soon(run);
        Assert.That(exit.Kind, Is.EqualTo(RunExitKind.Lost));
        Assert.That(exit.Message, Does.StartWith("The run was lost because the job runner failed: "));
        Exception? cause = await Assert.CatchAsync(() => RunnerHarness.Soon(harness.Runner.Completion));
        Assert.That(cause, Is.InstanceOf<NullReferenceException>());
        Assert.That((leader.EndsSoon, daemon.EndsSoon), Is.EqualTo((true, true)));
        Assert.That((await harness.ShellAsync("true")).Kind, Is.EqualTo(RunExitKind.Lost));
    }

    [Test]
    public async Task Completion_RunnerDisposed_EndsWell([Values] RunnerKind kind)
    {
        var harness = new RunnerHarness(kind);
        Assert.That(harness.Runner.Completion.IsCompleted, Is.False);
        await harness.DisposeAsync();
        await RunnerHarness.Soon(harness.Runner.Completion);
        Assert.That((await harness.ShellAsync("true")).Kind, Is.EqualTo(RunExitKind.Lost));
    }
}
