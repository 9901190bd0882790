namespace Balsam;

/// <summary>The job was submitted between two instants, both of them included.</summary>
/// <param name="From">The first instant; null for none.</param>
/// <param name="To">The last instant; null for none.</param>
public sealed record CreatedAtFilter(DateTimeOffset? From, DateTimeOffset? To) : JobFilter
{
    /// <inheritdoc/>
    public override bool Matches(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return (From is not { } from || job.CreatedAt >= from) && (To is not { } to || job.CreatedAt <= to);
    }
}
