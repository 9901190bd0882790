using System.Globalization;

namespace Balsam.Reports;

/// <summary>Numbers as a page says them.</summary>
internal static class Words
{
    private const int LongestName = 80;

    // Up to so many seconds, a duration is said in these two units.
    private static readonly (double Below, double Major, string MajorName, double Minor, string MinorName)[] Scales =
    [
        (3600, 60, "min", 1, "s"),
        (86_400, 3600, "h", 60, "min"),
        (double.PositiveInfinity, 86_400, "d", 3600, "h"),
    ];

    /// <summary>For example 12,345.</summary>
    public static string Count(double count) => count.ToString("#,0.##", CultureInfo.InvariantCulture);

    /// <summary>For example 1 job, or 12,345 jobs.</summary>
    public static string Count(long count, string noun) => $"{Count(count)} {noun}{(count == 1 ? "" : "s")}";

    /// <summary>For example 73.1 %.</summary>
    public static string Percent(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    /// <summary>For example 84 ms, 12.3 s, 4 min 5 s or 3 h 20 min.</summary>
    public static string Duration(TimeSpan duration)
    {
        double seconds = duration.TotalSeconds;
        if (seconds < 59.95)
        {
            return seconds is < 0.9995 and not 0 ? string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0} ms") : string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s");
        }

        (double _, double major, string majorName, double minor, string minorName) = Scales.First(scale => Math.Round(seconds / scale.Minor) * scale.Minor < scale.Below);
        double minors = Math.Round(seconds / minor);
        double whole = Math.Floor(minors * minor / major);
        double rest = minors - (whole * major / minor);
        return Count(whole) + " " + majorName + (rest == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" {rest:0} {minorName}"));
    }

    /// <summary>For example 2026-11-23 13:12:24 UTC.</summary>
    public static string Instant(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";

    /// <summary>A name that is not too long for a table or a tooltip: its middle goes.</summary>
    public static string Short(string name, int longest = LongestName) =>
        name.Length <= longest ? name : $"{name[..((longest - 1) / 2)]}…{name[^(longest / 2)..]}";
}
