namespace Balsam;

/// <summary>The last run ended with an exit code between two numbers, both of them included. A job without an exit code is not meant.</summary>
/// <param name="Min">The smallest; null for none.</param>
/// <param name="Max">The largest; null for none.</param>
public sealed record ReturnCodeFilter(int? Min, int? Max) : JobFilter
{
    /// <inheritdoc/>
    public override bool Matches(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return job.ReturnCode is { } code && (Min is not { } min || code >= min) && (Max is not { } max || code <= max);
    }
}
