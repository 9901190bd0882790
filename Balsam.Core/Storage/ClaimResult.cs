namespace Balsam.Storage;

/// <summary>What a claim brought.</summary>
/// <param name="Jobs">The jobs, higher priority first, then older first.</param>
/// <param name="NextDue">When the next job that the request would take and that waits for its time may be claimed; null when none does.</param>
public sealed record ClaimResult(IReadOnlyList<Job> Jobs, DateTimeOffset? NextDue);
