using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Balsam.Launch.Running;

/// <summary>Starts and reaps processes by posix_spawn, pidfd and epoll on one thread of its own.</summary>
internal sealed class LinuxJobRunner : IJobRunner
{
    private const nint Ignore = 1;
    private readonly StartCheck _check = new();
    private readonly RunnerInbox _inbox = new();
    private readonly LinuxRunLoop _loop;
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private int _disposed;
    private volatile bool _over;

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The thread disposes of the loop.")]
    public LinuxJobRunner()
    {
        HearOfChildren();
        _loop = new LinuxRunLoop(_inbox);
        _thread = new Thread(Work) { IsBackground = true, Name = "Balsam job runner" };
        _thread.Start();
    }

    /// <summary>Whether the C library can change the child's directory (glibc 2.29 or musl 1.1.24 and later).</summary>
    public static bool IsSupported { get; } =
        NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "posix_spawn_file_actions_addfchdir_np", out _);

    /// <inheritdoc/>
    public Task Completion => _finished.Task;

    /// <inheritdoc/>
    public void Start(RunRequest request, Action<RunExit> ended)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(ended);
        Put(new RunnerCommand(RunnerCommandKind.Start, request.RunId, request, ended));
    }

    /// <inheritdoc/>
    public string? WhyCannotStart(RunRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _check.Find(request);
    }

    /// <inheritdoc/>
    public void Signal(long runId, RunSignal signal) =>
        Put(new RunnerCommand(signal == RunSignal.Kill ? RunnerCommandKind.Kill : RunnerCommandKind.Terminate, runId));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Put(new RunnerCommand(RunnerCommandKind.Stop, 0));
        }

        await _finished.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_loop.Faults.Count > 0)
        {
            throw new AggregateException("A callback of the job runner failed.", _loop.Faults);
        }
    }

    // Whoever comes after the loop's last look at the queue sees that it is over, so each command is answered by exactly one of the two.
    internal void Put(RunnerCommand command)
    {
        _inbox.Put(command);
        if (_over)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static runner => runner.RefuseLateStarts(), this, preferLocal: false);
        }
    }

    // A launcher that was started with SIGCHLD ignored would lose every exit status.
    private static unsafe void HearOfChildren()
    {
        nint* previous = stackalloc nint[64];
        if (LibC.SignalAction(LibC.SigChild, null, previous) == 0 && previous[0] == Ignore)
        {
            _ = LibC.SetSignalHandler(LibC.SigChild, 0);
        }
    }

    private void RefuseLateStarts()
    {
        while (_inbox.TryTake(out RunnerCommand command))
        {
            command.Ended?.Invoke(RunnerMessages.Stopped.ToExit(command.RunId));
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Told by Completion.")]
    private void Work()
    {
        Exception? fault = null;
        try
        {
            _loop.Run();
        }
        catch (Exception exception)
        {
            fault = exception;
            _loop.Fail($"The run was lost because the job runner failed: {exception.Message}");
        }

        _over = true;
        Interlocked.MemoryBarrier();
        _loop.Dispose();
        _inbox.Dispose();
        RefuseLateStarts();
        if (fault is null)
        {
            _finished.SetResult();
        }
        else
        {
            _finished.SetException(fault);
            _ = _finished.Task.Exception;
        }
    }
}
