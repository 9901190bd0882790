namespace Balsam.Storage;

/// <summary>Which jobs to delete.</summary>
public sealed record JobDeletion
{
    /// <summary>The jobs; one that is named twice counts once.</summary>
    public required IReadOnlyList<JobId> Ids { get; init; }

    /// <summary>What a named job must still meet inside the transaction; one that does not is kept, and what lies below it is not looked at on its account.</summary>
    /// <value>Default: nothing.</value>
    public JobFilter Filter { get; init; } = JobFilter.All;

    /// <summary>Which jobs besides.</summary>
    /// <value>Default: none.</value>
    public DeleteScope Scope { get; init; } = DeleteScope.OnlyThese;
}
