using System.Collections.Concurrent;
using Balsam.Launch.Running;

namespace Balsam.Testing;

/// <summary>A run of a <see cref="FakeJobRunner"/>.</summary>
public sealed class FakeRun
{
    private const int Terminate = 15;
    private const int Kill = 9;

    private readonly Action<RunExit> _ended;
    private readonly ConcurrentQueue<RunSignal> _signals = new();
    private readonly TaskCompletionSource<RunSignal> _signaled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isOver;

    internal FakeRun(RunRequest request, Action<RunExit> ended)
    {
        Request = request;
        _ended = ended;
    }

    /// <summary>What was asked to start.</summary>
    public RunRequest Request { get; }

    /// <summary>The job, by what its environment says.</summary>
    public JobId JobId => new(Request.RunId);

    /// <summary>Whether the run ends when it gets SIGTERM.</summary>
    /// <value>Default: true.</value>
    public bool HeedsTerminate { get; set; } = true;

    /// <summary>Whether the run ends when it gets SIGKILL; one that hangs inside the operating system does not.</summary>
    /// <value>Default: true.</value>
    public bool HeedsKill { get; set; } = true;

    /// <summary>What it was sent, in order.</summary>
    public IReadOnlyList<RunSignal> Signals => [.. _signals];

    /// <summary>Ends with the first signal it is sent.</summary>
    public Task<RunSignal> Signaled => _signaled.Task;

    /// <summary>Ends the run with an exit code.</summary>
    /// <param name="code">The code.</param>
    public void Exit(int code = 0) => End(new RunExit { RunId = Request.RunId, Kind = RunExitKind.Exited, Code = code, Pid = 1 });

    /// <summary>Ends the run by a signal.</summary>
    /// <param name="number">The signal's number.</param>
    public void Die(int number) => End(new RunExit { RunId = Request.RunId, Kind = RunExitKind.Signaled, Code = number, Pid = 1 });

    /// <summary>Ends the run as one that never began.</summary>
    /// <param name="message">Why.</param>
    public void FailToStart(string message) => End(new RunExit { RunId = Request.RunId, Kind = RunExitKind.StartFailed, Message = message });

    /// <summary>Ends the run as one whose runner failed.</summary>
    /// <param name="message">Why.</param>
    public void Lose(string message) => End(new RunExit { RunId = Request.RunId, Kind = RunExitKind.Lost, Pid = 1, Message = message });

    internal void Receive(RunSignal signal)
    {
        _signals.Enqueue(signal);
        _signaled.TrySetResult(signal);
        if (signal == RunSignal.Kill && HeedsKill)
        {
            Die(Kill);
        }
        else if (signal == RunSignal.Terminate && HeedsTerminate)
        {
            Die(Terminate);
        }
    }

    private void End(RunExit exit)
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
        {
            _ended(exit);
        }
    }
}
