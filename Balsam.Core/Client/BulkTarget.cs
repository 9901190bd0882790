using System.Collections.Immutable;

namespace Balsam;

/// <summary>The jobs that a bulk change is about, and what each must still meet when it is written.</summary>
internal sealed record BulkTarget(ImmutableArray<JobId> Ids, JobFilter Filter)
{
    /// <summary>The jobs as they were read; null when only their numbers are known.</summary>
    public IReadOnlyList<Job>? Jobs { get; init; }

    public static BulkTarget Of(IEnumerable<JobId> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ImmutableArray<JobId> all = [.. ids];
        return all.Contains(default) ? throw new ArgumentException("The job id is not set.", nameof(ids)) : new BulkTarget(all, JobFilter.All);
    }
}
