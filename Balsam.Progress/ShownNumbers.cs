using System.Globalization;

namespace Balsam;

/// <summary>Durations and rates as a person would say them.</summary>
internal static class ShownNumbers
{
    private static readonly (double Seconds, string Unit)[] RateUnits = [(1, "s"), (60, "min"), (3600, "h"), (86400, "d")];

    /// <summary>For example <c>40 s</c>, <c>3 min 20 s</c>, <c>2 h 5 min</c>, <c>3 d 4 h</c>.</summary>
    public static string Duration(TimeSpan duration)
    {
        long seconds = (long)Math.Max(0, Math.Round(duration.TotalSeconds));
        return seconds switch
        {
            < 60 => Say(seconds, "s"),
            < 3600 => Say(seconds / 60, "min", seconds % 60, "s"),
            < 86400 => Say(seconds / 3600, "h", seconds % 3600 / 60, "min"),
            _ => Say(seconds / 86400, "d", seconds % 86400 / 3600, "h"),
        };
    }

    /// <summary>In the first unit in which it is at least 1, for example <c>3.2 jobs/s</c> or <c>5 jobs/h</c>.</summary>
    public static string Rate(double perSecond)
    {
        (double seconds, string unit) = RateUnits.FirstOrDefault(each => perSecond * each.Seconds >= 1, RateUnits[^1]);
        double rate = perSecond * seconds;
        return string.Create(CultureInfo.InvariantCulture, $"{rate.ToString(rate < 10 ? "0.#" : "#,0", CultureInfo.InvariantCulture)} jobs/{unit}");
    }

    private static string Say(long value, string unit) => string.Create(CultureInfo.InvariantCulture, $"{value} {unit}");

    private static string Say(long value, string unit, long rest, string restUnit) => rest == 0 ? Say(value, unit) : $"{Say(value, unit)} {Say(rest, restUnit)}";
}
