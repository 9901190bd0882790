namespace Balsam.Storage;

/// <summary>What a delete did.</summary>
/// <param name="Deleted">The jobs that are gone.</param>
/// <param name="Kept">The jobs that are not, and why.</param>
public sealed record DeleteResult(IReadOnlyList<JobId> Deleted, IReadOnlyDictionary<JobId, string> Kept);
