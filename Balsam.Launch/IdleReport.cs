using Balsam.Storage;

namespace Balsam;

/// <summary>How things stand when a launcher has nothing left to do: how many jobs ended how, and which cannot go on, and why.</summary>
/// <param name="Counts">The jobs of the store by state.</param>
/// <param name="Blocked">Jobs that have not ended and cannot go on; at most 1,000 of them are looked at.</param>
public sealed record IdleReport(JobCounts Counts, IReadOnlyList<BlockedJob> Blocked)
{
    private const int ReasonsShown = 5;

    /// <summary>Whether every job of the store has ended, well or badly.</summary>
    public bool AllEnded => Counts[JobStates.Final] == Counts.Total;

    /// <summary>Whether every job of the store has finished well.</summary>
    public bool AllFinished => Counts[JobState.JobFinished] == Counts.Total;

    /// <summary>Writes the counts, and the first reasons with the number of jobs each holds back.</summary>
    /// <returns>One line, or several when jobs are blocked.</returns>
    public override string ToString()
    {
        var reasons = Blocked.GroupBy(job => job.Reason).Select(group => (Reason: group.Key, Count: group.Count(), First: group.First().Id)).ToArray();
        IEnumerable<string> lines = reasons.Take(ReasonsShown).Select(group => FormattableString.Invariant($"\n  {group.Count} blocked (first: job {group.First}): {group.Reason}"));
        string rest = reasons.Length > ReasonsShown ? FormattableString.Invariant($"\n  … and {reasons.Skip(ReasonsShown).Sum(group => group.Count)} more") : "";
        return Counts + string.Concat(lines) + rest;
    }
}
