namespace Balsam.Launch;

/// <summary>The ids of the launcher's log messages. An id is never used again for something else.</summary>
public static class BalsamEventIds
{
    /// <summary>The launcher has opened its session.</summary>
    public const int LauncherStarted = 2000;

    /// <summary>The launcher has ended.</summary>
    public const int LauncherEnded = 2001;

    /// <summary>The launcher failed.</summary>
    public const int LauncherFailed = 2002;

    /// <summary>Processes of an earlier launcher were ended.</summary>
    public const int OrphansEnded = 2003;

    /// <summary>Jobs of an earlier launcher went from RUNNING to RUN_TIMEOUT.</summary>
    public const int JobsRecovered = 2004;

    /// <summary>The launcher lost its lease.</summary>
    public const int LeaseLost = 2005;

    /// <summary>A job moved.</summary>
    public const int JobMoved = 2006;

    /// <summary>A write was refused because somebody else changed the job.</summary>
    public const int CommitRefused = 2007;

    /// <summary>The store cannot write just now.</summary>
    public const int StoreUnavailable = 2008;

    /// <summary>A function did not heed its cancellation, and the launcher ended without it.</summary>
    public const int FunctionAbandoned = 2009;

    /// <summary>A job lost its launcher more often than the crash limit allows, and fails.</summary>
    public const int JobGivenUp = 2020;

    /// <summary>The launcher was paused.</summary>
    public const int LauncherPaused = 2030;

    /// <summary>The launcher takes jobs again after a pause.</summary>
    public const int LauncherResumed = 2031;

    /// <summary>The launcher stops; what runs may go on for the drain timeout.</summary>
    public const int LauncherDraining = 2032;

    /// <summary>A launcher that stops was told so again.</summary>
    public const int LauncherHurried = 2033;

    /// <summary>A hook did not come back, and the launcher ended without it.</summary>
    public const int HookAbandoned = 2034;

    /// <summary>A launcher that failed could not record all that it held.</summary>
    public const int HandBackFailed = 2035;

    /// <summary>The host's shutdown timeout came before the launcher's own limits.</summary>
    public const int HostOutOfPatience = 2036;

    /// <summary>The host went on without its launcher, which did not end.</summary>
    public const int LauncherAbandoned = 2037;

    /// <summary>A launcher that stops has asked everything to end: SIGTERM, and cancellation.</summary>
    public const int LauncherEnding = 2038;

    /// <summary>A batch of transfers begins.</summary>
    public const int TransfersBegun = 2040;

    /// <summary>A transfer failed, for now or for good.</summary>
    public const int TransferFailed = 2041;

    /// <summary>A batch of transfers did not come back, and the launcher ended without it.</summary>
    public const int TransfersAbandoned = 2042;

    /// <summary>Inputs from parents could not be linked, for now or for good.</summary>
    public const int LinksFailed = 2043;

    /// <summary>Files of finished jobs were removed.</summary>
    public const int CleanedUp = 2050;

    /// <summary>Files of a finished job could not be removed.</summary>
    public const int FilesNotRemoved = 2051;

    /// <summary>A clean-up failed, and is tried again at the next interval.</summary>
    public const int CleanupFailed = 2052;
}
