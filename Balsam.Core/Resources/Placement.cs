using System.Collections.Immutable;

namespace Balsam;

/// <summary>Where a job runs: its share of each of its nodes, the first of which hosts its process.</summary>
/// <param name="Shares">One share a node, at least one.</param>
public sealed record Placement(ImmutableArray<NodeShare> Shares)
{
    /// <summary>The number of cores over all nodes.</summary>
    public int Cores => Shares.Sum(static share => share.CoreIds.Length);
}
