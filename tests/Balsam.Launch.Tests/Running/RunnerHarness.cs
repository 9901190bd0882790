using Balsam.Launch.Running;

namespace Balsam.Launch.Tests.Running;

/// <summary>A runner with a scratch directory, and ends as tasks.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal sealed class RunnerHarness : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private long _lastRun;

    public RunnerHarness(RunnerKind kind)
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("balsam-runner-").FullName;
        Runner = kind == RunnerKind.Linux ? new LinuxJobRunner() : new ProcessJobRunner();
    }

    public string Directory { get; }

    public IJobRunner Runner { get; }

    public string Workdir => Path.Combine(Directory, "work");

    public string Output => File.ReadAllText(Path.Combine(Workdir, "job.out"));

    public static Task<T> Soon<T>(Task<T> task) => task.WaitAsync(Patience);

    public static Task Soon(Task task) => task.WaitAsync(Patience);

    public RunRequest Request(string fileName, params string[] arguments) =>
        new() { RunId = Interlocked.Increment(ref _lastRun), FileName = fileName, Arguments = arguments, Workdir = Workdir };

    public RunRequest Shell(string script) => Request("/bin/sh", "-c", script);

    public Task<RunExit> Start(RunRequest request)
    {
        var end = new TaskCompletionSource<RunExit>(TaskCreationOptions.RunContinuationsAsynchronously);
        Runner.Start(request, end.SetResult);
        return end.Task;
    }

    public Task<RunExit> RunAsync(RunRequest request) => Soon(Start(request));

    public Task<RunExit> RunAsync(string fileName, params string[] arguments) => RunAsync(Request(fileName, arguments));

    public Task<RunExit> ShellAsync(string script) => RunAsync(Shell(script));

    public string WriteFile(string name, string content, bool executable = true)
    {
        System.IO.Directory.CreateDirectory(Workdir);
        string path = Path.Combine(Workdir, name);
        File.WriteAllText(path, content);
        if (executable)
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }

    /// <summary>Makes a pipe in the file system: reading it waits until a job has written.</summary>
    public async Task<string> FifoAsync(string name)
    {
        string path = Path.Combine(Directory, name);
        RunExit made = await RunAsync(Request("mkfifo", path) with { Workdir = Path.Combine(Directory, "fifo") });
        Assert.That(made.Succeeded, Is.True, made.Describe());
        return path;
    }

    public static async Task<string> ReadAsync(string fifo) => (await Soon(Task.Run(() => File.ReadAllText(fifo)))).Trim();

    public async ValueTask DisposeAsync()
    {
        await Runner.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
