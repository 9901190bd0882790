using System.Collections.Immutable;

namespace Balsam;

/// <summary>The job has a key, or one of some keys.</summary>
/// <param name="Keys">The keys; null for any.</param>
public sealed record KeyFilter(ImmutableHashSet<string>? Keys) : JobFilter
{
    /// <inheritdoc/>
    public override bool Matches(Job job) => (job ?? throw new ArgumentNullException(nameof(job))).Key is { } key && Keys?.Contains(key) != false;
}
