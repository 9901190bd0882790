namespace Balsam;

/// <summary>What brought a run or a job down.</summary>
public enum FailureKind
{
    /// <summary>The process exited with a code other than 0.</summary>
    ExitCode = 1,

    /// <summary>A signal ended the process.</summary>
    Signal = 2,

    /// <summary>The run could not be started: no such program, no permission, no workdir, no output file.</summary>
    StartFailed = 3,

    /// <summary>The .NET function threw.</summary>
    Exception = 4,

    /// <summary>A hook decided to fail the job.</summary>
    HookDecision = 5,

    /// <summary>A hook threw.</summary>
    HookException = 6,

    /// <summary>A hook did not return within its limit.</summary>
    HookTimeout = 7,

    /// <summary>The run exceeded the job's time limit.</summary>
    TimeLimit = 8,

    /// <summary>The launcher stopped, or came to its wall time, while the job ran.</summary>
    LauncherStopped = 9,

    /// <summary>The launcher died while the job ran.</summary>
    LauncherLost = 10,

    /// <summary>A parent ended in a way that the edge cannot accept.</summary>
    ParentFailed = 11,

    /// <summary>The user cancelled the job.</summary>
    Cancelled = 12,

    /// <summary>The request is larger than any node.</summary>
    Impossible = 13,

    /// <summary>A transfer failed for good.</summary>
    Transfer = 14,

    /// <summary>The retry policy allows no further attempt.</summary>
    RetriesExhausted = 15,

    /// <summary>The job's launcher died while the job ran, more often than the launcher's crash limit allows: the job is suspected of bringing launchers down.</summary>
    CrashLimit = 16,
}
