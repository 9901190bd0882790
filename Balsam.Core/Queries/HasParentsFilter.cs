namespace Balsam;

/// <summary>The job has parents.</summary>
public sealed record HasParentsFilter : JobFilter
{
    /// <inheritdoc/>
    public override bool Matches(Job job) => !(job ?? throw new ArgumentNullException(nameof(job))).Parents.IsEmpty;
}
