namespace Balsam;

/// <summary>Numbers of jobs by state.</summary>
public sealed class JobCounts
{
    private readonly long[] _counts;

    /// <summary>Makes counts.</summary>
    /// <param name="counts">State and number; a state may occur more than once.</param>
    public JobCounts(IEnumerable<(JobState State, long Count)> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        _counts = new long[(int)JobState.Failed + 1];
        foreach ((JobState state, long count) in counts)
        {
            _counts[(int)state] += count;
        }
    }

    /// <summary>The number of jobs in a state.</summary>
    /// <param name="state">The state.</param>
    public long this[JobState state] => _counts[(int)state];

    /// <summary>The number of jobs in some states.</summary>
    /// <param name="states">The states.</param>
    public long this[JobStateSet states] => states.Sum(state => _counts[(int)state]);

    /// <summary>The number of jobs.</summary>
    public long Total => _counts.Sum();

    /// <summary>The states that have jobs, with their numbers, in the order of the lifecycle.</summary>
    /// <returns>States and numbers.</returns>
    public IEnumerable<(JobState State, long Count)> NonZero() => JobStates.All.Select(state => (state, this[state])).Where(entry => entry.Item2 > 0);

    /// <summary>Writes the states that have jobs.</summary>
    /// <returns>For example <c>RUNNING 2, JOB_FINISHED 94</c>.</returns>
    public override string ToString() =>
        Total == 0 ? "no jobs" : string.Join(", ", NonZero().Select(entry => FormattableString.Invariant($"{entry.State.ToText()} {entry.Count}")));
}
