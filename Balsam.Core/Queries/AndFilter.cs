using System.Collections.Immutable;

namespace Balsam;

/// <summary>All of several conditions; with none of them, every job.</summary>
/// <param name="Parts">The conditions.</param>
public sealed record AndFilter(ImmutableArray<JobFilter> Parts) : JobFilter
{
    internal override int Depth { get; } = DepthOver(Parts.AsSpan());

    /// <inheritdoc/>
    public override bool Matches(Job job)
    {
        foreach (JobFilter part in Parts)
        {
            if (!part.Matches(job))
            {
                return false;
            }
        }

        return true;
    }
}
