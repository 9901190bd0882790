using System.Collections.Immutable;

namespace Balsam;

/// <summary>The job has one of some numbers.</summary>
/// <param name="Ids">The numbers.</param>
public sealed record IdFilter(ImmutableHashSet<JobId> Ids) : JobFilter
{
    /// <inheritdoc/>
    public override bool Matches(Job job) => Ids.Contains((job ?? throw new ArgumentNullException(nameof(job))).Id);
}
