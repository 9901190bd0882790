namespace Balsam;

/// <summary>The job belongs to one site.</summary>
/// <param name="Site">The site.</param>
public sealed record SiteFilter(SiteName Site) : JobFilter
{
    /// <inheritdoc/>
    public override bool Matches(Job job) => (job ?? throw new ArgumentNullException(nameof(job))).Site == Site;
}
