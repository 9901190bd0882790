using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Balsam.Launch.Tests.Engine;

/// <summary>A campaign on a disk that becomes full: a real file system of a few megabytes in memory. Needs the right to mount.</summary>
[Platform("Linux")]
public sealed class DiskFullTests
{
    private const string StoreUnavailable = "The store cannot write; what has run will be recorded when it can";

    private string _disk = null!;

    [SetUp]
    public void Mount()
    {
        _disk = Directory.CreateTempSubdirectory("balsam-disk-").FullName;
        using Process mount = Process.Start(new ProcessStartInfo("mount", ["-t", "tmpfs", "-o", "size=6m", "balsam-test", _disk]) { RedirectStandardError = true })!;
        mount.WaitForExit();
        if (mount.ExitCode != 0)
        {
            Directory.Delete(_disk);
            Assert.Ignore("No file system can be mounted here.");
        }
    }

    [TearDown]
    public void Unmount()
    {
        using Process unmount = Process.Start("umount", ["-l", _disk]);
        unmount.WaitForExit();
        Directory.Delete(_disk);
    }

    [Test]
    public async Task Run_StoreOnAFullDisk_GoesOnAndIsRecordedWhenThereIsRoom()
    {
        var log = new LogWatch(StoreUnavailable);
        string release = Path.Combine(_disk, "release");
        await using EngineHarness engine = await EngineHarness.StartAsync(StoreKind.LiteDb, setup =>
        {
            setup.Directory = Path.Combine(_disk, "site");
            setup.Services = services => services.AddSingleton<ILoggerProvider>(log);
        });
        await RunAsync("mkfifo", release);
        await RunAsync("mkfifo", release + ".2");

        // Large, so that what tells of its end fits into no page that is left.
        Job running = await engine.ShellAsync($"read line < {release}; echo $line > answer; exit 3 # {new string('x', 8000)}");
        Job other = await engine.ShellAsync($"read line < {release}.2; exit 0");
        await engine.ReachAsync(running, JobState.Running);
        await engine.ReachAsync(other, JobState.Running);

        string ballast = Fill();
        List<JobId> acknowledged = [];
        BalsamException refusal = await RefusedAsync(async () =>
        {
            while (true)
            {
                acknowledged.Add((await engine.ShellAsync("true")).Id);
            }
        });
        Assert.That(refusal, Is.InstanceOf<StoreException>().With.Property("Kind").EqualTo(StoreErrorKind.Unavailable));
        Assert.That(refusal.Message, Does.Contain("No space left").And.Contain("balsam.db"));

        // Its end cannot be recorded; it has ended all the same, and the launcher keeps what it knows.
        await TellAsync(release, "42");
        await EngineHarness.Soon(log.Seen, "the launcher to find the disk full");
        Assert.That((await engine.GetAsync(running)).State, Is.EqualTo(JobState.Running), "what is not stored is not shown");

        File.Delete(ballast);
        Job ended = await engine.EndAsync(running);
        Assert.That((ended.State, ended.ReturnCode, ended.Attempt), Is.EqualTo((JobState.Failed, 3, 1)));
        await TellAsync(release + ".2", "");
        Assert.That((await engine.EndAsync(other)).State, Is.EqualTo(JobState.JobFinished));
        Job later = await engine.RunShellAsync("true");
        await engine.IdleAsync();

        await engine.RestartAsync();
        IReadOnlyList<Job> all = await engine.Store.QueryAsync(new JobSelector(), default);
        Assert.That(all.Select(job => job.Id), Is.SupersetOf(acknowledged.Append(running.Id).Append(other.Id).Append(later.Id)));
        Assert.That(all.Select(job => job.State), Is.All.EqualTo(JobState.JobFinished).Or.EqualTo(JobState.Failed));
        foreach (Job job in all)
        {
            Assert.That((await engine.StatesAsync(job)).Count(state => state == JobState.Running), Is.EqualTo(1), $"{job} ran once");
        }
    }

    [Test]
    public async Task Run_WorkdirsOnAFullDisk_FailsThatJobWithTheReasonAndLaterOnesRun()
    {
        await using EngineHarness engine = await EngineHarness.StartAsync(StoreKind.LiteDb, setup =>
        {
            Action<IBalsamBuilder> applications = setup.Applications;
            setup.Applications = balsam => applications(balsam.Configure(options => options.DataDirectory = _disk));
        });
        string ballast = Fill();

        // The output file can be opened, and takes nothing.
        Job job = await engine.RunShellAsync("head -c 100000 /dev/zero && echo written");
        Assert.That(job.State, Is.EqualTo(JobState.Failed));
        Assert.That(job.Failure!.Kind, Is.EqualTo(FailureKind.ExitCode).Or.EqualTo(FailureKind.StartFailed));

        File.Delete(ballast);
        Assert.That((await engine.RunShellAsync("head -c 100000 /dev/zero && echo written")).State, Is.EqualTo(JobState.JobFinished));
        await engine.Client.RestartAsync(job.Id);
        Assert.That((await engine.EndAsync(job)).State, Is.EqualTo(JobState.JobFinished), "it can be restarted");
    }

    private string Fill()
    {
        string path = Path.Combine(_disk, "ballast");
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                file.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            return path;
        }
    }

    private static async Task<BalsamException> RefusedAsync(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (BalsamException refusal)
        {
            return refusal;
        }

        throw new AssertionException("Nothing was refused.");
    }

    private static async Task RunAsync(string program, string argument)
    {
        using Process process = Process.Start(program, [argument]);
        await process.WaitForExitAsync();
    }

    // Opening a pipe waits for its reader.
    private static Task TellAsync(string pipe, string line) => EngineHarness.Soon(Task.Run(() => File.WriteAllText(pipe, line + "\n")), "the job to read");

    private sealed class LogWatch(string message) : ILoggerProvider, ILogger
    {
        private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Seen => _seen.Task;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (formatter(state, exception) == message)
            {
                _seen.TrySetResult();
            }
        }

        public void Dispose()
        {
        }
    }
}
