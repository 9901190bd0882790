using Balsam.Reports.Charts;

namespace Balsam.Reports.Sections;

/// <summary>How many jobs were in each state.</summary>
internal static class Occupancy
{
    public static void Write(Markup page, Report report)
    {
        CampaignAnalysis analysis = report.Analysis;
        double step = report.Seconds / (AreaChart.Samples - 1);
        Layer[] layers =
        [
            .. from state in StateColors.Stacked
               where analysis.Occupancy.TryGetValue(state, out StepSeries? series) && series.Max > 0
               let values = analysis.Occupancy[state]
               select new Layer(state.ToText(), StateColors.Of(state), [.. Enumerable.Range(0, AreaChart.Samples).Select(i => values.ValueAt(report.Instant(i * step)))]),
        ];
        layers = [.. layers.Where(layer => layer.Values.Any(value => value > 0))];
        double most = layers.Length == 0 ? 0 : Enumerable.Range(0, AreaChart.Samples).Max(i => layers.Sum(layer => layer.Values[i]));
        AreaChart.Draw(page, report.Frame("Jobs by state over time", (start, end) => Axis.Counts(most, start, end, "jobs"), 240), layers);
    }
}
