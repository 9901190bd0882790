namespace Balsam;

/// <summary>What a change of several jobs did.</summary>
/// <param name="Changed">The jobs that were changed, or deleted; those that moved along with another of the same call are among them.</param>
/// <param name="Unchanged">The jobs that were not, and why.</param>
public sealed record ChangeReport(IReadOnlyList<JobId> Changed, IReadOnlyDictionary<JobId, UnchangedJob> Unchanged)
{
    /// <summary>Writes the numbers, and the first reasons.</summary>
    /// <returns>For example <c>3 changed, 1 unchanged (job 7: already FAILED)</c>.</returns>
    public override string ToString() => Unchanged.Count == 0
        ? FormattableString.Invariant($"{Changed.Count} changed")
        : FormattableString.Invariant($"{Changed.Count} changed, {Unchanged.Count} unchanged ({string.Join("; ", Unchanged.Take(3).Select(entry => $"job {entry.Key}: {entry.Value}"))})");
}
