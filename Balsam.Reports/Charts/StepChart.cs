namespace Balsam.Reports.Charts;

/// <summary>Counts over time, as lines of steps.</summary>
internal static class StepChart
{
    /// <summary>Draws the chart.</summary>
    /// <param name="page">Where it is written.</param>
    /// <param name="frame">What stands around it; the legend is made from the curves.</param>
    /// <param name="curves">The lines; a later one is drawn over an earlier one.</param>
    public static void Draw(Markup page, Frame frame, IReadOnlyList<Curve> curves) =>
        Plot.Draw(page, frame with { Legend = [.. curves.Select(curve => (curve.Name, curve.Color, curve.IsDashed))] }, (x, y) =>
        {
            foreach (Curve curve in curves)
            {
                if (curve.IsFilled)
                {
                    page.Void("path", ("class", $"f s {curve.Color}"), ("d", StepPath.Of(curve.Points, x, y, isClosed: true)));
                }

                page.Void("path", ("class", $"l {(curve.IsDashed ? "dash " : "")}{curve.Color}"), ("d", StepPath.Of(curve.Points, x, y)));
            }
        });
}
