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
}
