namespace Balsam.Launch.Running;

/// <summary>Starts operating-system processes for jobs and tells when they end.</summary>
/// <remarks>
/// The engine talks to processes only through this contract, so that a test can put a double in place of real processes.
/// Disposing a runner kills what still runs, tells about each of these ends, and only then completes.
/// </remarks>
public interface IJobRunner : IAsyncDisposable
{
    /// <summary>Ends when the runner can start nothing more, after all ends were told; with the exception when it failed rather than was disposed.</summary>
    /// <value>The same task at each call. A fault of one run, or of a callback, does not end a runner.</value>
    Task Completion { get; }

    /// <summary>Starts a process. Never blocks, and never throws for a fault of the job itself: that is told as <see cref="RunExitKind.StartFailed"/>, and a runner that has ended as <see cref="RunExitKind.Lost"/>.</summary>
    /// <param name="request">What to start.</param>
    /// <param name="ended">
    /// Is called exactly once, when the run is over or could not start, on the runner's thread (one call at a time). It must return quickly and must not throw.
    /// </param>
    void Start(RunRequest request, Action<RunExit> ended);

    /// <summary>Finds out, before anything is started or recorded, whether a run could start at all.</summary>
    /// <param name="request">The run.</param>
    /// <returns>Why it can never start (no such program, not executable), and what to do; null when nothing speaks against it.</returns>
    string? WhyCannotStart(RunRequest request);

    /// <summary>Asks the process tree of a run to end. Does nothing when the run is unknown or over.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="signal">How to ask.</param>
    void Signal(long runId, RunSignal signal);
}
