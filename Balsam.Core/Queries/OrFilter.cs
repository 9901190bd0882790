using System.Collections.Immutable;

namespace Balsam;

/// <summary>At least one of several conditions.</summary>
/// <param name="Parts">The conditions.</param>
public sealed record OrFilter(ImmutableArray<JobFilter> Parts) : JobFilter
{
    internal override int Depth { get; } = DepthOver(Parts.AsSpan());

    /// <inheritdoc/>
    public override bool Matches(Job job) => Parts.Any(part => part.Matches(job));
}
