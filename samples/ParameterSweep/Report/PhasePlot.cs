using System.Globalization;
using System.Text;
using ParameterSweep.Ising;

namespace ParameterSweep.Report;

/// <summary>The plot as SVG: magnetisation above, susceptibility below, over one temperature axis, with the critical temperature marked.</summary>
internal sealed class PhasePlot
{
    private const double Width = 800;
    private const double Height = 720;
    private const double Left = 80;
    private const double Right = 770;

    private readonly StringBuilder _svg = new();
    private readonly Axis _temperature;

    private PhasePlot(Axis temperature) => _temperature = temperature;

    /// <summary>Draws the plot.</summary>
    public static string Draw(IReadOnlyList<SweepPoint> points, int lattice)
    {
        var plot = new PhasePlot(new Axis(points[0].Temperature - 0.1, points[^1].Temperature + 0.1, Left, Right));
        plot.Add($"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}" font-family="Helvetica, Arial, sans-serif" font-size="14" fill="#222">
            <rect width="{Width}" height="{Height}" fill="white"/>
            <text x="{Left}" y="34" font-size="19" font-weight="bold">Phase transition of the Ising model on a {lattice} × {lattice} lattice</text>
            <text x="{Left}" y="55" fill="#666">mean and standard error over {SweepSize.Seeds.Count} seeds at each of {points.Count} temperatures</text>
            """);
        plot.DrawMagnetisation(points, new Axis(0, 1.08, Start: 370, End: 80));
        plot.DrawSusceptibility(points, Axis.UpTo(points.Max(point => point.Susceptibility.Mean + point.Susceptibility.Error), start: 660, end: 410));
        foreach ((double tick, string label) in plot._temperature.Ticks())
        {
            plot.Add($"<text x=\"{plot._temperature.At(tick):F1}\" y=\"681\" text-anchor=\"middle\">{label}</text>");
        }

        plot.Add($"<text x=\"{(Left + Right) / 2}\" y=\"706\" text-anchor=\"middle\">temperature T (in units of the coupling)</text>\n</svg>");
        return plot._svg.ToString();
    }

    private void DrawMagnetisation(IReadOnlyList<SweepPoint> points, Axis axis)
    {
        DrawFrame(axis, "magnetisation per spin |m|");
        IEnumerable<double> fine = Enumerable.Range(0, 1001).Select(i => _temperature.From + (i / 1000.0 * (_temperature.To - _temperature.From)));
        DrawLine(fine.Select(t => (t, Onsager.Magnetisation(t))), axis, "stroke=\"#f0b45a\" stroke-width=\"4\" stroke-linejoin=\"round\"");
        DrawSeries(points, point => point.Magnetisation, axis, "#1f5fa8");
        Add($"""
            <g transform="translate({Right - 230},98)">
            <rect width="216" height="76" fill="white" stroke="#ccc"/>
            <line x1="12" y1="20" x2="42" y2="20" stroke="#1f5fa8" stroke-width="1.5"/><circle cx="27" cy="20" r="4" fill="#1f5fa8"/><text x="52" y="25">measured</text>
            <line x1="12" y1="41" x2="42" y2="41" stroke="#f0b45a" stroke-width="4"/><text x="52" y="46">exact, infinite lattice</text>
            <line x1="12" y1="62" x2="42" y2="62" stroke="#b3261e" stroke-width="1.5" stroke-dasharray="7 4"/><text x="52" y="67">critical temperature</text>
            </g>
            """);
    }

    private void DrawSusceptibility(IReadOnlyList<SweepPoint> points, Axis axis)
    {
        DrawFrame(axis, "susceptibility χ per spin");
        DrawSeries(points, point => point.Susceptibility, axis, "#1f7a3d");
        Add($"<text x=\"{_temperature.At(Onsager.CriticalTemperature) - 8:F1}\" y=\"{axis.End + 18:F1}\" text-anchor=\"end\" fill=\"#b3261e\">T<tspan dy=\"4\" font-size=\"11\">c</tspan><tspan dy=\"-4\"> = {Onsager.CriticalTemperature:F3}</tspan></text>");
    }

    private void DrawFrame(Axis axis, string title)
    {
        foreach ((double tick, string label) in axis.Ticks())
        {
            double y = axis.At(tick);
            Add($"<line x1=\"{Left}\" y1=\"{y:F1}\" x2=\"{Right}\" y2=\"{y:F1}\" stroke=\"#e6e6e6\"/>");
            Add($"<text x=\"{Left - 9}\" y=\"{y + 5:F1}\" text-anchor=\"end\">{label}</text>");
        }

        foreach ((double tick, _) in _temperature.Ticks())
        {
            double x = _temperature.At(tick);
            Add($"<line x1=\"{x:F1}\" y1=\"{axis.Start:F1}\" x2=\"{x:F1}\" y2=\"{axis.Start + 5:F1}\" stroke=\"#222\"/>");
        }

        double critical = _temperature.At(Onsager.CriticalTemperature);
        double middle = (axis.Start + axis.End) / 2;
        Add($"<rect x=\"{Left}\" y=\"{axis.End:F1}\" width=\"{Right - Left}\" height=\"{axis.Start - axis.End:F1}\" fill=\"none\" stroke=\"#222\"/>");
        Add($"<line x1=\"{critical:F1}\" y1=\"{axis.Start:F1}\" x2=\"{critical:F1}\" y2=\"{axis.End:F1}\" stroke=\"#b3261e\" stroke-width=\"1.5\" stroke-dasharray=\"7 4\"/>");
        Add($"<text transform=\"translate(26,{middle:F1}) rotate(-90)\" text-anchor=\"middle\">{title}</text>");
    }

    private void DrawSeries(IReadOnlyList<SweepPoint> points, Func<SweepPoint, Estimate> value, Axis axis, string colour)
    {
        DrawLine(points.Select(point => (point.Temperature, value(point).Mean)), axis, $"stroke=\"{colour}\" stroke-width=\"1.5\"");
        foreach (SweepPoint point in points)
        {
            double x = _temperature.At(point.Temperature);
            Estimate estimate = value(point);
            Add($"<line x1=\"{x:F1}\" y1=\"{axis.At(estimate.Mean - estimate.Error):F1}\" x2=\"{x:F1}\" y2=\"{axis.At(estimate.Mean + estimate.Error):F1}\" stroke=\"{colour}\" stroke-width=\"2\"/>");
            Add($"<circle cx=\"{x:F1}\" cy=\"{axis.At(estimate.Mean):F1}\" r=\"4\" fill=\"{colour}\"/>");
        }
    }

    private void DrawLine(IEnumerable<(double Temperature, double Value)> line, Axis axis, string style) =>
        Add($"<polyline fill=\"none\" {style} points=\"{string.Join(' ', line.Select(p => FormattableString.Invariant($"{_temperature.At(p.Temperature):F1},{axis.At(p.Value):F1}")))}\"/>");

    private void Add(FormattableString svg) => _svg.Append(svg.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
