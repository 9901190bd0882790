namespace Balsam;

/// <summary>The job's number of starts lies between two numbers, both of them included.</summary>
/// <param name="Min">The smallest; null for none.</param>
/// <param name="Max">The largest; null for none.</param>
public sealed record AttemptFilter(int? Min, int? Max) : JobFilter
{
    /// <inheritdoc/>
    public override bool Matches(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return (Min is not { } min || job.Attempt >= min) && (Max is not { } max || job.Attempt <= max);
    }
}
