using System.Text;

namespace Balsam.Reports.Charts;

/// <summary>Parts of a whole over time, one upon the other.</summary>
internal static class AreaChart
{
    /// <summary>Into how many instants a stack is cut: one a pixel.</summary>
    public const int Samples = (int)(Plot.Right - Plot.Left);

    /// <summary>Draws the chart.</summary>
    /// <param name="page">Where it is written.</param>
    /// <param name="frame">What stands around it; the legend is made from the layers.</param>
    /// <param name="layers">The parts, the lowest first; all have equally many values.</param>
    public static void Draw(Markup page, Frame frame, IReadOnlyList<Layer> layers) =>
        Plot.Draw(page, frame with { Legend = [.. layers.Select(layer => (layer.Name, layer.Color, false))] }, (x, y) =>
        {
            double[] below = new double[layers.Count == 0 ? 0 : layers[0].Values.Length];
            foreach (Layer layer in layers)
            {
                double[] above = [.. below.Zip(layer.Values, static (under, value) => under + value)];
                page.Open("path", ("class", $"f {layer.Color}"), ("d", Path(below, above, x, y))).Element("title", layer.Name).Close();
                below = above;
            }
        });

    private static string Path(double[] below, double[] above, Axis x, Axis y)
    {
        var path = new StringBuilder();
        double width = (x.End - x.Start) / Math.Max(1, above.Length - 1);
        string Place(int i) => StepPath.Number(x.Start + (i * width));
        path.Append('M').Append(Place(0)).Append(' ').Append(StepPath.Number(y.At(above[0])));
        for (int i = 1; i < above.Length; i++)
        {
            if (above[i] != above[i - 1])
            {
                path.Append('H').Append(Place(i)).Append('V').Append(StepPath.Number(y.At(above[i])));
            }
        }

        path.Append('H').Append(StepPath.Number(x.End)).Append('V').Append(StepPath.Number(y.At(below[^1])));
        for (int i = below.Length - 1; i > 0; i--)
        {
            if (below[i] != below[i - 1])
            {
                path.Append('H').Append(Place(i)).Append('V').Append(StepPath.Number(y.At(below[i - 1])));
            }
        }

        return path.Append('H').Append(StepPath.Number(x.Start)).Append('Z').ToString();
    }
}
