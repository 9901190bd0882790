namespace Balsam;

/// <summary>The opposite of a condition.</summary>
/// <param name="Part">The condition.</param>
public sealed record NotFilter(JobFilter Part) : JobFilter
{
    internal override int Depth { get; } = DepthOver(Part);

    /// <inheritdoc/>
    public override bool Matches(Job job) => !Part.Matches(job);
}
