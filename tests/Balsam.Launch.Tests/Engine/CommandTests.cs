using System.Runtime.Versioning;

namespace Balsam.Launch.Tests.Engine;

/// <summary>Commands in the real engine, as real processes.</summary>
[Platform("Linux")]
[UnsupportedOSPlatform("windows")]
public sealed class CommandTests
{
    private EngineHarness _engine = null!;

    [SetUp]
    public async Task SetUp() => _engine = await EngineHarness.StartAsync(setup => setup.Options = options => options.Nodes.Add(new NodeSpec("gpu", [7, 9, 11], ["3", "5"], default)));

    [TearDown]
    public async Task TearDown() => await _engine.DisposeAsync();

    [Test]
    public async Task Command_Succeeds_HasReturnCodeZeroAndItsOutput()
    {
        Job job = await _engine.RunShellAsync("echo out; echo err >&2; pwd");
        Assert.That((job.State, job.ReturnCode, job.Failure), Is.EqualTo((JobState.JobFinished, (int?)0, (FailureDetails?)null)));
        Assert.That(_engine.OutputOf(job), Is.EqualTo($"out\nerr\n{_engine.WorkdirOf(job)}\n"));
    }

    [Test]
    public async Task Command_ExitsWithCode_KeepsCodeAndLastTenLines()
    {
        Job job = await _engine.RunShellAsync("seq 1 14; echo end >&2; exit 7");
        Assert.That((job.State, job.ReturnCode, job.Failure!.Kind, job.Failure.ExitCode, job.Failure.Signal), Is.EqualTo((JobState.Failed, (int?)7, FailureKind.ExitCode, (int?)7, (int?)null)));
        Assert.That(job.Failure.Message, Is.EqualTo("exit code 7"));
        Assert.That(job.Failure.LastLines, Is.EqualTo(new[] { "6", "7", "8", "9", "10", "11", "12", "13", "14", "end" }));
    }

    [Test]
    public async Task Command_DiesOfSignal_KeepsTheSignal()
    {
        Job job = await _engine.RunShellAsync("echo last words; kill -SEGV $$");
        Assert.That((job.State, job.ReturnCode, job.Failure!.Kind, job.Failure.Signal, job.Failure.ExitCode), Is.EqualTo((JobState.Failed, (int?)null, FailureKind.Signal, (int?)11, (int?)null)));
        Assert.That(job.Failure.LastLines, Is.EqualTo(new[] { "last words" }));
    }

    [Test]
    public async Task Command_SecondAttempt_KeepsTheOutputOfTheFirst()
    {
        Job job = await _engine.RunShellAsync("echo attempt $BALSAM_ATTEMPT; test $BALSAM_ATTEMPT = 3");
        for (int attempt = 2; attempt <= 3; attempt++)
        {
            await _engine.Client.RestartAsync(job.Id);
            job = await _engine.EndAsync(job);
        }

        Assert.That((job.State, job.Attempt, job.Failure), Is.EqualTo((JobState.JobFinished, 3, (FailureDetails?)null)));
        Assert.That(
            (_engine.OutputOf(job, "job.out.1"), _engine.OutputOf(job, "job.out.2"), _engine.OutputOf(job)),
            Is.EqualTo(("attempt 1\n", "attempt 2\n", "attempt 3\n")));
    }

    [Test]
    public async Task Command_OnANodeWithGpus_SeesItsShare()
    {
        const string script = "echo $BALSAM_JOB_ID $BALSAM_NODES $OMP_NUM_THREADS $CUDA_VISIBLE_DEVICES $CUDA_DEVICE_ORDER";
        Job job = await _engine.RunAsync(Shell.NewJob(new Shell.Parameters(script)).WithResources(new JobResources { ThreadsPerRank = 3, GpusPerRank = ResourceAmount.FromUnits(2) }));
        Assert.That(_engine.OutputOf(job), Is.EqualTo($"{job.Id} gpu 3 3,5 PCI_BUS_ID\n"));
    }

    [Test]
    public async Task Command_WithoutGpus_SeesNoneOnANodeThatHasSome()
    {
        Job job = await _engine.RunAsync(Shell.NewJob(new Shell.Parameters("echo \"${BALSAM_NODES}:${CUDA_VISIBLE_DEVICES-unset}:\"")).WithResources(new JobResources { ThreadsPerRank = 3 }));
        Assert.That(_engine.OutputOf(job), Is.EqualTo("gpu::\n"));
    }

    [Test]
    public async Task Command_ApplicationsEnvironmentAndPreamble_ReachIt()
    {
        Job job = await _engine.RunAsync(Prepared.NewJob(new Prepared.Parameters("echo $PREPARED_COLOUR, $PREPARED_BY, $PREPARED_MODE")));
        Assert.That(_engine.OutputOf(job), Is.EqualTo("blue as the sky, preamble, good\n"));
    }

    [Test]
    public async Task Command_PreambleFails_FailsWithItsCode()
    {
        Job job = await _engine.RunAsync(Unprepared.NewJob());
        Assert.That((job.State, job.ReturnCode), Is.EqualTo((JobState.Failed, (int?)5)));
        Assert.That(job.Failure!.LastLines, Is.EqualTo(new[] { "no such module", "balsam: the preamble failed with exit code 5" }));
    }

    [Test]
    public async Task TimeLimit_Command_IsEndedAndTimesOut()
    {
        Job job = await _engine.SubmitAsync(Shell.NewJob(new Shell.Parameters("test -e ran || { touch ran; exec sleep 1000; }"))
            .WithResources(new JobResources { TimeLimit = TimeSpan.FromMilliseconds(500) }));
        Job ended = await _engine.EndAsync(job);
        Assert.That((ended.State, ended.Attempt), Is.EqualTo((JobState.JobFinished, 2)), "a run that was ended is repeated");
        JobEvent timeout = (await _engine.Client.GetHistoryAsync(job.Id)).Single(step => step.To == JobState.RunTimeout);
        Assert.That(timeout.Message, Is.EqualTo("The run exceeded its time limit of 00:00:00.5000000."));
    }

    [Test]
    public async Task Cancel_RunningCommand_EndsItsTreeAndFreesItsPlace()
    {
        JobResources whole = new() { ThreadsPerRank = 2 };
        Job job = await _engine.SubmitAsync(Shell.NewJob(new Shell.Parameters("sleep 1000 & (trap '' TERM; sh -c 'sleep 1000 & wait; sleep 1000') & echo $! > tree.new; mv tree.new tree; wait")).WithResources(whole with { Nodes = 2 }));
        await FileAsync(Path.Combine(_engine.WorkdirOf(job), "tree"));
        using var process = new Running.WatchedProcess(File.ReadAllText(Path.Combine(_engine.WorkdirOf(job), "tree")));
        Job next = await _engine.SubmitAsync(Shell.NewJob(new Shell.Parameters("true")).WithResources(whole with { Nodes = 2 }));
        await _engine.Client.CancelAsync(job.Id, "enough");
        Assert.That((await _engine.EndAsync(next)).State, Is.EqualTo(JobState.JobFinished));
        Assert.That(process.HasEnded, Is.True, "the place is free only when the whole tree has ended");
        Assert.That((await _engine.GetAsync(job)).Failure!.Message, Is.EqualTo("enough"));
    }

    // The lock is held by a run until it has ended; the first three heed no SIGTERM and are killed after the grace. Two at a time would show as exit code 9.
    [Test]
    public async Task CancelThenRestart_RunningCommand_NeverRunsTwiceAtATime()
    {
        Job job = await _engine.ShellAsync("exec 9>lock; flock -n 9 || exit 9; test $BALSAM_ATTEMPT = 4 && exit 0; trap '' TERM; touch up$BALSAM_ATTEMPT; while true; do sleep 0.05; done");
        for (int attempt = 1; attempt <= 3; attempt++)
        {
            await FileAsync(Path.Combine(_engine.WorkdirOf(job), $"up{attempt}"));
            Assert.That((await _engine.Client.CancelAsync(job.Id, "enough")).Changed, Has.Count.EqualTo(1));
            Assert.That((await _engine.Client.RestartAsync(job.Id)).Changed, Has.Count.EqualTo(1));
        }

        Job ended = await _engine.EndAsync(job);
        Assert.That((ended.State, ended.Attempt), Is.EqualTo((JobState.JobFinished, 4)));
    }

    [Test]
    public async Task Program_NotFound_FailsBeforeItRuns()
    {
        Job job = await _engine.RunAsync(Exec.NewJob(null, ("program", "no-such-program-anywhere"), ("arguments", "")));
        Assert.That((job.State, job.Attempt, job.Failure!.Kind), Is.EqualTo((JobState.Failed, 0, FailureKind.StartFailed)));
        Assert.That(job.Failure.Message, Does.StartWith("The program 'no-such-program-anywhere' was not found on the PATH"));
        Assert.That((await _engine.StatesAsync(job)).TakeLast(2), Is.EqualTo(new[] { JobState.Preprocessed, JobState.Failed }));
    }

    [Test]
    public async Task Program_NotExecutable_FailsBeforeItRunsAndRunsOnceItIs()
    {
        string program = Path.Combine(_engine.Directory, "tool");
        File.WriteAllText(program, "#!/bin/sh\necho fine\n");
        Job job = await _engine.RunAsync(Exec.NewJob(null, ("program", program), ("arguments", "")));
        Assert.That((job.State, job.Attempt, job.Failure!.Message.Contains("chmod +x", StringComparison.Ordinal)), Is.EqualTo((JobState.Failed, 0, true)), job.Failure.Message);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await _engine.Client.RestartAsync(job.Id);
        Assert.That((await _engine.EndAsync(job)).State, Is.EqualTo(JobState.JobFinished));
        Assert.That(_engine.OutputOf(job), Is.EqualTo("fine\n"));
    }

    [Test]
    public async Task Workdir_AFileInItsPlace_FailsThatJobAndTheLauncherLives()
    {
        Directory.CreateDirectory(Path.Combine(_engine.Directory, "data"));
        File.WriteAllText(Path.Combine(_engine.Directory, "data", "taken"), "");
        IReadOnlyList<Job> jobs = await _engine.SubmitAsync(
            Shell.NewJob("taken", new Shell.Parameters("true")), Shell.NewJob("taken/below", new Shell.Parameters("true")), Shell.NewJob("free", new Shell.Parameters("true")),
            new NewJob("Hooked", "taken/hooked").WithParameters("x"));
        Job[] ended = [await _engine.EndAsync(jobs[0]), await _engine.EndAsync(jobs[1]), await _engine.EndAsync(jobs[2]), await _engine.EndAsync(jobs[3])];
        Assert.That(ended.Select(job => job.State), Is.EqualTo(new[] { JobState.Failed, JobState.Failed, JobState.JobFinished, JobState.Failed }));
        Assert.That(ended[0].Failure!.Message, Does.Contain("is a file"));
        Assert.That(ended[1].Failure!.Message, Does.Contain("cannot be created: on the way there is a file"));
        Assert.That(ended[3].Failure!.Message, Does.Match("^Preprocess was not called. The working directory .*taken.* cannot be created: on the way there is a file"));
    }

    [Test]
    public async Task Output_CannotBeWritten_FailsThatJob()
    {
        Directory.CreateDirectory(Path.Combine(_engine.Directory, "data", "x", "job.out"));
        Job job = await _engine.RunShellAsync("true", "x");
        Assert.That((job.State, job.Failure!.Kind), Is.EqualTo((JobState.Failed, FailureKind.StartFailed)));
        Assert.That(job.Failure.Message, Does.Contain("a directory has that name"));
    }

    [Test]
    public async Task Parameters_Hostile_ReachTheProgramUnchanged()
    {
        string[] hostile =
        [
            "", " ", "'", "\"", "a b", "$(touch escaped)", "`touch escaped`", "${HOME}", "; touch escaped", "| cat", "> escaped", "*", "~", "\\", "\n", "a\nb\n", "\t", "--help", "-n",
            "%s", "{{ program }}", "é漢🧪", "\u0001\u007f", "'; touch escaped; '", "#", "!!", "\\'", new('x', 50_000),
        ];
        string program = Path.Combine(_engine.Directory, "arguments");
        File.WriteAllText(program, "#!/bin/sh\nfor argument; do printf '%s\\0' \"$argument\"; done > \"$0.$BALSAM_JOB_ID\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Job job = await _engine.RunAsync(Exec.NewJob(null, ("program", program), ("arguments", hostile)));
        Assert.That(job.State, Is.EqualTo(JobState.JobFinished), job.Failure?.ToString());
        Assert.That(File.ReadAllText($"{program}.{job.Id}").Split('\0')[..^1], Is.EqualTo(hostile));
        Assert.That(Directory.GetFiles(_engine.Directory, "escaped", SearchOption.AllDirectories), Is.Empty);

        // The same through a shell, by way of the words' quoting.
        foreach (string value in hostile)
        {
            Job shell = await _engine.RunAsync(Prepared.NewJob(new Prepared.Parameters("printf %s \"$PREPARED_MODE\"", value)));
            Assert.That(_engine.OutputOf(shell), Is.EqualTo(value));
        }

        Assert.That(Directory.GetFiles(_engine.Directory, "escaped", SearchOption.AllDirectories), Is.Empty);
    }

    [Test]
    public async Task Submit_LargerThanAnyNode_IsRefusedWithWhatTheLargestHas()
    {
        SubmitRefusedException? refused = await Assert.ThrowsAsync<SubmitRefusedException>(
            () => _engine.SubmitAsync(Shell.NewJob(new Shell.Parameters("true")).WithResources(new JobResources { ThreadsPerRank = 4 })));
        Assert.That(refused!.Problems.Single().Kind, Is.EqualTo(SubmitProblemKind.BadResources));
        Assert.That(refused.Message, Does.Contain("4 cores asked, the largest node has 3."));
    }

    // Files appear by rename or touch; there is no event to wait for but the file system's own.
    private static async Task FileAsync(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!);
        var came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        watcher.Created += (_, change) => Look(change);
        watcher.Renamed += (_, change) => Look(change);
        watcher.EnableRaisingEvents = true;
        if (!Path.Exists(path))
        {
            await EngineHarness.Soon(came.Task, path);
        }

        void Look(FileSystemEventArgs change)
        {
            if (change.FullPath == path)
            {
                came.TrySetResult();
            }
        }
    }
}
