namespace Balsam;

/// <summary>How a launcher runs. Copied when it starts: later edits do nothing.</summary>
/// <remarks>
/// <para>
/// How long a stop takes at most: <see cref="DrainTimeout"/> + <see cref="KillGrace"/> + <see cref="RecordTimeout"/>, 20 seconds unless set otherwise. Told to stop, the launcher
/// claims and starts nothing more. For the drain timeout what runs may go on, hooks too. Then processes get SIGTERM, functions and hooks the cancellation of their tokens. After the
/// grace time what is left gets SIGKILL, and functions that heed nothing are abandoned. For the record timeout the store may take what there is to record; then the launcher ends in any
/// case. A stage in which nothing runs takes no time: without jobs a stop takes what the store takes to close the session.
/// </para>
/// <para>
/// Whoever tells it again to stop ends a stage before its time: a second SIGTERM or SIGINT the drain (or the grace time, where there is no drain), a third one the grace time;
/// so does <see cref="Balsam.Launch.Launcher.StopAsync"/>, called again. When the host's own patience, <c>HostOptions.ShutdownTimeout</c> (30 seconds unless set otherwise), is over, everything is
/// killed at once and recorded, which takes the record timeout at most beyond it. So that drain and grace time are kept, set it to their sum and a few seconds more. <c>IHost.StopAsync</c> called
/// again does not hurry: <c>RunAsync</c> and <c>WaitForShutdownAsync</c> call it of themselves, after somebody else has.
/// </para>
/// </remarks>
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

    /// <summary>How long running jobs may go on once the launcher is told to stop. Then they are ended and become RUN_TIMEOUT. The hooks that follow runs which end meanwhile are left to the next launcher.</summary>
    /// <value>Default: zero: they are handed back at once. The host's own shutdown timeout must leave room for it, <see cref="KillGrace"/> and <see cref="RecordTimeout"/>.</value>
    public TimeSpan DrainTimeout { get; set; }

    /// <summary>How long a process may take to end after SIGTERM before it is killed, and a function or hook after its cancellation before a launcher that stops goes on without it.</summary>
    /// <value>Default: 10 seconds, as in the original.</value>
    public TimeSpan KillGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a launcher that stops waits, once everything was killed, for the ends to come and for the store to record them. What is not recorded then runs again.</summary>
    /// <value>Default: 10 seconds.</value>
    public TimeSpan RecordTimeout { get; set; } = TimeSpan.FromSeconds(10);

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

    /// <summary>Whether and how files of finished jobs are removed that nobody needs any more.</summary>
    /// <value>Default: not at all.</value>
    public CleanupOptions Cleanup { get; private set; } = new();

    internal LauncherOptions Copy()
    {
        var copy = (LauncherOptions)MemberwiseClone();
        copy.Cleanup = Cleanup.Copy();
        return copy;
    }
}
