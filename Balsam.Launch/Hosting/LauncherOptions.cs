namespace Balsam;

/// <summary>How a launcher runs. Copied when it starts: later edits do nothing.</summary>
public sealed class LauncherOptions
{
    /// <summary>The nodes to run on.</summary>
    /// <value>Default: empty, which means this machine: the cores allowed to this process, its memory, its GPUs.</value>
    public IList<NodeSpec> Nodes { get; } = [];

    /// <summary>Whether each command is bound to the cores it was given.</summary>
    /// <value>Default: null: bound when the nodes were detected, not when they were given here.</value>
    public bool? BindCores { get; set; }

    /// <summary>Which jobs the launcher takes.</summary>
    /// <value>Default: all of its site.</value>
    public JobFilter Filter { get; set; } = JobFilter.All;

    /// <summary>How long the launcher runs; what still runs then becomes RUN_TIMEOUT. Jobs whose estimate is longer than what is left are not started.</summary>
    /// <value>Default: null, until it is stopped.</value>
    public TimeSpan? WallTime { get; set; }

    /// <summary>The launcher ends when it had nothing to do for this long.</summary>
    /// <value>Default: null, never.</value>
    public TimeSpan? IdleTimeout { get; set; }

    /// <summary>Whether the host is stopped when the launcher ends by its wall time or idle timeout.</summary>
    /// <value>Default: true.</value>
    public bool StopHostAtEnd { get; set; } = true;

    /// <summary>How long running jobs may go on once the launcher is told to stop. Then they are ended and become RUN_TIMEOUT.</summary>
    /// <value>Default: zero. The host's own shutdown timeout must leave room for it and <see cref="KillGrace"/>.</value>
    public TimeSpan DrainTimeout { get; set; }

    /// <summary>How long a process may take to end after SIGTERM before it is killed.</summary>
    /// <value>Default: 10 seconds, as in the original.</value>
    public TimeSpan KillGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many hooks run at a time.</summary>
    /// <value>Default: 5, as in the original.</value>
    public int HookConcurrency { get; set; } = 5;

    /// <summary>How long a hook may take before its job fails.</summary>
    /// <value>Default: 5 minutes, as in the older Balsam.</value>
    public TimeSpan HookTimeLimit { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How many of the last lines of <c>job.out</c> are kept with a failure.</summary>
    /// <value>Default: 10, as in the original.</value>
    public int ErrorTailLines { get; set; } = 10;

    /// <summary>How long the launcher's lease lasts unless renewed.</summary>
    /// <value>Default: 5 minutes, as in the original.</value>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often the lease is renewed.</summary>
    /// <value>Default: 1 minute, as in the original.</value>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How often a job may lose its launcher in a row (killed, out of memory, a lease that ran out) before it fails with <see cref="FailureKind.CrashLimit"/> instead of being run again.
    /// Losses while one of its hooks is called are counted for themselves. A run that ends by itself begins the count anew, and so does a restart by the user; a launcher that is stopped does not count.
    /// </summary>
    /// <value>Default: 5. Null: never.</value>
    public int? CrashLimit { get; set; } = 5;

    internal LauncherOptions Copy()
    {
        var copy = (LauncherOptions)MemberwiseClone();
        return copy;
    }
}
