namespace Balsam;

/// <summary>The job is a child of another.</summary>
/// <param name="Parent">The parent.</param>
public sealed record ChildOfFilter(JobId Parent) : JobFilter
{
    /// <inheritdoc/>
    public override bool Matches(Job job) => (job ?? throw new ArgumentNullException(nameof(job))).Parents.Any(edge => edge.Parent == Parent);
}
