using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Balsam.Launch.Running;

/// <summary>The portable runner, on <see cref="Process"/>, for systems other than Linux and C libraries that are too old.</summary>
/// <remarks>
/// It does less than <see cref="LinuxJobRunner"/>: no core affinity, no processor times, standard output and error are copied separately (so lines
/// may change places), SIGTERM reaches the leader only, an exit code of 129 to 192 on Unix is told as a signal, and what the leader leaves behind
/// lives on unless the run was killed.
/// </remarks>
internal sealed class ProcessJobRunner : IJobRunner
{
    private const int SignalBase = 128;
    private const int LastSignal = 64;
    private static readonly TimeSpan OutputPatience = TimeSpan.FromSeconds(2);

    private readonly StartCheck _check = new();
    private readonly ConcurrentDictionary<long, ProcessRun> _runs = new();
    private readonly ConcurrentDictionary<long, Task> _tasks = new();
    private readonly Channel<(Action<RunExit> Ended, RunExit Exit)> _ends =
        Channel.CreateUnbounded<(Action<RunExit> Ended, RunExit Exit)>(new UnboundedChannelOptions { SingleReader = true });

    private readonly Task _reporter;
    private readonly List<Exception> _faults = [];
    private long _lastTask;
    private volatile bool _stopping;

    public ProcessJobRunner() => _reporter = Task.Run(ReportAsync);

    /// <inheritdoc/>
    public Task Completion => _reporter;

    /// <inheritdoc/>
    public void Start(RunRequest request, Action<RunExit> ended)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(ended);
        var run = new ProcessRun();
        if (_stopping)
        {
            Refuse(request, ended, RunnerMessages.Stopped);
        }
        else if (!_runs.TryAdd(request.RunId, run))
        {
            Refuse(request, ended, RunnerMessages.Duplicate(request.RunId));
        }
        else
        {
            long number = Interlocked.Increment(ref _lastTask);
            var added = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _tasks[number] = Task.Run(async () =>
            {
                await added.Task.ConfigureAwait(false);
                RunExit exit = await RunAsync(request, run).ConfigureAwait(false);
                _runs.TryRemove(request.RunId, out _);
                _ends.Writer.TryWrite((ended, exit));
                _tasks.TryRemove(number, out _);
            });
            added.SetResult();
            if (_stopping)
            {
                run.Signal(RunSignal.Kill);
            }
        }
    }

    /// <inheritdoc/>
    public string? WhyCannotStart(RunRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _check.Find(request);
    }

    /// <inheritdoc/>
    public void Signal(long runId, RunSignal signal)
    {
        if (_runs.TryGetValue(runId, out ProcessRun? run))
        {
            run.Signal(signal);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        foreach (ProcessRun run in _runs.Values)
        {
            run.Signal(RunSignal.Kill);
        }

        await Task.WhenAll(_tasks.Values).ConfigureAwait(false);
        _ends.Writer.TryComplete();
        await _reporter.ConfigureAwait(false);
        if (_faults.Count > 0)
        {
            throw new AggregateException("A callback of the job runner failed.", _faults);
        }
    }

    private static Process Launch(RunRequest request, string program, bool byShell)
    {
        var start = new ProcessStartInfo
        {
            FileName = byShell ? "/bin/sh" : program,
            WorkingDirectory = request.Workdir,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (byShell)
        {
            start.ArgumentList.Add(program);
        }

        foreach (string argument in request.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string name, string value) in request.Environment.Prepend(new KeyValuePair<string, string>("PWD", request.Workdir)))
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException("The system started no process.");
    }

    private static StartFailure? Prepare(RunRequest request)
    {
        try
        {
            if (LinkCheck.Find(request.Root, request.Workdir) is { } link)
            {
                return StartDiagnosis.Link(Errno.Loop, request.Workdir, link);
            }

            AccessModes.Make(request.Workdir, request.Access);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return StartDiagnosis.Workdir(
                exception is UnauthorizedAccessException ? Errno.AccessDenied : Errno.NotDirectory,
                request.Workdir);
        }

        int errno = EarlierOutput.Keep(Path.Combine(request.Workdir, request.OutputPath));
        return errno == 0 ? null : StartDiagnosis.Output(errno, request.Workdir, request.OutputPath);
    }

    private static async Task CopyAsync(Stream from, Stream to, SemaphoreSlim turn)
    {
        byte[] buffer = new byte[32 * 1024];
        int count;
        while ((count = await from.ReadAsync(buffer).ConfigureAwait(false)) > 0)
        {
            await turn.WaitAsync().ConfigureAwait(false);
            try
            {
                await to.WriteAsync(buffer.AsMemory(0, count)).ConfigureAwait(false);
            }
            finally
            {
                turn.Release();
            }
        }
    }

    private static RunExit ToExit(RunRequest request, Process process)
    {
        int code = process.ExitCode;
        bool signaled = !OperatingSystem.IsWindows() && code is > SignalBase and <= SignalBase + LastSignal;
        return new RunExit
        {
            RunId = request.RunId,
            Kind = signaled ? RunExitKind.Signaled : RunExitKind.Exited,
            Code = signaled ? code - SignalBase : code,
            Pid = process.Id,
        };
    }

    private static async Task<RunExit> FollowAsync(RunRequest request, ProcessRun run, Process process, FileStream output)
    {
        process.StandardInput.Close();
        using var turn = new SemaphoreSlim(1);
        Task copies = Task.WhenAll(
            CopyAsync(process.StandardOutput.BaseStream, output, turn),
            CopyAsync(process.StandardError.BaseStream, output, turn));
        await process.WaitForExitAsync().ConfigureAwait(false);
        run.Detach();
        try
        {
            // A process that the leader left behind may hold the pipes open.
            await copies.WaitAsync(OutputPatience, TimeProvider.System).ConfigureAwait(false);
            await output.FlushAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or IOException)
        {
            return ToExit(request, process) with
            {
                Message = exception is IOException ? $"The output of the job could not be written: {exception.Message}" : null,
            };
        }

        return ToExit(request, process);
    }

    private void Refuse(RunRequest request, Action<RunExit> ended, StartFailure failure)
    {
        if (!_ends.Writer.TryWrite((ended, failure.ToExit(request.RunId))))
        {
            ThreadPool.UnsafeQueueUserWorkItem(static late => late.ended(late.exit), (ended, exit: failure.ToExit(request.RunId)), preferLocal: false);
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever goes wrong with one job is told as its end.")]
    private static async Task<RunExit> RunAsync(RunRequest request, ProcessRun run)
    {
        try
        {
            StartFailure? failure = RequestCheck.Find(request) ?? Prepare(request);
            string? program = failure is null ? Resolve(request, out failure) : null;
            if (failure is not null || program is null)
            {
                return failure!.ToExit(request.RunId);
            }

            string path = Path.Combine(request.Workdir, request.OutputPath);
            FileStream output;
            try
            {
                var options = new FileStreamOptions
                {
                    Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 1, Options = FileOptions.Asynchronous,
                };
                if (!OperatingSystem.IsWindows())
                {
                    options.UnixCreateMode = AccessModes.ForFile(request.Access);
                }

                output = new FileStream(path, options);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return StartDiagnosis.Output(exception is UnauthorizedAccessException ? Errno.AccessDenied : exception.HResult, request.Workdir, request.OutputPath)
                    .ToExit(request.RunId);
            }

            await using (output.ConfigureAwait(false))
            {
                Process? process = TryLaunch(request, program, out failure);
                if (process is null)
                {
                    File.Delete(path);
                    return failure!.ToExit(request.RunId);
                }

                using (process)
                {
                    run.Attach(process);
                    return await FollowAsync(request, run, process, output).ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception)
        {
            run.Signal(RunSignal.Kill);
            return new StartFailure(0, $"The program '{request.FileName}' could not be run in '{request.Workdir}': {exception.Message}").ToExit(request.RunId);
        }
    }

    private static Process? TryLaunch(RunRequest request, string program, out StartFailure? failure)
    {
        failure = null;
        try
        {
            return Launch(request, program, byShell: false);
        }
        catch (Win32Exception exception) when (!OperatingSystem.IsWindows())
        {
            if (exception.NativeErrorCode == Errno.ExecFormat && StartDiagnosis.LooksLikeScript(program))
            {
                return Launch(request, program, byShell: true);
            }

            failure = StartDiagnosis.Explain(exception.NativeErrorCode, request.FileName, program, request.Workdir);
        }
        catch (Win32Exception exception)
        {
            failure = new StartFailure(
                exception.NativeErrorCode, $"The program '{request.FileName}' could not be started in '{request.Workdir}': {exception.Message}");
        }

        return null;
    }

    private static string? Resolve(RunRequest request, out StartFailure? failure)
    {
        failure = null;
        if (OperatingSystem.IsWindows())
        {
            return request.FileName;
        }

        string? path = request.Environment.LastOrDefault(variable => variable.Key == "PATH").Value ?? Environment.GetEnvironmentVariable("PATH");
        return new ProgramResolver().Resolve(request.FileName, request.Workdir, path, out failure);
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Kept and thrown when the runner is disposed.")]
    private async Task ReportAsync()
    {
        await foreach ((Action<RunExit> ended, RunExit exit) in _ends.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                ended(exit);
            }
            catch (Exception exception)
            {
                _faults.Add(exception);
            }
        }
    }
}
