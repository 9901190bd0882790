namespace Balsam;

/// <summary>The job is in one of some states.</summary>
/// <param name="States">The states.</param>
public sealed record StateFilter(JobStateSet States) : JobFilter
{
    /// <inheritdoc/>
    public override bool Matches(Job job) => States.Contains((job ?? throw new ArgumentNullException(nameof(job))).State);
}
