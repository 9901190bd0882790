namespace Balsam;

/// <summary>What client and launcher of a host have in common.</summary>
public sealed class BalsamOptions
{
    /// <summary>The directory that holds all workdirs, absolute or relative to the current directory.</summary>
    /// <value>Default: <c>data</c>.</value>
    public string DataDirectory { get; set; } = "data";

    /// <summary>Who may read the workdirs, and the logs in them, that a launcher of this host makes. The data directory itself is made the same way when it is missing.</summary>
    /// <value>Default: <see cref="WorkdirAccess.Owner"/>.</value>
    public WorkdirAccess WorkdirAccess { get; set; } = WorkdirAccess.Owner;

    /// <summary>Whether symbolic links below the data directory are followed on the way to a workdir, wherever they lead. For a data directory whose parts are spread over several disks.</summary>
    /// <value>
    /// Default: false: a job whose workdir is, or lies behind, a symbolic link fails when it is to start, so that nothing a job leaves behind can make the launcher write
    /// outside. The data directory itself may be a link.
    /// </value>
    public bool FollowWorkdirLinks { get; set; }

    /// <summary>The site that jobs belong to unless they say otherwise, and that a launcher of this host serves.</summary>
    /// <value>Default: <c>local</c>.</value>
    public string Site { get; set; } = SiteName.Local.Value;

    /// <summary>How long a wait goes on for a job that none of the live launchers will ever run (none is alive for its site, or knows its application, or has a node large enough)
    /// before it ends with a <see cref="JobStuckException"/>; so that a program may submit and wait before its launcher has started.</summary>
    /// <value>Default: 30 seconds. <see cref="Timeout.InfiniteTimeSpan"/> waits for ever. It is looked at every 5 seconds.</value>
    public TimeSpan StuckGrace { get; set; } = TimeSpan.FromSeconds(30);
}
