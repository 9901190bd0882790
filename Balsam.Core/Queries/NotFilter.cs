namespace Balsam;

/// <summary>The opposite of a condition.</summary>
/// <param name="Part">The condition.</param>
public sealed record NotFilter(JobFilter Part) : JobFilter
{
    /// <inheritdoc/>
    public override bool Matches(Job job) => !Part.Matches(job);
}
