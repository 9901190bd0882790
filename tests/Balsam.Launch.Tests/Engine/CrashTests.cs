using System.Diagnostics;
using System.Runtime.Versioning;
using Balsam.Launch.CrashHost;
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

    private Process StartHost(string[] scripts)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Script).Assembly.Location, _directory, .. scripts]) { RedirectStandardOutput = true, RedirectStandardError = true };
        return Process.Start(start)!;
    }

    // Opening a pipe waits for a writer.
    private static async Task<string> ReadAsync(string pipe) => (await EngineHarness.Soon(Task.Run(() => File.ReadAllText(pipe)), "a process to tell its id")).Trim();
}
