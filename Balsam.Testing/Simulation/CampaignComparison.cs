using System.Globalization;
using System.Text;

namespace Balsam.Testing.Simulation;

/// <summary>Ways to run a campaign beside each other.</summary>
/// <param name="Rows">Each combination of policy, node count and wall time.</param>
public sealed record CampaignComparison(IReadOnlyList<ComparisonRow> Rows)
{
    /// <summary>Writes a table.</summary>
    /// <returns>A line for each row, below a line of headings.</returns>
    public override string ToString()
    {
        int width = Math.Max("policy".Length, Rows.Max(row => row.Policy.Length));
        var text = new StringBuilder();
        Line("policy", "nodes", "wall time", "makespan", "5 %", "95 %", "with queue", "node-hours", "wasted", "used", "unfinished");
        foreach (ComparisonRow row in Rows)
        {
            CampaignForecast forecast = row.Forecast;
            Line(
                row.Policy,
                Text($"{row.Nodes}"),
                row.WallTime is { } wallTime ? CampaignForecast.Show(wallTime) : "none",
                CampaignForecast.Show(forecast.Makespan.Median),
                CampaignForecast.Show(forecast.Makespan.Low),
                CampaignForecast.Show(forecast.Makespan.High),
                CampaignForecast.Show(forecast.TimeToEnd.Median),
                Text($"{forecast.NodeHours.Median:0.##}"),
                Text($"{forecast.WastedNodeHours.Median:0.##}"),
                Text($"{forecast.Utilization.Median * 100:0.0} %"),
                Text($"{forecast.Unfinished.Median}"));
        }

        return text.ToString();

        void Line(string policy, params ReadOnlySpan<string> cells)
        {
            text.Append(policy.PadRight(width));
            foreach (string cell in cells)
            {
                text.Append("  ").Append(cell.PadLeft(11));
            }

            text.Append('\n');
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
