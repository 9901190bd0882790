namespace Balsam.Storage;

/// <summary>A change of several jobs that is decided inside the store's transaction, so that nobody can come in between.</summary>
public sealed record JobBulkChange
{
    /// <summary>The jobs; one that is named twice counts once.</summary>
    public required IReadOnlyList<JobId> Ids { get; init; }

    /// <summary>What a job must still meet inside the transaction; one that does not is left as it is.</summary>
    /// <value>Default: nothing.</value>
    public JobFilter Filter { get; init; } = JobFilter.All;

    /// <summary>Decides about one job, from the job as it is inside the transaction and from what it can look up there.</summary>
    /// <remarks>
    /// The rule is asked for parents before their children, and sees what it decided before. It must be quick and have no effects: an embedded store runs
    /// it on its writer thread while others wait. When it refuses with <see cref="WhyUnchanged.BlockedByParent"/>, it is asked again once what follows from
    /// the rest of the call by the rules of the graph has happened, as long as that brings anything. What it throws comes out of the call; nothing of the call is written then.
    /// </remarks>
    public required Func<Job, IBulkChangeView, JobDecision> Rule { get; init; }
}
