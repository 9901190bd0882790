namespace Balsam.Storage;

/// <summary>What is written together or not at all: changes of stored jobs, and new jobs.</summary>
public sealed record JobCommit
{
    /// <summary>The changes; at most one a job.</summary>
    public IReadOnlyList<JobChange> Changes { get; init; } = [];

    /// <summary>The new jobs.</summary>
    public IReadOnlyList<JobAddition> Additions { get; init; } = [];

    /// <summary>The launcher's lease; null when a user writes. Under a lease only jobs that its session holds can be changed.</summary>
    public LeaseToken? Lease { get; init; }

    /// <summary>Whether the session keeps holding the changed jobs. Otherwise a write under a lease releases them.</summary>
    public bool KeepLease { get; init; }
}
