using Balsam.Launch.Running;

namespace Balsam.Launch.Tests.Running;

/// <summary>What every runner must do, with real processes.</summary>
[TestFixture(RunnerKind.Linux)]
[TestFixture(RunnerKind.Portable)]
[Platform("Linux")]
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class JobRunnerTests(RunnerKind kind)
{
    private RunnerHarness _harness = null!;

    [SetUp]
    public void SetUp() => _harness = new RunnerHarness(kind);

    [TearDown]
    public async Task TearDown() => await _harness.DisposeAsync();

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(77)]
    [TestCase(127)]
    [TestCase(255)]
    public async Task Start_ProcessExits_ReportsCode(int code)
    {
        RunExit exit = await _harness.ShellAsync($"exit {code}");
        Assert.That((exit.Kind, exit.Code, exit.Succeeded), Is.EqualTo((RunExitKind.Exited, code, code == 0)));
        Assert.That(exit.Pid, Is.GreaterThan(0));
    }

    [TestCase("KILL", 9, "signal 9 (SIGKILL, killed)")]
    [TestCase("SEGV", 11, "signal 11 (SIGSEGV, invalid memory access)")]
    [TestCase("TERM", 15, "signal 15 (SIGTERM, terminated)")]
    public async Task Start_ProcessDiesOfSignal_ReportsSignal(string name, int number, string description)
    {
        RunExit exit = await _harness.ShellAsync($"kill -{name} $$");
        Assert.That((exit.Kind, exit.Code, exit.Describe()), Is.EqualTo((RunExitKind.Signaled, number, description)));
    }

    [Test]
    public async Task Start_StandardErrorAndOutput_GoToOneFile()
    {
        Exempt(RunnerKind.Portable, "it copies two pipes, so the order may change");
        await _harness.ShellAsync("for i in 1 2 3; do echo out $i; echo err $i >&2; done");
        Assert.That(_harness.Output, Is.EqualTo("out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n"));
    }

    [Test]
    public async Task Start_OutputAndError_BothArrive()
    {
        await _harness.ShellAsync("echo out; echo err >&2");
        Assert.That(_harness.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), Is.EquivalentTo(new[] { "out", "err" }));
    }

    [Test]
    public async Task Start_StandardInput_IsEmpty()
    {
        RunExit exit = await _harness.ShellAsync("cat; echo end");
        Assert.That((exit.Succeeded, _harness.Output), Is.EqualTo((true, "end\n")));
    }

    [Test]
    public async Task Start_Arguments_ArriveUnchanged()
    {
        string[] arguments = ["", " ", "a b", "'", "\"", "$HOME", "`id`", "\\", "*", "é€😀", "\n", "-n", "--"];
        await _harness.RunAsync("/usr/bin/printf", ["[%s]", .. arguments]);
        Assert.That(_harness.Output, Is.EqualTo(string.Concat(arguments.Select(a => $"[{a}]"))));
    }

    [Test]
    public async Task Start_Environment_AddsToTheLaunchersAndOverridesIt()
    {
        RunRequest request = _harness.Shell("printf '%s|%s|%s|%s' \"$A\" \"$B\" \"$HOME\" \"$LATER\"; test -n \"$PATH\"") with
        {
            Environment =
            [
                new("A", "1 = one"), new("B", "é\n"), new("HOME", "/nowhere"), new("LATER", "first"), new("LATER", "second"),
            ],
        };
        RunExit exit = await _harness.RunAsync(request);
        Assert.That((exit.Succeeded, _harness.Output), Is.EqualTo((true, "1 = one|é\n|/nowhere|second")));
    }

    [Test]
    public async Task Start_WorkdirMissing_IsCreatedWithParentsAndIsCurrent()
    {
        string workdir = Path.Combine(_harness.Directory, "a", "b c", "d");
        await _harness.RunAsync(_harness.Shell("pwd -P; echo \"$PWD\"") with { Workdir = workdir });
        Assert.That(File.ReadAllLines(Path.Combine(workdir, "job.out")), Is.EqualTo(new[] { workdir, workdir }));
    }

    [Test]
    public async Task Start_OtherOutputName_IsUsed()
    {
        await _harness.RunAsync(_harness.Shell("echo hi") with { OutputPath = "first.log" });
        Assert.That(File.ReadAllText(Path.Combine(_harness.Workdir, "first.log")), Is.EqualTo("hi\n"));
    }

    [Test]
    public async Task Start_RelativeProgram_StartsAtWorkdir()
    {
        Directory.CreateDirectory(Path.Combine(_harness.Workdir, "bin"));
        _harness.WriteFile("bin/tool", "#!/bin/sh\necho tool \"$1\"\n");
        RunExit exit = await _harness.RunAsync("bin/tool", "x");
        Assert.That((exit.Describe(), _harness.Output), Is.EqualTo(("exit code 0", "tool x\n")));
    }

    [Test]
    public async Task Start_BareName_IsFoundOnTheChildsPath()
    {
        _harness.WriteFile("my-tool", "#!/bin/sh\necho mine\n");
        RunExit exit = await _harness.RunAsync(_harness.Request("my-tool") with
        {
            Environment = [new("PATH", "/nonexistent:" + _harness.Workdir + ":/bin")],
        });
        Assert.That((exit.Describe(), _harness.Output), Is.EqualTo(("exit code 0", "mine\n")));
    }

    [Test]
    public async Task Start_ProgramMovedOnPath_IsFoundAnew()
    {
        string first = Path.Combine(_harness.Workdir, "one");
        string second = Path.Combine(_harness.Workdir, "two");
        Directory.CreateDirectory(first);
        Directory.CreateDirectory(second);
        RunRequest request = _harness.Request("moving") with { Environment = [new("PATH", $"{first}:{second}:/bin")] };
        string program = _harness.WriteFile("one/moving", "#!/bin/sh\n");
        Assert.That((await _harness.RunAsync(request)).Describe(), Is.EqualTo("exit code 0"));
        File.Move(program, Path.Combine(second, "moving"));
        Assert.That((await _harness.RunAsync(request)).Describe(), Is.EqualTo("exit code 0"));
    }

    [Test]
    public async Task Start_ProgramNotFound_NamesThePath()
    {
        RunExit exit = await _harness.RunAsync(_harness.Request("no-such-tool") with { Environment = [new("PATH", "/bin:/opt/x")] });
        Assert.That((exit.Kind, exit.Code, exit.Pid), Is.EqualTo((RunExitKind.StartFailed, Errno.NoEntry, 0)));
        Assert.That(exit.Message, Does.Contain("'no-such-tool' was not found on the PATH '/bin:/opt/x'"));
    }

    [Test]
    public async Task Start_BareNameOfFileInWorkdir_SaysToWriteDotSlash()
    {
        _harness.WriteFile("sim", "#!/bin/sh\n");
        RunExit exit = await _harness.RunAsync("sim");
        Assert.That(exit.Message, Does.Contain("write './sim'"));
    }

    [Test]
    public async Task Start_PathNotFound_NamesTheFileAndLeavesNoOutput()
    {
        RunExit exit = await _harness.RunAsync("./absent");
        Assert.That(exit.Kind, Is.EqualTo(RunExitKind.StartFailed));
        Assert.That(exit.Message, Does.Contain("'./absent' was not found").And.Contain(Path.Combine(_harness.Workdir, "./absent")));
        Assert.That(File.Exists(Path.Combine(_harness.Workdir, "job.out")), Is.False);
    }

    [Test]
    public async Task Start_NotExecutable_SaysChmod([Values("./plain", "plain")] string name)
    {
        _harness.WriteFile("plain", "echo", executable: false);
        RunExit exit = await _harness.RunAsync(_harness.Request(name) with { Environment = [new("PATH", _harness.Workdir)] });
        Assert.That((exit.Kind, exit.Code), Is.EqualTo((RunExitKind.StartFailed, Errno.AccessDenied)));
        Assert.That(exit.Message, Does.Contain("chmod +x"));
    }

    [Test]
    public async Task Start_ProgramIsDirectory_SaysSo()
    {
        RunExit exit = await _harness.RunAsync("/usr");
        Assert.That(exit.Kind, Is.EqualTo(RunExitKind.StartFailed));
        Assert.That(exit.Message, Does.Contain("is a directory"));
    }

    [Test]
    public async Task Start_ScriptWithoutFirstLine_RunsInTheShell()
    {
        _harness.WriteFile("script", "echo \"$#:$1:$2\"\nexit 5\n");
        RunExit exit = await _harness.RunAsync("./script", "a b", "c");
        Assert.That((exit.Describe(), _harness.Output), Is.EqualTo(("exit code 5", "2:a b:c\n")));
    }

    [Test]
    public async Task Start_DamagedBinary_SaysSo()
    {
        _harness.WriteFile("broken", "\u007FELF\0\0\0nonsense");
        RunExit exit = await _harness.RunAsync("./broken");
        Assert.That((exit.Kind, exit.Code), Is.EqualTo((RunExitKind.StartFailed, Errno.ExecFormat)));
        Assert.That(exit.Message, Does.Contain("not a program for this machine"));
    }

    [Test]
    public async Task Start_InterpreterMissing_NamesIt()
    {
        _harness.WriteFile("script", "#!/no/such/python\r\n");
        RunExit exit = await _harness.RunAsync("./script");
        Assert.That(exit.Message, Does.Contain("'/no/such/python\\r', which was not found"));
    }

    [Test]
    public async Task Start_WorkdirIsFile_SaysSo()
    {
        File.WriteAllText(_harness.Workdir, string.Empty);
        RunExit exit = await _harness.RunAsync("true");
        Assert.That(exit.Kind, Is.EqualTo(RunExitKind.StartFailed));
        Assert.That(exit.Message, Does.Contain($"'{_harness.Workdir}'").And.Contain("file"));
    }

    [Test]
    public async Task Start_WorkdirBelowFile_SaysSo()
    {
        File.WriteAllText(_harness.Workdir, string.Empty);
        RunExit exit = await _harness.RunAsync(_harness.Request("true") with { Workdir = Path.Combine(_harness.Workdir, "x", "y") });
        Assert.That(exit.Kind, Is.EqualTo(RunExitKind.StartFailed));
        Assert.That(exit.Message, Does.Contain("cannot be created").And.Contain("Remove the file"));
    }

    [Test]
    public async Task Start_OutputIsDirectory_SaysSo()
    {
        Directory.CreateDirectory(Path.Combine(_harness.Workdir, "job.out"));
        RunExit exit = await _harness.RunAsync("true");
        Assert.That(exit.Kind, Is.EqualTo(RunExitKind.StartFailed));
        Assert.That(exit.Message, Does.Contain("'job.out'").And.Contain("a directory has that name"));
    }

    [Test]
    public async Task Start_BadRequests_AreRefusedWithAReason()
    {
        RunRequest good = _harness.Request("true");
        (RunRequest Request, string Message)[] bad =
        [
            (good with { RunId = 101, FileName = "" }, "names no program"),
            (good with { RunId = 102, Workdir = "relative" }, "not an absolute path"),
            (good with { RunId = 103, OutputPath = "../x" }, "not a plain file name"),
            (good with { RunId = 104, Arguments = ["a", "b\0c"] }, "Argument 2"),
            (good with { RunId = 105, Environment = [new("A=B", "c")] }, "'A=B'"),
        ];
        foreach ((RunRequest request, string message) in bad)
        {
            RunExit exit = await _harness.RunAsync(request);
            Assert.That((exit.Kind, exit.Message), Is.EqualTo((RunExitKind.StartFailed, exit.Message)));
            Assert.That(exit.Message, Does.Contain(message));
        }
    }

    [Test]
    public async Task Start_ArgumentTooLong_SaysSo()
    {
        RunExit exit = await _harness.RunAsync("true", new string('x', 200_000));
        Assert.That((exit.Kind, exit.Code), Is.EqualTo((RunExitKind.StartFailed, Errno.ArgumentListTooLong)));
    }

    [Test]
    public async Task Start_OutputOfEarlierAttempts_IsKept()
    {
        for (int attempt = 1; attempt <= 4; attempt++)
        {
            await _harness.RunAsync(_harness.Shell($"echo attempt {attempt}") with { Attempt = attempt });
        }

        Assert.That(
            Directory.GetFiles(_harness.Workdir).Order(StringComparer.Ordinal).Select(file => (Path.GetFileName(file), File.ReadAllText(file))),
            Is.EqualTo(new[]
            {
                ("job.out", "attempt 4\n"), ("job.out.1", "attempt 1\n"), ("job.out.2", "attempt 2\n"), ("job.out.3", "attempt 3\n"),
            }));
    }

    [Test]
    public async Task Start_RunIdInUse_IsRefused()
    {
        string fifo = await _harness.FifoAsync("go");
        RunRequest request = _harness.Request("cat", fifo);
        Task<RunExit> first = _harness.Start(request);
        RunExit second = await _harness.RunAsync(request with { Workdir = _harness.Workdir + "2" });
        Assert.That(second.Kind, Is.EqualTo(RunExitKind.StartFailed));
        _harness.Runner.Signal(request.RunId, RunSignal.Kill);
        Assert.That((await RunnerHarness.Soon(first)).Code, Is.EqualTo(9));
    }

    [Test]
    public async Task Start_ManyQuickProcesses_EachReportsItsOwnCode()
    {
        // Portable runners cannot tell codes above 128 from signals.
        List<Task<RunExit>> runs = [];
        for (int i = 0; i < 300; i++)
        {
            runs.Add(_harness.Start(_harness.Shell($"exit {i % 120}") with { Workdir = Path.Combine(_harness.Directory, "many", $"{i}") }));
        }

        RunExit[] exits = await RunnerHarness.Soon(Task.WhenAll(runs));
        Assert.That(exits.Select(exit => exit.Code), Is.EqualTo(Enumerable.Range(0, 300).Select(i => i % 120)));
        Assert.That(exits.Select(exit => exit.Kind), Is.All.EqualTo(RunExitKind.Exited));
    }

    [Test]
    public async Task Signal_Terminate_EndsTheProcess()
    {
        string fifo = await _harness.FifoAsync("ready");
        RunRequest request = _harness.Shell($"echo go >{fifo}; exec sleep 1000");
        Task<RunExit> run = _harness.Start(request);
        await RunnerHarness.ReadAsync(fifo);
        _harness.Runner.Signal(request.RunId, RunSignal.Terminate);
        RunExit exit = await RunnerHarness.Soon(run);
        Assert.That((exit.Kind, exit.Code), Is.EqualTo((RunExitKind.Signaled, 15)));
    }

    [Test]
    public async Task Signal_TerminateHandledByProgram_ReportsItsOwnEnd()
    {
        string fifo = await _harness.FifoAsync("ready");
        RunRequest request = _harness.Shell($"trap 'echo saved; exit 3' TERM; echo go >{fifo}; while :; do sleep 0.05; done");
        Task<RunExit> run = _harness.Start(request);
        await RunnerHarness.ReadAsync(fifo);
        _harness.Runner.Signal(request.RunId, RunSignal.Terminate);
        RunExit exit = await RunnerHarness.Soon(run);
        Assert.That((exit.Describe(), _harness.Output), Is.EqualTo(("exit code 3", "saved\n")).Or.EqualTo(("exit code 3", "Terminated\nsaved\n")));
    }

    [Test]
    public async Task Signal_KillAfterIgnoredTerminate_EndsTheProcess()
    {
        string fifo = await _harness.FifoAsync("ready");
        RunRequest request = _harness.Shell($"trap '' TERM; echo go >{fifo}; exec sleep 1000");
        Task<RunExit> run = _harness.Start(request);
        await RunnerHarness.ReadAsync(fifo);
        _harness.Runner.Signal(request.RunId, RunSignal.Terminate);
        _harness.Runner.Signal(request.RunId, RunSignal.Kill);
        RunExit exit = await RunnerHarness.Soon(run);
        Assert.That((exit.Kind, exit.Code), Is.EqualTo((RunExitKind.Signaled, 9)));
    }

    [Test]
    public async Task Signal_Kill_EndsTheWholeTree()
    {
        string fifo = await _harness.FifoAsync("ready");
        RunRequest request = _harness.Shell($"sleep 1000 & echo $! >{fifo}; sleep 1000");
        Task<RunExit> run = _harness.Start(request);
        using var child = new WatchedProcess(await RunnerHarness.ReadAsync(fifo));
        _harness.Runner.Signal(request.RunId, RunSignal.Kill);
        await RunnerHarness.Soon(run);
        Assert.That(child.EndsSoon, Is.True);
    }

    [Test]
    public async Task Signal_RightAfterStart_IsNotLost()
    {
        RunRequest request = _harness.Request("sleep", "1000");
        Task<RunExit> run = _harness.Start(request);
        _harness.Runner.Signal(request.RunId, RunSignal.Kill);
        Assert.That((await RunnerHarness.Soon(run)).Code, Is.EqualTo(9));
    }

    [Test]
    public async Task Signal_UnknownOrEndedRun_DoesNothing()
    {
        RunRequest request = _harness.Request("true");
        await _harness.RunAsync(request);
        _harness.Runner.Signal(request.RunId, RunSignal.Kill);
        _harness.Runner.Signal(987_654, RunSignal.Terminate);
        Assert.That((await _harness.RunAsync("true")).Succeeded, Is.True);
    }

    [Test]
    public async Task Start_TwoHundredAtOnce_AllRunTogether()
    {
        // Each waits for a line of its own, which is written only after all have started.
        string ready = await _harness.FifoAsync("ready");
        string go = await _harness.FifoAsync("go");
        using var readyPipe = new FileStream(ready, FileMode.Open, FileAccess.ReadWrite);
        using var goPipe = new FileStream(go, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        List<Task<RunExit>> runs = [];
        for (int i = 0; i < 200; i++)
        {
            runs.Add(_harness.Start(_harness.Shell($"printf x >{ready}; read line <{go}; exit 7") with { Workdir = Path.Combine(_harness.Directory, "all", $"{i}") }));
        }

        await RunnerHarness.Soon(Task.Run(() => readyPipe.ReadExactly(new byte[200])));
        Assert.That(runs.Count(run => run.IsCompleted), Is.Zero);
        goPipe.Write(Enumerable.Repeat((byte)'\n', 200).ToArray());
        RunExit[] exits = await RunnerHarness.Soon(Task.WhenAll(runs));
        Assert.That(exits.Select(exit => exit.Code), Is.All.EqualTo(7));
    }

    [Test]
    public async Task DisposeAsync_RunningProcesses_AreKilledAndReported()
    {
        string fifo = await _harness.FifoAsync("ready");
        Task<RunExit> run = _harness.Start(_harness.Shell($"echo $$ >{fifo}; exec sleep 1000"));
        using var process = new WatchedProcess(await RunnerHarness.ReadAsync(fifo));
        await RunnerHarness.Soon(_harness.Runner.DisposeAsync().AsTask());
        Assert.That(run.IsCompleted, Is.True);
        RunExit exit = await run;
        Assert.That((exit.Kind, exit.Code, process.EndsSoon), Is.EqualTo((RunExitKind.Signaled, 9, true)));
    }

    [Test]
    public async Task Start_AfterDisposal_FailsWithAReason()
    {
        await _harness.Runner.DisposeAsync();
        RunExit exit = await _harness.RunAsync("true");
        Assert.That((exit.Kind, exit.Message), Is.EqualTo((RunExitKind.Lost, RunnerMessages.Stopped.Message)));
    }

    [Test]
    public async Task Start_CallbackThrows_RunnerGoesOnAndDisposalTells()
    {
        IJobRunner runner = kind == RunnerKind.Linux ? new LinuxJobRunner() : new ProcessJobRunner();
        runner.Start(_harness.Request("true"), static _ => throw new InvalidOperationException("mine"));
        var end = new TaskCompletionSource<RunExit>(TaskCreationOptions.RunContinuationsAsynchronously);
        runner.Start(_harness.Request("true") with { Workdir = _harness.Workdir + "2" }, end.SetResult);
        Assert.That((await RunnerHarness.Soon(end.Task)).Succeeded, Is.True);
        Assert.That(async () => await runner.DisposeAsync(), Throws.TypeOf<AggregateException>().With.InnerException.Message.EqualTo("mine"));
    }

    [Test]
    public async Task Start_FromCallback_Works()
    {
        var end = new TaskCompletionSource<RunExit>(TaskCreationOptions.RunContinuationsAsynchronously);
        _harness.Runner.Start(_harness.Request("true"), _ => _harness.Runner.Start(_harness.Shell("exit 4"), end.SetResult));
        Assert.That((await RunnerHarness.Soon(end.Task)).Code, Is.EqualTo(4));
    }

    private void Exempt(RunnerKind exempt, string reason)
    {
        if (kind == exempt)
        {
            Assert.Ignore($"{exempt}: {reason}.");
        }
    }
}
