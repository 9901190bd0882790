namespace Balsam;

/// <summary>The job was last changed between two instants, both of them included.</summary>
/// <param name="From">The first instant; null for none.</param>
/// <param name="To">The last instant; null for none.</param>
public sealed record LastUpdateFilter(DateTimeOffset? From, DateTimeOffset? To) : JobFilter
{
    /// <inheritdoc/>
    public override bool Matches(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return (From is not { } from || job.LastUpdate >= from) && (To is not { } to || job.LastUpdate <= to);
    }
}
