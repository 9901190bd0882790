using System.Globalization;

namespace Balsam.Reports.Charts;

/// <summary>How values become places in a drawing, and where the marks are.</summary>
internal sealed class Axis
{
    private const int MostTimeTicks = 12;
    private const int CountTicks = 5;

    private static readonly double[] Decimal = [1, 2, 5];

    // A time axis counts in the first unit in which it is not too long; its marks are round in that unit.
    private static readonly (string Name, double Seconds, double UpTo, double[] Steps)[] Units =
    [
        ("seconds", 1, 180, [1, 2, 5, 10, 15, 30]),
        ("minutes", 60, 180 * 60, [1, 2, 5, 10, 15, 30]),
        ("hours", 3600, 72 * 3600, [1, 2, 3, 6, 12]),
        ("days", 86_400, double.PositiveInfinity, [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000]),
    ];

    private static readonly (double Seconds, string Label)[] Decades =
    [
        (1e-3, "1 ms"), (1e-2, "10 ms"), (0.1, "0.1 s"), (1, "1 s"), (10, "10 s"), (60, "1 min"), (600, "10 min"), (3600, "1 h"), (36_000, "10 h"), (86_400 * 4, "4 d"), (86_400 * 40, "40 d"),
    ];

    private readonly Func<double, double> _scale;
    private readonly double _low;
    private readonly double _high;

    private Axis(double from, double to, double start, double end, string unit, IReadOnlyList<Tick> ticks, Func<double, double>? scale = null)
    {
        _scale = scale ?? (static value => value);
        _low = _scale(from);
        _high = _scale(to);
        (From, To, Start, End, Unit, Ticks) = (from, to, start, end, unit, ticks);
    }

    public double From { get; }

    public double To { get; }

    /// <summary>Where <see cref="From"/> is drawn.</summary>
    public double Start { get; }

    /// <summary>Where <see cref="To"/> is drawn.</summary>
    public double End { get; }

    /// <summary>What the labels count, for example minutes.</summary>
    public string Unit { get; }

    public IReadOnlyList<Tick> Ticks { get; }

    /// <summary>Where a value is drawn; what is outside is drawn at the edge.</summary>
    public double At(double value) => Start + ((End - Start) * Math.Clamp((_scale(value) - _low) / (_high - _low), 0, 1));

    /// <summary>An axis of counts from 0, with whole marks 1, 2 or 5 × 10ⁿ apart, a little longer than the largest value.</summary>
    public static Axis Counts(double most, double start, double end, string unit = "")
    {
        double to = most > 0 ? most * 1.06 : 1;
        double step = Math.Max(1, DecimalStep(to / CountTicks));
        return new Axis(0, to, start, end, unit, Marks(to, step, value => Words.Count(value)));
    }

    /// <summary>An axis of rates from 0.</summary>
    public static Axis Rates(double most, double start, double end, string unit)
    {
        double to = most > 0 ? most * 1.06 : 1;
        return new Axis(0, to, start, end, unit, Marks(to, DecimalStep(to / CountTicks), value => value.ToString("#,0.#########", CultureInfo.InvariantCulture)));
    }

    /// <summary>An axis of seconds since a beginning, marked in the unit that suits its length.</summary>
    public static Axis Elapsed(double seconds, double start, double end)
    {
        double to = seconds > 0 ? seconds : 1;
        (string name, double unit, _, double[] steps) = Units.First(candidate => to <= candidate.UpTo);
        double least = to / unit / MostTimeTicks;
        double step = least <= 0.5 ? DecimalStep(least) : steps.First(candidate => candidate >= least);
        IReadOnlyList<Tick> ticks = [.. Marks(to / unit, step, value => value.ToString("0.######", CultureInfo.InvariantCulture)).Select(tick => tick with { Value = tick.Value * unit })];
        return new Axis(0, to, start, end, name, ticks);
    }

    /// <summary>An axis of durations in seconds on which 10 ms and 10 h can both be read: logarithmic, from the mark below the least to the mark above the most.</summary>
    public static Axis Durations(double least, double most, double start, double end)
    {
        int first = Math.Clamp(Array.FindLastIndex(Decades, decade => decade.Seconds <= least), 0, Decades.Length - 2);
        int last = Array.FindIndex(Decades, decade => decade.Seconds >= most);
        last = Math.Max(last < 0 ? Decades.Length - 1 : last, first + 1);
        IReadOnlyList<Tick> ticks = [.. Decades[first..(last + 1)].Select(decade => new Tick(decade.Seconds, decade.Label))];
        return new Axis(Decades[first].Seconds, Math.Max(most, Decades[last].Seconds), start, end, "", ticks, static value => Math.Log10(Math.Max(value, 1e-9)));
    }

    // The smallest 1, 2 or 5 × 10ⁿ that is not below.
    private static double DecimalStep(double least)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        double digit = Decimal.FirstOrDefault(candidate => candidate * power >= least * 0.999_999, 10);
        return digit * power;
    }

    private static Tick[] Marks(double to, double step, Func<double, string> label) =>
        [.. Enumerable.Range(0, (int)Math.Floor((to / step) + 1e-9) + 1).Select(i => new Tick(i * step, label(i * step)))];
}
