namespace Balsam;

/// <summary>The job's number lies between two others, neither of them included: what pages of a query continue with.</summary>
/// <param name="After">The number to come after; null for none.</param>
/// <param name="Before">The number to come before; null for none.</param>
public sealed record IdRangeFilter(JobId? After, JobId? Before) : JobFilter
{
    /// <inheritdoc/>
    public override bool Matches(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return (After is not { } after || job.Id > after) && (Before is not { } before || job.Id < before);
    }
}
