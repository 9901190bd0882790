using Balsam.Reports.Charts;

namespace Balsam.Reports.Sections;

/// <summary>How long jobs waited and ran, by application.</summary>
internal static class Durations
{
    private const int MostApplications = 30;

    public static void Write(Markup page, Report report)
    {
        IReadOnlyList<ApplicationDurations> all = report.Analysis.Durations;
        (string Name, string Measure, string Color, DurationQuantiles Quantiles)[] rows =
        [
            .. all.OrderByDescending(each => each.Jobs).Take(MostApplications).SelectMany(each => new[]
            {
                (each.Application.ToString(), "queue wait", "wait", each.QueueWait),
                (each.Application.ToString(), "run time", "busy", each.RunTime),
            }).Where(row => row.Item4.Count > 0),
        ];
        if (rows.Length == 0)
        {
            page.Element("p", "Nothing has run.");
            return;
        }

        page.Element(
            "p",
            "The box reaches from the 10th to the 90th percentile, with the median marked; the line goes on to the 99th; the dot is the longest. The axis is logarithmic. "
            + "Queue wait is the time from READY (or RESTART_READY) to RUNNING, for each run.",
            ("class", "note"));
        StripChart.Draw(page, "Queue wait and run time by application", [.. rows.Select(row => Strip($"{Words.Short(row.Name, 24)}, {row.Measure}", row.Color, row.Quantiles))]);
        page.Open("div", ("class", "wide")).Open("table").Open("thead").Open("tr").Element("th", "application").Element("th", "");
        foreach (string head in (ReadOnlySpan<string>)["count", "mean", "10 %", "50 %", "90 %", "99 %", "longest"])
        {
            page.Element("th", head, ("class", "n"));
        }

        page.Close().Close().Open("tbody");
        foreach ((string name, string measure, _, DurationQuantiles spread) in rows)
        {
            page.Open("tr").Element("td", Words.Short(name)).Element("td", measure, ("class", "k")).Element("td", Words.Count(spread.Count), ("class", "n"));
            foreach (TimeSpan duration in (ReadOnlySpan<TimeSpan>)[spread.Mean, spread.P10, spread.P50, spread.P90, spread.P99, spread.Max])
            {
                page.Element("td", Words.Duration(duration), ("class", "n"));
            }

            page.Close();
        }

        page.Close().Close().Close();
        if (all.Count > MostApplications)
        {
            page.Element("p", $"Shown are the {MostApplications} applications with the most jobs, of {all.Count}.", ("class", "note"));
        }
    }

    private static Strip Strip(string name, string color, DurationQuantiles spread) => new(
        name,
        color,
        spread.P10.TotalSeconds,
        spread.P50.TotalSeconds,
        spread.P90.TotalSeconds,
        spread.P99.TotalSeconds,
        spread.Max.TotalSeconds,
        $"{name}: median {Words.Duration(spread.P50)}, 90 % within {Words.Duration(spread.P90)}, longest {Words.Duration(spread.Max)} ({Words.Count(spread.Count)})");
}
