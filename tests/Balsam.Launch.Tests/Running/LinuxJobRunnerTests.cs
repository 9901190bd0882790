using System.Diagnostics;
using Balsam.Launch.Running;

namespace Balsam.Launch.Tests.Running;

/// <summary>What only the Linux runner does; the portable one documents that it does not.</summary>
[Platform("Linux")]
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class LinuxJobRunnerTests
{
    private RunnerHarness _harness = null!;

    [SetUp]
    public void SetUp() => _harness = new RunnerHarness(RunnerKind.Linux);

    [TearDown]
    public async Task TearDown() => await _harness.DisposeAsync();

    [Test]
    public async Task Create_OnLinux_GivesTheLinuxRunner()
    {
        await using IJobRunner runner = JobRunner.Create();
        Assert.That(runner, Is.TypeOf<LinuxJobRunner>());
    }

    [Test]
    public async Task Start_Affinity_IsTheChildsAndNotTheNextOnes()
    {
        IReadOnlyList<int> own = CoreAffinity.Get(Environment.ProcessId);
        int core = own[^1];
        RunRequest bound = _harness.Request("grep", "Cpus_allowed_list", "/proc/self/status") with { CpuAffinity = [core] };
        await _harness.RunAsync(bound);
        Assert.That(_harness.Output, Is.EqualTo($"Cpus_allowed_list:\t{core}\n"));
        RunRequest free = _harness.Shell("nproc") with { Workdir = _harness.Workdir + "2" };
        await _harness.RunAsync(free);
        Assert.That(File.ReadAllText(Path.Combine(free.Workdir, "job.out")), Is.EqualTo($"{own.Count}\n"));
    }

    [Test]
    public async Task Start_AffinityToCoresThatAreNotThere_RunsUnbound()
    {
        RunExit exit = await _harness.RunAsync(_harness.Request("true") with { CpuAffinity = [7_000, 9_999_999] });
        Assert.That(exit.Succeeded, Is.True);
    }

    [Test]
    public async Task Start_SignalsInTheChild_AreAtTheirDefaultsAndUnblocked()
    {
        await _harness.RunAsync("grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status");
        ulong[] masks = [.. _harness.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Convert.ToUInt64(line[8..], 16))];

        // Signals 32 and 33 belong to the C library, which ignores them in every child of posix_spawn.
        Assert.That(masks, Is.EqualTo(new[] { 0UL, 0UL }).Or.EqualTo(new[] { 0UL, 0x1_8000_0000UL }));
    }

    [Test]
    public async Task Start_ManyAtOnce_HoldsFewDescriptorsAndHearsOfEveryEnd()
    {
        const int count = 300;
        string gate = await _harness.FifoAsync("gate");
        await using var opened = new FileStream(gate, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        int before = Directory.GetFiles("/proc/self/fd").Length;
        RunRequest[] requests = [.. Enumerable.Range(0, count).Select(i => _harness.Shell($"read line <{gate}; exit 3") with { Workdir = _harness.Workdir + i })];
        Task<RunExit>[] ends = [.. requests.Select(_harness.Start)];

        // Starts are served in turn.
        await _harness.RunAsync("true");
        int held = Directory.GetFiles("/proc/self/fd").Length - before;
        _harness.Runner.Signal(requests[^1].RunId, RunSignal.Terminate);
        RunExit last = await RunnerHarness.Soon(ends[^1]);
        opened.Write([.. Enumerable.Repeat((byte)'\n', count)]);
        opened.Flush();
        RunExit[] others = await RunnerHarness.Soon(Task.WhenAll(ends[..^1]));

        Assert.That(held, Is.LessThan(count / 2));
        Assert.That(last.Kind, Is.EqualTo(RunExitKind.Signaled));
        Assert.That(others.Select(exit => exit.Code), Is.All.EqualTo(3));
    }

    [Test]
    public async Task Start_BrokenPipe_EndsTheWriter()
    {
        RunExit exit = await _harness.RunAsync("/bin/bash", "-c", "yes | head -n 1 >/dev/null; exit ${PIPESTATUS[0]}");
        Assert.That(exit.Code, Is.EqualTo(128 + 13));
    }

    [Test]
    public async Task Start_Process_LeadsItsOwnGroupAndHasNoTerminal()
    {
        RunExit exit = await _harness.ShellAsync("cut -d' ' -f5,7 /proc/$$/stat");
        Assert.That(_harness.Output, Is.EqualTo($"{exit.Pid} 0\n"));
    }

    [Test]
    public async Task Start_Descriptors_AreTheThreeStandardOnes()
    {
        await _harness.ShellAsync("readlink /proc/$$/fd/0; ls /proc/$$/fd | sort -n | head -n 3 | tr '\\n' ' '");
        Assert.That(_harness.Output, Is.EqualTo("/dev/null\n0 1 2 "));
    }

    [Test]
    public async Task Start_BusyProcess_ReportsItsProcessorTime()
    {
        RunExit exit = await _harness.ShellAsync("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done");
        Assert.That(exit.UserTime, Is.GreaterThan(TimeSpan.FromMilliseconds(5)));
        Assert.That(exit.SystemTime, Is.GreaterThanOrEqualTo(TimeSpan.Zero));
    }

    [Test]
    public async Task Start_LeaderLeavesProcessBehind_ItIsEnded()
    {
        string fifo = await _harness.FifoAsync("ready");
        Task<RunExit> run = _harness.Start(_harness.Shell($"sleep 1000 & echo $! >{fifo}; read line <{fifo}; exit 6"));
        using var left = new WatchedProcess(await RunnerHarness.ReadAsync(fifo));
        await File.WriteAllTextAsync(fifo, "go\n");
        Assert.That((await RunnerHarness.Soon(run)).Code, Is.EqualTo(6));
        Assert.That(left.EndsSoon, Is.True);
    }

    [Test]
    public async Task Signal_Terminate_WaitsForTheTreeToSaveItsWork()
    {
        // The shell in front dies of SIGTERM at once; the one below needs a moment, and is given it.
        string ready = await _harness.FifoAsync("ready");
        string save = await _harness.FifoAsync("save");
        _harness.WriteFile("saver", $"#!/bin/bash\ntrap 'read line <{save}; echo saved >result; exit 0' TERM\necho $$ >{ready}\nwhile :; do read -t 0.05 <> <(:); done\n");
        RunRequest request = _harness.Shell("./saver; true");
        Task<RunExit> run = _harness.Start(request);
        using var saver = new WatchedProcess(await RunnerHarness.ReadAsync(ready));
        _harness.Runner.Signal(request.RunId, RunSignal.Terminate);
        await RunnerHarness.Soon(Task.Run(() => File.WriteAllText(save, "go\n")));
        RunExit exit = await RunnerHarness.Soon(run);
        Assert.That((exit.Kind, exit.Code), Is.EqualTo((RunExitKind.Signaled, 15)));
        Assert.That(File.ReadAllText(Path.Combine(_harness.Workdir, "result")), Is.EqualTo("saved\n"));
        Assert.That(saver.HasEnded, Is.True);
    }

    [Test]
    public async Task Signal_KillAfterTheLeaderEnded_EndsTheRest()
    {
        string fifo = await _harness.FifoAsync("ready");
        RunRequest request = _harness.Shell($"(trap '' TERM; sleep 1000 & echo $! >{fifo}; wait) & sleep 1000");
        Task<RunExit> run = _harness.Start(request);
        using var stubborn = new WatchedProcess(await RunnerHarness.ReadAsync(fifo));
        _harness.Runner.Signal(request.RunId, RunSignal.Terminate);
        _harness.Runner.Signal(request.RunId, RunSignal.Kill);
        Assert.That((await RunnerHarness.Soon(run)).Kind, Is.EqualTo(RunExitKind.Signaled));
        Assert.That(stubborn.HasEnded, Is.True);
    }

    [Test]
    public async Task Signal_Kill_ReachesWhatLeftTheGroup()
    {
        string fifo = await _harness.FifoAsync("ready");
        RunRequest request = _harness.Shell($"setsid sh -c 'echo $$ >{fifo}; exec sleep 1000' & sleep 1000");
        Task<RunExit> run = _harness.Start(request);
        using var escaped = new WatchedProcess(await RunnerHarness.ReadAsync(fifo));
        _harness.Runner.Signal(request.RunId, RunSignal.Kill);
        await RunnerHarness.Soon(run);
        Assert.That(escaped.EndsSoon, Is.True);
    }

    [Test]
    public async Task Signal_TerminateToStoppedProcess_Arrives()
    {
        string fifo = await _harness.FifoAsync("ready");
        RunRequest request = _harness.Shell($"echo $$ >{fifo}; kill -STOP $$; sleep 1000");
        Task<RunExit> run = _harness.Start(request);
        await RunnerHarness.ReadAsync(fifo);
        _harness.Runner.Signal(request.RunId, RunSignal.Terminate);
        Assert.That((await RunnerHarness.Soon(run)).Code, Is.EqualTo(15));
    }

    [Test]
    public async Task Start_BesideDotNetProcesses_NeitherLosesAnExit()
    {
        Task<RunExit[]> ours = Task.WhenAll(Enumerable.Range(0, 150).Select(i =>
            _harness.Start(_harness.Shell($"exit {i}") with { Workdir = Path.Combine(_harness.Directory, "beside", $"{i}") })));
        List<int> theirs = [];
        for (int i = 0; i < 50; i++)
        {
            using var process = Process.Start("/bin/sh", ["-c", $"exit {i}"]);
            await process.WaitForExitAsync();
            theirs.Add(process.ExitCode);
        }

        Assert.That((await RunnerHarness.Soon(ours)).Select(exit => exit.Code), Is.EqualTo(Enumerable.Range(0, 150)));
        Assert.That(theirs, Is.EqualTo(Enumerable.Range(0, 50)));
    }

    [Test]
    public async Task Start_ProgramBeingWrittenElsewhere_SaysSo()
    {
        string path = _harness.WriteFile("busy", string.Empty);
        File.Copy("/bin/true", path, overwrite: true);
        using var writer = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RunExit exit = await _harness.RunAsync("./busy");
        Assert.That((exit.Kind, exit.Code), Is.EqualTo((RunExitKind.StartFailed, Errno.TextBusy)));
    }

    [Test]
    public async Task Dispose_ManyRuns_LeavesNoDescriptorOpen()
    {
        int before = Directory.GetFiles("/proc/self/fd").Length;
        await using (var harness = new RunnerHarness(RunnerKind.Linux))
        {
            for (int i = 0; i < 50; i++)
            {
                await harness.RunAsync("true");
            }
        }

        Assert.That(Directory.GetFiles("/proc/self/fd"), Has.Length.LessThanOrEqualTo(before + 2));
    }

    [Test]
    public async Task Start_NextAttempt_FindsNoDaemonThatTheOneBeforeHasLeft()
    {
        // Whatever lives of an attempt holds the lock.
        const string locked = "exec 9>lock; flock -n 9 || exit 9;";
        string fifo = await _harness.FifoAsync("daemon");
        RunRequest first = _harness.Shell($"{locked} setsid /bin/sh -c 'echo $$ >{fifo}; exec sleep 1000' & wait_for=$(cat {fifo}.told); exit 3");
        string told = await _harness.FifoAsync("daemon.told");
        Task<RunExit> run = _harness.Start(first);
        using var daemon = new WatchedProcess(await RunnerHarness.ReadAsync(fifo));
        await RunnerHarness.Soon(File.WriteAllTextAsync(told, "go"));
        Assert.That((await RunnerHarness.Soon(run)).Code, Is.EqualTo(3));
        Assert.That(daemon.HasEnded, Is.False, "a daemon of a run that ended by itself is left alone");

        RunExit second = await _harness.RunAsync(_harness.Shell($"{locked} exit 4") with { RunId = first.RunId, Attempt = 2 });
        Assert.That((second.Code, daemon.HasEnded), Is.EqualTo((4, true)));
    }
}
