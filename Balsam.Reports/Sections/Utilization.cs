using Balsam.Reports.Charts;

namespace Balsam.Reports.Sections;

/// <summary>How much of what was there was busy.</summary>
internal static class Utilization
{
    public static void Write(Markup page, Report report)
    {
        CampaignAnalysis analysis = report.Analysis;
        page.Element("p", analysis.Runs.Count == 0 ? "Nothing ran." : InWords(analysis), ("class", "note"));
        Draw(page, report, "cores", analysis.BusyCores, analysis.AvailableCores, 200);
        Draw(page, report, "nodes", analysis.BusyNodes, analysis.AvailableNodes, 110);
    }

    // Mean and share are of one span, so that they can be held against each other.
    private static string InWords(CampaignAnalysis analysis)
    {
        DateTimeOffset start = analysis.Runs.Min(run => run.Start);
        double mean = analysis.BusyCores.Mean(start, start + analysis.Makespan);
        return $"From the first start of a run to the last end of one, {Words.Count(mean)} cores were busy on average, at most {Words.Count(analysis.BusyCores.Max)}. "
            + (analysis.Utilization is { } share ? $"That is {Words.Percent(share)} of the core time that launchers had in this span." : "What launchers had is not known.");
    }

    private static void Draw(Markup page, Report report, string what, StepSeries busy, StepSeries available, double height)
    {
        double most = Math.Max(busy.Max, available.Max);
        Curve used = report.Curve($"busy {what}", "busy", busy) with { IsFilled = true };
        StepChart.Draw(
            page,
            report.Frame($"Busy and available {what} over time", (start, end) => Axis.Counts(most, start, end, what), height),
            available.Max > 0 ? [used, report.Curve($"available {what}", "limit", available) with { IsDashed = true }] : [used]);
    }
}
