using System.Globalization;
using Balsam.Reports.Charts;

namespace Balsam.Reports.Sections;

/// <summary>The campaign in a few numbers.</summary>
internal static class Summary
{
    public static void Write(Markup page, Report report)
    {
        CampaignAnalysis analysis = report.Analysis;
        page.Open("dl", ("class", "figures"));
        foreach ((string name, string value) in Figures(analysis))
        {
            page.Open("div").Element("dt", name).Element("dd", value).Close();
        }

        page.Close();
        (JobState State, long Count)[] counts = [.. StateColors.Stacked.Select(state => (state, analysis.Counts[state])).Where(count => count.Item2 > 0)];
        StateBar.Draw(page, $"Jobs by state: {analysis.Counts}", counts);
        StateList.Write(page, counts);
    }

    private static IEnumerable<(string Name, string Value)> Figures(CampaignAnalysis analysis)
    {
        yield return ("jobs", Words.Count(analysis.Counts.Total));
        yield return ("finished", Words.Count(analysis.Counts[JobState.JobFinished]));
        yield return ("failed", Words.Count(analysis.Counts[JobState.Failed]));
        yield return ("makespan", Words.Duration(analysis.Makespan));
        yield return ("utilization", analysis.Utilization is { } share ? Words.Percent(share) : "not known");
        yield return ("runs", Words.Count(analysis.Runs.Count));
        yield return ("core hours", CoreHours(analysis));
        yield return ("throughput", Rate.Of(analysis.Counts[JobState.JobFinished], analysis.Makespan.TotalSeconds));
    }

    private static string CoreHours(CampaignAnalysis analysis)
    {
        double hours = analysis.BusyCores.Mean(analysis.From, analysis.To) * (analysis.To - analysis.From).TotalHours;
        return hours.ToString(hours < 1 ? "0.####" : "#,0.#", CultureInfo.InvariantCulture);
    }
}
