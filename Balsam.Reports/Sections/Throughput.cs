using Balsam.Reports.Charts;

namespace Balsam.Reports.Sections;

/// <summary>How many jobs ended, and how fast.</summary>
internal static class Throughput
{
    private const int Bars = 60;

    public static void Write(Markup page, Report report)
    {
        CampaignAnalysis analysis = report.Analysis;
        double most = Math.Max(analysis.Finished.Max, analysis.Failed.Max);
        StepChart.Draw(
            page,
            report.Frame("Jobs finished and failed, in total, over time", (start, end) => Axis.Counts(most, start, end, "jobs")),
            [
                report.Curve("finished", StateColors.Of(JobState.JobFinished), analysis.Finished) with { IsFilled = true },
                report.Curve("failed", StateColors.Of(JobState.Failed), analysis.Failed),
            ]);
        if (report.Seconds <= 0)
        {
            return;
        }

        double width = report.Seconds / Bars;
        (double From, double To, double Count)[] bars =
        [
            .. Enumerable.Range(0, Bars).Select(i =>
            {
                (double from, double to) = (i * width, (i + 1) * width);
                double before = i == 0 ? 0 : analysis.Finished.ValueAt(report.Instant(from));
                return (from, to, Math.Max(0, analysis.Finished.ValueAt(report.Instant(to)) - before));
            }),
        ];
        (string name, double unit) = Rate.UnitOf(bars.Max(bar => bar.Count) / width);
        double scale = unit / width;
        BarChart.Draw(
            page,
            report.Frame("Jobs finished by time", (start, end) => Axis.Rates(bars.Max(bar => bar.Count) * scale, start, end, $"finished / {name}"), 110),
            StateColors.Of(JobState.JobFinished),
            bars.Select(bar => (bar.From, bar.To, bar.Count * scale, $"{Words.Count((long)bar.Count, "job")} in {Words.Duration(TimeSpan.FromSeconds(width))}")));
    }
}
