using System.Diagnostics;
using System.Runtime.Versioning;
using Balsam.Launch.Tests.Engine;
using Balsam.Launch.Tests.Running;
using Balsam.Storage.LiteDb;

namespace Balsam.Launch.Tests.Shutdown;

/// <summary>A host's process is sent signals while its jobs run: it ends in time, and its store says what became of them.</summary>
[Platform("Linux")]
[UnsupportedOSPlatform("windows")]
public sealed class SignalTests
{
    private const string AnHour = "3600";

    private string _directory = null!;
    private string _ready = null!;
    private string _gate = null!;

    [SetUp]
    public async Task SetUp()
    {
        _directory = Directory.CreateTempSubdirectory("balsam-stop-").FullName;
        _ready = Path.Combine(_directory, "ready");
        _gate = Path.Combine(_directory, "gate");
        using Process made = Process.Start("mkfifo", [_ready, _gate]);
        await made.WaitForExitAsync();
    }

    [TearDown]
    public void TearDown() => Directory.Delete(_directory, recursive: true);

    private string Deaf => $"trap '' TERM; echo $$ > {_ready}; while :; do sleep 0.05; done";

    private string Polite => $"trap 'exit 7' TERM; echo $$ > {_ready}; while :; do sleep 0.05; done";

    [Test]
    public async Task Signal_WithADrain_JobsEndByThemselves()
    {
        using StopProcess host = StopProcess.Start(_directory, "--drain", AnHour, "--script", $"echo $$ > {_ready}; cat {_gate}");
        using var job = new WatchedProcess(await ReadAsync(_ready));
        await host.SignalAsync("TERM");
        await host.LogAsync(BalsamEventIds.LauncherDraining);
        Assert.That(job.HasEnded, Is.False);
        await EngineHarness.Soon(Task.Run(() => File.WriteAllText(_gate, "go")), "the job to read");
        Assert.That(await host.ExitAsync(), Is.Zero);
        await ExpectAsync(JobState.JobFinished);
    }

    [Test]
    public async Task Signal_JobThatHeedsNoSigterm_IsKilledAfterTheGraceTime()
    {
        using StopProcess host = StopProcess.Start(_directory, "--grace", "0.5", "--script", Deaf);
        using var job = new WatchedProcess(await ReadAsync(_ready));
        await host.SignalAsync("INT");
        Assert.That((await host.ExitAsync(), job.HasEnded), Is.EqualTo((0, true)));
        await ExpectAsync(JobState.RestartReady);
    }

    [Test]
    public async Task Signal_TheSecond_EndsTheDrain()
    {
        using StopProcess host = StopProcess.Start(_directory, "--drain", AnHour, "--grace", AnHour, "--script", Polite);
        using var job = new WatchedProcess(await ReadAsync(_ready));
        await host.SignalAsync("TERM");
        await host.LogAsync(BalsamEventIds.LauncherDraining);
        await host.SignalAsync("TERM");
        Assert.That((await host.ExitAsync(), job.HasEnded), Is.EqualTo((0, true)));
        await ExpectAsync(JobState.RestartReady);
    }

    [Test]
    public async Task Signal_TheThird_EndsTheGraceTime()
    {
        using StopProcess host = StopProcess.Start(_directory, "--drain", AnHour, "--grace", AnHour, "--script", Deaf);
        using var job = new WatchedProcess(await ReadAsync(_ready));
        await host.SignalAsync("TERM");
        await host.LogAsync(BalsamEventIds.LauncherDraining);
        await host.SignalAsync("INT");
        await host.LogAsync(BalsamEventIds.LauncherHurried);
        Assert.That(job.HasEnded, Is.False);
        await host.SignalAsync("TERM");
        Assert.That((await host.ExitAsync(), job.HasEnded), Is.EqualTo((0, true)));
        await ExpectAsync(JobState.RestartReady);
    }

    [Test]
    public async Task Signal_HostsTimeoutIsShorterThanTheDrain_JobsAreKilledAndRecorded()
    {
        using StopProcess host = StopProcess.Start(_directory, "--drain", AnHour, "--grace", AnHour, "--host", "0.5", "--script", Deaf);
        using var job = new WatchedProcess(await ReadAsync(_ready));
        await host.SignalAsync("TERM");
        await host.ExitAsync();
        Assert.That((job.HasEnded, host.Wrote(BalsamEventIds.HostOutOfPatience)), Is.EqualTo((true, true)));
        await ExpectAsync(JobState.RestartReady);
    }

    [Test]
    public async Task Signal_FunctionAndHookThatHeedNothing_AreLeftBehind()
    {
        using StopProcess host = StopProcess.Start(_directory, "--grace", "0.5", "--deaf-function", "--deaf-hook");
        await host.LineAsync("code");
        await host.LineAsync("code");
        await host.SignalAsync("TERM");
        Assert.That((await host.ExitAsync(), host.Wrote(BalsamEventIds.FunctionAbandoned)), Is.EqualTo((0, true)));
        await ExpectAsync(JobState.RestartReady, JobState.StagedIn);
    }

    [Test]
    public async Task Signal_StoreHangs_JobsAreEndedAndTheProcessEnds()
    {
        using StopProcess host = StopProcess.Start(_directory, "--grace", "0.5", "--record", "0.5", "--script", Deaf);
        using var job = new WatchedProcess(await ReadAsync(_ready));
        await File.WriteAllTextAsync(Path.Combine(_directory, "hang"), "");
        await host.SignalAsync("TERM");
        await host.ExitAsync();
        Assert.That((job.HasEnded, host.Wrote(BalsamEventIds.LauncherFailed)), Is.EqualTo((true, true)));
        await ExpectAsync(JobState.Running);
    }

    [Test]
    public async Task Signal_NothingRuns_EndsAtOnce()
    {
        using StopProcess host = StopProcess.Start(_directory, "--drain", AnHour, "--grace", AnHour, "--script", $"echo done > {_ready}");
        await ReadAsync(_ready);
        await host.SignalAsync("TERM");
        Assert.That(await host.ExitAsync(), Is.Zero);
    }

    [Test]
    public async Task Signal_Site_TheSecondEndsTheGraceTimeAndEverythingIsRecorded()
    {
        using StopProcess site = StopProcess.Start(_directory, "--site", "--grace", AnHour, "--script", Deaf);
        using var job = new WatchedProcess(await ReadAsync(_ready));
        await site.SignalAsync("TERM");
        await site.LogAsync(BalsamEventIds.LauncherEnding);
        await site.SignalAsync("TERM");
        Assert.That((await site.ExitAsync(), job.HasEnded), Is.EqualTo((143, true)));
        await ExpectAsync(JobState.RestartReady);
    }

    private async Task ExpectAsync(params JobState[] states)
    {
        await using var store = new LiteDbJobStore(Path.Combine(_directory, "balsam.db"), TimeProvider.System);
        await store.OpenAsync(default);
        Assert.That((await store.QueryAsync(new JobSelector(), default)).Select(job => job.State), Is.EqualTo(states));
    }

    // Opening a pipe waits for a writer.
    private static async Task<string> ReadAsync(string pipe) => (await EngineHarness.Soon(Task.Run(() => File.ReadAllText(pipe)), "a job to tell that it runs")).Trim();
}
