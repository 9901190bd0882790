namespace Balsam.Reports.Charts;

/// <summary>A value for each stretch of time, as bars side by side.</summary>
internal static class BarChart
{
    /// <summary>Draws the chart.</summary>
    /// <param name="page">Where it is written.</param>
    /// <param name="frame">What stands around it.</param>
    /// <param name="color">The style's class of the bars' colour.</param>
    /// <param name="bars">Seconds, value, and what the tooltip says.</param>
    public static void Draw(Markup page, Frame frame, string color, IEnumerable<(double From, double To, double Value, string Tooltip)> bars) =>
        Plot.Draw(page, frame, (x, y) =>
        {
            foreach ((double from, double to, double value, string tooltip) in bars.Where(bar => bar.Value > 0))
            {
                double left = x.At(from);
                double top = y.At(value);
                page.Open("rect", ("class", $"f {color}"), ("x", left), ("y", top), ("width", Math.Max(0.5, x.At(to) - left - 1)), ("height", y.Start - top))
                    .Element("title", tooltip).Close();
            }
        });
}
