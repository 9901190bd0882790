using System.Diagnostics;
using System.Runtime.Versioning;
using Balsam.Launch.CrashHost;
using Balsam.Launch.Running;
using Balsam.Storage.LiteDb;

namespace Balsam.Launch.Tests.Engine;

/// <summary>A host that is killed while it runs jobs; then another on the same store.</summary>
[Platform("Linux")]
[UnsupportedOSPlatform("windows")]
public sealed class CrashTests
{
    private string _directory = null!;

    [SetUp]
    public void SetUp() => _directory = Directory.CreateTempSubdirectory("balsam-crash-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task Host_Killed_NextOneEndsItsProcessesBeforeTheirJobsRunAgain()
    {
        // Each run holds a lock as long as it lives, child processes included, and tells its process id through a pipe; a second run at the same time would fail.
        string[] pipes = [Path.Combine(_directory, "pipe1"), Path.Combine(_directory, "pipe2")];
        using Process made = Process.Start("mkfifo", pipes);
        await made.WaitForExitAsync();
        string[] scripts =
        [
            Locked($"trap '' TERM; echo $$ > {pipes[0]}; while true; do sleep 0.05; done"),
            Locked($"setsid sh -c 'echo $$ > {pipes[1]}; exec sleep 1000'; sleep 1000"),
        ];
        using Process first = StartHost(scripts);
        string[] pids = [await ReadAsync(pipes[0]), await ReadAsync(pipes[1])];
        using var trapping = new Running.WatchedProcess(pids[0]);
        using var daemon = new Running.WatchedProcess(pids[1]);
        first.Kill();
        await first.WaitForExitAsync();
        Assert.That((trapping.HasEnded, daemon.HasEnded), Is.EqualTo((false, false)), "the processes outlive their host");

        using Process second = StartHost(scripts);
        await EngineHarness.Soon(second.WaitForExitAsync(), "the second host's end");
        Assert.That(second.ExitCode, Is.Zero, await second.StandardOutput.ReadToEndAsync());
        Assert.That((trapping.HasEnded, daemon.HasEnded), Is.EqualTo((true, true)));

        await using var store = new LiteDbJobStore(Path.Combine(_directory, "balsam.db"), TimeProvider.System);
        await store.OpenAsync(default);
        IReadOnlyList<Job> jobs = await store.QueryAsync(new JobSelector(), default);
        Assert.That(jobs.Select(job => (job.State, job.Attempt)), Is.EqualTo(new[] { (JobState.JobFinished, 2), (JobState.JobFinished, 2) }));
        JobEvent lost = (await store.ReadHistoryAsync(jobs[0].Id, default)).Single(step => step.To == JobState.RunTimeout);
        Assert.That(lost.Message, Is.EqualTo("The launcher was lost while the job ran."));

        static string Locked(string script) => $"exec 9>lock; flock -n 9 || exit 9; test $BALSAM_ATTEMPT = 2 && exit 0; {script}";
    }

    [Test]
    public async Task Host_StoppedForLongerThanItsLease_EndsItsProcessesAndRunsTheirJobsAgainOnce()
    {
        // A lock is held by every process of a run: a second run beside the first would fail. The daemon has emptied its environment.
        string[] pipes = [Path.Combine(_directory, "pipe1"), Path.Combine(_directory, "pipe2")];
        using Process made = Process.Start("mkfifo", pipes);
        await made.WaitForExitAsync();
        string script = "exec 9>lock; flock -n 9 || exit 9; echo $BALSAM_ATTEMPT >> ../runs; test $BALSAM_ATTEMPT = 2 && exit 0; "
            + $"env -i setsid --fork sh -c 'echo $$ > {pipes[0]}; exec sleep 1000 >/dev/null 2>&1'; echo $$ > {pipes[1]}; sleep 1000";
        using Process host = StartHost([script, "true"], ("BALSAM_TEST_LEASE", "8"));
        string[] pids = await Task.WhenAll(ReadAsync(pipes[0]), ReadAsync(pipes[1]));
        using var daemon = new Running.WatchedProcess(pids[0]);
        using var leader = new Running.WatchedProcess(pids[1]);
        Assert.That(LibC.Kill(host.Id, LibC.SigStop), Is.Zero);

        // Not to wait for anything: this is what is done to the host.
        await Task.Delay(TimeSpan.FromSeconds(9));
        Assert.That((daemon.HasEnded, leader.HasEnded), Is.EqualTo((false, false)), "the processes outlive the lease of a host that stands still");
        Assert.That(LibC.Kill(host.Id, LibC.SigContinue), Is.Zero);
        await EngineHarness.Soon(host.WaitForExitAsync(), "the host's end");
        Assert.That(host.ExitCode, Is.Zero, await host.StandardOutput.ReadToEndAsync());
        Assert.That((daemon.HasEnded, leader.HasEnded), Is.EqualTo((true, true)));
        Assert.That(await File.ReadAllLinesAsync(Path.Combine(_directory, "data", "runs")), Is.EqualTo(new[] { "1", "2" }));

        await using var store = new LiteDbJobStore(Path.Combine(_directory, "balsam.db"), TimeProvider.System);
        await store.OpenAsync(default);
        JobEvent[] steps = [.. await store.ReadHistoryAsync(new JobId(1), default)];
        Assert.That(steps.Single(step => step.To == JobState.RunTimeout).Message, Is.EqualTo("The launcher's lease expired while the job ran."));
        Assert.That(steps.Select(step => step.To).TakeLast(6), Is.EqualTo(new[] { JobState.RestartReady, JobState.Running, JobState.RunDone, JobState.Postprocessed, JobState.StagedOut, JobState.JobFinished }));
        Assert.That((await store.ListLaunchersAsync(default)).Select(launcher => launcher.ProcessId), Is.EqualTo(new[] { host.Id, host.Id }), "the same process opened a second session");
    }

    [Test]
    public async Task Host_KilledByItsJob_TheJobFailsOnceItHasKilledMoreThanTheLimit()
    {
        string[] scripts = ["echo $BALSAM_ATTEMPT >> ../runs; kill -9 $PPID; sleep 1000", "true"];
        List<int> exits = [];
        while (exits.Count < 10 && exits is [] or [.., 137])
        {
            using Process host = StartHost(scripts, ("BALSAM_TEST_CRASH_LIMIT", "2"));
            await EngineHarness.Soon(host.WaitForExitAsync(), "the host's end");
            exits.Add(host.ExitCode);
        }

        Assert.That(exits, Is.EqualTo(new[] { 137, 137, 137, 1 }));
        Assert.That(await File.ReadAllLinesAsync(Path.Combine(_directory, "data", "runs")), Is.EqualTo(new[] { "1", "2", "3" }));
        await using var store = new LiteDbJobStore(Path.Combine(_directory, "balsam.db"), TimeProvider.System);
        await store.OpenAsync(default);
        IReadOnlyList<Job> jobs = await store.QueryAsync(new JobSelector(), default);
        Assert.That(jobs.Select(job => job.State), Is.EqualTo(new[] { JobState.Failed, JobState.JobFinished }));
        Assert.That((jobs[0].Attempt, jobs[0].Failure!.Kind, jobs[0].Failure!.Inner!.Kind), Is.EqualTo((3, FailureKind.CrashLimit, FailureKind.LauncherLost)));
        Assert.That(jobs[0].Failure!.Message, Does.StartWith("The job lost its launcher 3 times in a row while it ran; LauncherOptions.CrashLimit allows 2."));
    }

    [Test]
    public async Task Host_KilledByAHook_TheJobFailsOnceItHasKilledMoreThanTheLimit()
    {
        List<int> exits = [];
        while (exits.Count < 10 && exits is [] or [.., 137])
        {
            using Process host = StartHost(["--kill-in-hook"], ("BALSAM_TEST_CRASH_LIMIT", "2"));
            await EngineHarness.Soon(host.WaitForExitAsync(), "the host's end");
            exits.Add(host.ExitCode);
        }

        Assert.That(exits, Is.EqualTo(new[] { 137, 137, 137, 1 }));
        Assert.That(await File.ReadAllLinesAsync(Path.Combine(_directory, "calls")), Has.Length.EqualTo(3));
        await using var store = new LiteDbJobStore(Path.Combine(_directory, "balsam.db"), TimeProvider.System);
        await store.OpenAsync(default);
        IReadOnlyList<Job> jobs = await store.QueryAsync(new JobSelector(), default);
        Assert.That(jobs.Select(job => (job.State, job.Attempt)), Is.EqualTo(new[] { (JobState.Failed, 1), (JobState.JobFinished, 1) }));
        Assert.That(jobs[0].Failure!.Kind, Is.EqualTo(FailureKind.CrashLimit));
        Assert.That(jobs[0].Failure!.Message, Is.EqualTo(
            "The job lost its launcher 3 times in a row while Postprocess was called; LauncherOptions.CrashLimit allows 2. Mend the hook, then restart the job."));
        Assert.That(Directory.GetFiles(Path.Combine(_directory, "data"), ".*"), Is.Empty, "nothing is left of the ledgers");
    }

    [Test]
    public async Task Host_KilledInAHookAfterSubmit_TheNextOneSubmitsOnce()
    {
        string pipe = Path.Combine(_directory, "pipe");
        using Process made = Process.Start("mkfifo", [pipe]);
        await made.WaitForExitAsync();
        string hold = Path.Combine(_directory, "hold");
        await File.WriteAllTextAsync(hold, "");
        using Process first = StartHost(["--split"]);
        Assert.That(await ReadAsync(pipe), Is.EqualTo("submitted"));
        first.Kill();
        await first.WaitForExitAsync();
        await ExpectJobsAsync(split: JobState.RunDone, parts: 0);
        File.Delete(hold);
        await ExpectSplitOnceAsync();
    }

    [TestCase("before", JobState.RunDone, 0)]
    [TestCase("after", JobState.JobFinished, Splitter.Parts)]
    public async Task Host_KilledAroundTheWriteOfAHooksOutcome_TheNextOneHasExactlyOneSetOfChildren(string when, JobState split, int parts)
    {
        using Process first = StartHost(["--split", when]);
        await EngineHarness.Soon(first.WaitForExitAsync(), "the first host to kill itself");
        Assert.That(first.ExitCode, Is.EqualTo(137), await first.StandardError.ReadToEndAsync());
        await ExpectJobsAsync(split, parts);
        await ExpectSplitOnceAsync();
    }

    private async Task ExpectJobsAsync(JobState split, int parts)
    {
        await using var store = new LiteDbJobStore(Path.Combine(_directory, "balsam.db"), TimeProvider.System);
        await store.OpenAsync(default);
        IReadOnlyList<Job> jobs = await store.QueryAsync(new JobSelector(), default);
        Assert.That((jobs[0].State, jobs[0].Tags.ContainsKey("split"), jobs.Count - 2, jobs[1].Parents.Length - 1), Is.EqualTo((split, parts > 0, parts, parts)), "the outcome, the jobs and the edges are stored together or not at all");
        Assert.That(jobs[1].State, Is.EqualTo(JobState.AwaitingParents));
    }

    private async Task ExpectSplitOnceAsync()
    {
        using Process second = StartHost(["--split"]);
        await EngineHarness.Soon(second.WaitForExitAsync(), "the second host's end");
        Assert.That(second.ExitCode, Is.Zero, await second.StandardOutput.ReadToEndAsync());
        await using var store = new LiteDbJobStore(Path.Combine(_directory, "balsam.db"), TimeProvider.System);
        await store.OpenAsync(default);
        IReadOnlyList<Job> jobs = await store.QueryAsync(new JobSelector(), default);
        Assert.That(jobs.Select(job => job.Workdir), Is.EqualTo(Enumerable.Range(0, Splitter.Parts).Select(i => $"part{i}").Prepend("reduce").Prepend("split")));
        Assert.That(jobs.Select(job => job.State).Distinct(), Is.EqualTo(new[] { JobState.JobFinished }));
        Assert.That(jobs[1].Parents.Select(edge => edge.Parent), Is.EqualTo(jobs.Skip(2).Select(job => job.Id).Prepend(jobs[0].Id)));
    }

    private Process StartHost(string[] scripts, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Script).Assembly.Location, _directory, .. scripts]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    // Opening a pipe waits for a writer.
    private static async Task<string> ReadAsync(string pipe) => (await EngineHarness.Soon(Task.Run(() => File.ReadAllText(pipe)), "a process to tell its id")).Trim();
}
