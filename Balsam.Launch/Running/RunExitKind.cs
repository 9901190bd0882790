namespace Balsam.Launch.Running;

/// <summary>The ways in which a run ends.</summary>
public enum RunExitKind
{
    /// <summary>The process ended by itself, with an exit code.</summary>
    Exited,

    /// <summary>A signal ended the process.</summary>
    Signaled,

    /// <summary>There never was a process; the message says why.</summary>
    StartFailed,

    /// <summary>The runner failed, or was closed: what ran was killed, what was to run did not start. No fault of the job; the message says what happened.</summary>
    Lost,
}
