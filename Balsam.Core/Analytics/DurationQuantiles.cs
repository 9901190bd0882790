namespace Balsam;

/// <summary>How some durations spread.</summary>
/// <remarks>
/// A quantile is by nearest rank: of n durations in rising order, the p-quantile is the one at place ⌈p · n⌉, from 1. It is always one of the durations, and at
/// least the share p of them is not longer. There is no interpolation.
/// </remarks>
/// <param name="Count">How many there are.</param>
/// <param name="Mean">Their mean, to the tick (100 ns), rounded down; zero when there are none, as are the others.</param>
/// <param name="P10">A tenth is not longer.</param>
/// <param name="P50">Half is not longer: the median.</param>
/// <param name="P90">Nine tenths are not longer.</param>
/// <param name="P99">99 of 100 are not longer.</param>
/// <param name="Max">The longest.</param>
public sealed record DurationQuantiles(int Count, TimeSpan Mean, TimeSpan P10, TimeSpan P50, TimeSpan P90, TimeSpan P99, TimeSpan Max)
{
    /// <summary>Takes durations.</summary>
    /// <param name="durations">The durations, in any order.</param>
    /// <returns>How they spread.</returns>
    public static DurationQuantiles Of(IEnumerable<TimeSpan> durations)
    {
        ArgumentNullException.ThrowIfNull(durations);
        TimeSpan[] sorted = [.. durations];
        Array.Sort(sorted);
        return sorted.Length == 0
            ? new DurationQuantiles(0, default, default, default, default, default, default)
            : new DurationQuantiles(sorted.Length, MeanOf(sorted), At(sorted, 10), At(sorted, 50), At(sorted, 90), At(sorted, 99), sorted[^1]);
    }

    // In whole numbers: 0.1 as a double would put the tenth of ten at place 2.
    private static TimeSpan At(TimeSpan[] sorted, long percent) => sorted[(int)(((sorted.Length * percent) + 99) / 100) - 1];

    private static TimeSpan MeanOf(TimeSpan[] durations)
    {
        Int128 sum = 0;
        foreach (TimeSpan duration in durations)
        {
            sum += duration.Ticks;
        }

        return new TimeSpan((long)(sum / durations.Length));
    }
}
