namespace Balsam;

/// <summary>What a launcher is about.</summary>
public enum LauncherState
{
    /// <summary>The host has not started it yet.</summary>
    NotStarted,

    /// <summary>It claims and runs jobs.</summary>
    Running,

    /// <summary>It was told to pause: what it has started goes on, nothing is claimed or started.</summary>
    Paused,

    /// <summary>It was told to stop, or its time has come: nothing is claimed or started, what runs goes on for the drain timeout and is then ended.</summary>
    Stopping,

    /// <summary>It has ended, and everything is recorded.</summary>
    Ended,

    /// <summary>It failed: nothing runs any more, and jobs are no longer taken in this host.</summary>
    Failed,
}
