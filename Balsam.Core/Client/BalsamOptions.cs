namespace Balsam;

/// <summary>What client and launcher of a host have in common.</summary>
public sealed class BalsamOptions
{
    /// <summary>The directory that holds all workdirs, absolute or relative to the current directory.</summary>
    /// <value>Default: <c>data</c>.</value>
    public string DataDirectory { get; set; } = "data";

    /// <summary>The site that jobs belong to unless they say otherwise, and that a launcher of this host serves.</summary>
    /// <value>Default: <c>local</c>.</value>
    public string Site { get; set; } = SiteName.Local.Value;

    /// <summary>How long a wait goes on for a job that none of the live launchers will ever run (none is alive for its site, or knows its application, or has a node large enough)
    /// before it ends with a <see cref="JobStuckException"/>; so that a program may submit and wait before its launcher has started.</summary>
    /// <value>Default: 30 seconds. <see cref="Timeout.InfiniteTimeSpan"/> waits for ever. It is looked at every 5 seconds.</value>
    public TimeSpan StuckGrace { get; set; } = TimeSpan.FromSeconds(30);
}
