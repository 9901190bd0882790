using System.Collections.Immutable;

namespace Balsam;

/// <summary>A number that changes at instants and holds in between: 0 before the first point, and the last point's value without end.</summary>
public sealed record StepSeries
{
    private const int KeptPerStretch = 3;

    /// <summary>Makes a series.</summary>
    /// <param name="points">The points, each later than the one before.</param>
    /// <exception cref="ArgumentException">A point is not later than the one before it.</exception>
    public StepSeries(IReadOnlyList<StepPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        for (int i = 1; i < points.Count; i++)
        {
            if (points[i].At <= points[i - 1].At)
            {
                throw new ArgumentException(FormattableString.Invariant($"Point {i} of the series is at {points[i].At:O}, not later than the one before it."), nameof(points));
            }
        }

        Points = points;
    }

    /// <summary>The series that is always 0.</summary>
    public static StepSeries Zero { get; } = new(ImmutableArray<StepPoint>.Empty);

    /// <summary>The points, each later than the one before.</summary>
    public IReadOnlyList<StepPoint> Points { get; }

    /// <summary>The largest value that a point has; 0 without points.</summary>
    public double Max => Points.Count == 0 ? 0 : Points.Max(point => point.Value);

    /// <summary>The value at an instant.</summary>
    /// <param name="at">The instant.</param>
    /// <returns>The value of the last point at the instant or before it; 0 before the first.</returns>
    public double ValueAt(DateTimeOffset at) => IndexAt(at) is var index and >= 0 ? Points[index].Value : 0;

    /// <summary>The mean over a time, each value weighted by how long it held.</summary>
    /// <param name="from">The start of the time.</param>
    /// <param name="to">Its end, at the start or later.</param>
    /// <returns>The mean; the value itself for a time of no length.</returns>
    public double Mean(DateTimeOffset from, DateTimeOffset to)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(to, from);
        if (to == from)
        {
            return ValueAt(from);
        }

        double sum = 0;
        int index = IndexAt(from);
        for (DateTimeOffset at = from; at < to; index++)
        {
            DateTimeOffset next = index + 1 < Points.Count && Points[index + 1].At < to ? Points[index + 1].At : to;
            sum += (index < 0 ? 0 : Points[index].Value) * (next - at).Ticks;
            at = next;
        }

        return sum / (to - from).Ticks;
    }

    /// <summary>The series with fewer points, for a plot: time is cut into stretches of equal length, and of each the lowest, the highest and the last point stay.</summary>
    /// <param name="maxPoints">How many points may stay, at least 4.</param>
    /// <returns>A series with the same first value, last value, lowest and highest, and with the same value at the end of every stretch; this one when it is short enough.</returns>
    public StepSeries Thin(int maxPoints)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPoints, KeptPerStretch + 1);
        if (Points.Count <= maxPoints)
        {
            return this;
        }

        int stretches = (maxPoints - 1) / KeptPerStretch;
        DateTimeOffset start = Points[0].At;
        long whole = (Points[^1].At - start).Ticks;
        List<StepPoint> kept = [Points[0]];
        int first = 1;
        for (int i = 1; i < Points.Count; i++)
        {
            if (i + 1 == Points.Count || Stretch(i + 1) != Stretch(i))
            {
                Keep(first, i);
                first = i + 1;
            }
        }

        return new StepSeries(kept);

        // Whole numbers: a point that lies exactly where a stretch begins belongs to that one.
        int Stretch(int index) => (int)Int128.Min((Int128)(Points[index].At - start).Ticks * stretches / whole, stretches - 1);

        void Keep(int from, int last)
        {
            int low = from;
            int high = from;
            for (int i = from; i <= last; i++)
            {
                low = Points[i].Value < Points[low].Value ? i : low;
                high = Points[i].Value > Points[high].Value ? i : high;
            }

            kept.AddRange(new SortedSet<int> { low, high, last }.Select(index => Points[index]));
        }
    }

    /// <inheritdoc/>
    public bool Equals(StepSeries? other) => other is not null && (ReferenceEquals(Points, other.Points) || Points.SequenceEqual(other.Points));

    /// <inheritdoc/>
    public override int GetHashCode() => Points.Count == 0 ? 0 : HashCode.Combine(Points.Count, Points[0], Points[^1]);

    /// <summary>Writes how many points there are, and where the series begins and ends.</summary>
    /// <returns>For example <c>12 points, 1 to 94, at most 94</c>.</returns>
    public override string ToString() => Points.Count == 0
        ? "always 0"
        : FormattableString.Invariant($"{Points.Count} {(Points.Count == 1 ? "point" : "points")}, {Points[0].Value} to {Points[^1].Value}, at most {Max}");

    // The last point at the instant or before it; -1 before the first.
    private int IndexAt(DateTimeOffset at)
    {
        int low = 0;
        int high = Points.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Points[middle].At <= at)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }
}
