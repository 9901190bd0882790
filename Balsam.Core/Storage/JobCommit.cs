namespace Balsam.Storage;

/// <summary>What is written together or not at all: changes of stored jobs, new jobs, and new parents of jobs that still wait.</summary>
public sealed record JobCommit
{
    /// <summary>The changes; at most one a job.</summary>
    public IReadOnlyList<JobChange> Changes { get; init; } = [];

    /// <summary>The new jobs.</summary>
    public IReadOnlyList<JobAddition> Additions { get; init; } = [];

    /// <summary>
    /// The new parents of stored jobs that wait for parents. A job that the commit changes cannot be given parents by it. Versions do not guard them:
    /// what must hold is that the child still waits, and that no circle arises. They count before anything that follows from <see cref="Changes"/>, so that a
    /// child is not woken by a parent that ends in the same commit.
    /// </summary>
    public IReadOnlyList<JobLink> Links { get; init; } = [];

    /// <summary>The launcher's lease; null when a user writes. Under a lease only jobs that its session holds can be changed.</summary>
    public LeaseToken? Lease { get; init; }

    /// <summary>Whether the session keeps holding the changed jobs. Otherwise a write under a lease releases them.</summary>
    public bool KeepLease { get; init; }

    /// <summary>
    /// Whether the session takes the jobs of <see cref="Changes"/> and holds them afterwards: jobs that have ended and that nobody holds. A job that is held so can be restarted, but no launcher
    /// claims it before it is released. What is done to a job's files while it must not run is done under this.
    /// </summary>
    public bool TakesEnded { get; init; }
}
