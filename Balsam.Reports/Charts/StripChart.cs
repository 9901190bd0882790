namespace Balsam.Reports.Charts;

/// <summary>Spreads of durations below each other: a box from the 10th to the 90th percentile, a line at the median, a whisker to the 99th, a dot at the longest.</summary>
internal static class StripChart
{
    private const double Top = 10;
    private const double Row = 26;
    private const double Left = 250;

    /// <summary>Draws the chart.</summary>
    public static void Draw(Markup page, string description, IReadOnlyList<Strip> strips)
    {
        double bottom = Top + (Row * strips.Count);
        double[] positive = [.. strips.SelectMany(strip => new[] { strip.P10, strip.P50, strip.Max }).Where(value => value > 0)];
        Axis x = positive.Length == 0 ? Axis.Durations(1e-3, 1, Left, Plot.Right - 10) : Axis.Durations(positive.Min(), positive.Max(), Left, Plot.Right - 10);
        page.OpenDrawing(bottom + 26, description);
        foreach (Tick tick in x.Ticks)
        {
            double at = x.At(tick.Value);
            page.Void("line", ("class", "g"), ("x1", at), ("x2", at), ("y1", Top), ("y2", bottom));
            page.Element("text", tick.Label, ("class", "m"), ("x", at), ("y", bottom + 17));
        }

        foreach ((int i, Strip strip) in strips.Index())
        {
            double middle = Top + (Row * (i + 0.5));
            page.Element("text", Words.Short(strip.Name, 36), ("class", "e"), ("x", Left - 10), ("y", middle + 4));
            page.Open("g", ("class", "strip")).Element("title", strip.Tooltip);
            (double p10, double p50, double p90, double p99, double max) = (x.At(strip.P10), x.At(strip.P50), x.At(strip.P90), x.At(strip.P99), x.At(strip.Max));
            page.Void("line", ("class", $"l {strip.Color}"), ("x1", p90), ("x2", p99), ("y1", middle), ("y2", middle));
            page.Void("rect", ("class", $"f s {strip.Color}"), ("x", p10), ("y", middle - 7), ("width", Math.Max(1, p90 - p10)), ("height", 14.0));
            page.Void("rect", ("class", $"f {strip.Color}"), ("x", p50 - 1.5), ("y", middle - 9), ("width", 3.0), ("height", 18.0));
            page.Void("circle", ("class", $"f {strip.Color}"), ("cx", max), ("cy", middle), ("r", 3.0));
            page.Close();
        }

        page.Close();
    }
}
