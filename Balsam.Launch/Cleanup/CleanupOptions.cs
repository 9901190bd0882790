namespace Balsam;

/// <summary>Whether a launcher removes files of finished jobs that their applications declare as <see cref="ApplicationDefinition.CleanupFiles"/>, and how often it looks for such jobs.</summary>
public sealed class CleanupOptions
{
    /// <summary>Whether files are removed. Jobs that finish while it is false are cleaned up once it is true.</summary>
    /// <value>Default: false, as in the original.</value>
    public bool Enabled { get; set; }

    /// <summary>How many jobs are cleaned up together. A launcher that stops ends the batch that it has begun.</summary>
    /// <value>Default: 180, as in the original.</value>
    public int BatchSize { get; set; } = 180;

    /// <summary>How long after its start, and after its last look, a launcher looks for finished jobs.</summary>
    /// <value>Default: 30 seconds, as in the original.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    internal CleanupOptions Copy() => (CleanupOptions)MemberwiseClone();
}
