namespace Balsam;

/// <summary>The job is of one application.</summary>
/// <param name="Application">The application.</param>
public sealed record ApplicationFilter(ApplicationName Application) : JobFilter
{
    /// <inheritdoc/>
    public override bool Matches(Job job) => (job ?? throw new ArgumentNullException(nameof(job))).Application == Application;
}
