using System.Collections.Frozen;

namespace Balsam.Storage;

/// <summary>What a claim brought.</summary>
/// <param name="Jobs">The jobs, higher priority first, then older first.</param>
/// <param name="NextDue">When the next job that the request would take and that waits for its time may be claimed; null when none does.</param>
public sealed record ClaimResult(IReadOnlyList<Job> Jobs, DateTimeOffset? NextDue)
{
    /// <summary>How long the work is that waits for a job: the longest path through the jobs that come after it, as the sum of their estimates (<see cref="JobResources.WallTime"/>, a minute where there is none).</summary>
    /// <value>Default: empty. Jobs that none waits for are not among them. It is a hint for the order in which jobs start: behind very many jobs a store may say less.</value>
    public IReadOnlyDictionary<JobId, TimeSpan> PathBehind { get; init; } = FrozenDictionary<JobId, TimeSpan>.Empty;
}
