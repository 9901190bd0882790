namespace Balsam.Storage.Embedded;

/// <summary>What an embedded store knows when it has been opened: the start of its working set.</summary>
public sealed record StoreImage
{
    /// <summary>The highest job id ever given; 0 when none was.</summary>
    public long LastId { get; init; }

    /// <summary>The highest event number ever given; 0 when none was.</summary>
    public long LastSequence { get; init; }

    /// <summary>The epoch of the last session; 0 when there was none.</summary>
    public long LastEpoch { get; init; }

    /// <summary>The launchers that there were.</summary>
    public IEnumerable<LauncherRecord> Launchers { get; init; } = [];

    /// <summary>The applications that were recorded.</summary>
    public IEnumerable<ApplicationRecord> Applications { get; init; } = [];

    /// <summary>The state of every stored job.</summary>
    public required StateMap States { get; init; }

    /// <summary>The jobs that are not in a final state.</summary>
    public required IEnumerable<Job> ActiveJobs { get; init; }
}
