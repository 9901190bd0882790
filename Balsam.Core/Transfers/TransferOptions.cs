namespace Balsam;

/// <summary>Which places a site exchanges files with, and how. Client and launcher of a host have them in common.</summary>
public sealed class TransferOptions
{
    /// <summary>The places that are trusted: from the name that jobs use to where it is, for example <c>laptop</c> to <c>sftp://ada@laptop/home/ada</c>. What a job names is a path below it.</summary>
    /// <value>Default: none.</value>
    public IDictionary<string, Uri> Locations { get; } = new Dictionary<string, Uri>(StringComparer.Ordinal);

    /// <summary>The schemes of URIs that jobs may name without a location. Only stage-in goes without one.</summary>
    /// <value>Default: <c>https</c> and <c>http</c>.</value>
    public ISet<string> OpenSchemes { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "https", "http" };

    /// <summary>How many batches move at a time.</summary>
    /// <value>Default: 5, as in the original.</value>
    public int MaxConcurrentBatches { get; set; } = 5;

    /// <summary>How many items travel in one batch at most.</summary>
    /// <value>Default: 100, as in the original.</value>
    public int BatchSize { get; set; } = 100;

    /// <summary>How often an item is tried that fails for now, before it fails for good.</summary>
    /// <value>Default: 5.</value>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>How long to wait after the first failed try; twice as long after each further one, up to <see cref="LongestRetryDelay"/>.</summary>
    /// <value>Default: 10 seconds.</value>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait between two tries at most.</summary>
    /// <value>Default: 10 minutes.</value>
    public TimeSpan LongestRetryDelay { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How files go between the workdir and a location of this machine (<c>file:</c>).</summary>
    /// <value>Default: <see cref="LocalTransferMode.Copy"/>.</value>
    public LocalTransferMode LocalMode { get; set; } = LocalTransferMode.Copy;
}
