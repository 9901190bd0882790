namespace Balsam.Reports.Charts;

/// <summary>What all charts over time have in common: one width, one left edge, so that an instant is at the same place in all of them.</summary>
internal static class Plot
{
    public const double Width = 1100;
    public const double Left = 78;
    public const double Right = Width - 14;

    /// <summary>How wide a letter of a label is, about: in a wide typeface, so that labels fit in others, too.</summary>
    public const double Letter = 7.2;

    private const double Capital = 8.6;

    private const double LegendRow = 20;
    private const double Below = 40;

    /// <summary>The axis of time.</summary>
    public static Axis Time(double seconds) => Axis.Elapsed(seconds, Left, Right);

    /// <summary>Begins a drawing.</summary>
    public static Markup OpenDrawing(this Markup page, double height, string description) =>
        page.Open("svg", ("viewBox", FormattableString.Invariant($"0 0 {Width:0.##} {height:0.##}")), ("role", "img"), ("aria-label", description)).Element("title", description);

    /// <summary>Draws a chart over time: legend, grid, axes, and inside them what the chart shows.</summary>
    /// <param name="page">Where it is written.</param>
    /// <param name="frame">What it looks like.</param>
    /// <param name="content">Draws what it shows.</param>
    public static void Draw(Markup page, Frame frame, Action<Axis, Axis> content)
    {
        List<(double X, int Row)> places = LegendPlaces(frame.Legend);
        double top = 10 + (places.Count == 0 ? 0 : LegendRow * (places[^1].Row + 1));
        double bottom = top + frame.Height;
        Axis x = Time(frame.Seconds);
        Axis y = frame.Values(bottom, top);
        page.OpenDrawing(bottom + Below, frame.Description);
        foreach (((string name, string color, bool dashed), (double at, int row)) in frame.Legend.Zip(places))
        {
            double middle = 12 + (row * LegendRow);
            if (dashed)
            {
                page.Void("line", ("class", $"l dash {color}"), ("x1", at), ("x2", at + 18), ("y1", middle), ("y2", middle));
            }
            else
            {
                page.Void("rect", ("class", $"f {color}"), ("x", at), ("y", middle - 6), ("width", 18.0), ("height", 12.0), ("rx", 2.0));
            }

            page.Element("text", name, ("x", at + 24), ("y", middle + 4));
        }

        foreach (Tick tick in y.Ticks)
        {
            double at = y.At(tick.Value);
            page.Void("line", ("class", "g"), ("x1", Left), ("x2", Right), ("y1", at), ("y2", at));
            page.Element("text", tick.Label, ("class", "e"), ("x", Left - 7), ("y", at + 4));
        }

        page.Element("text", y.Unit, ("class", "m t"), ("transform", FormattableString.Invariant($"translate(14 {(top + bottom) / 2:0.##}) rotate(-90)")));
        page.Open("g", ("class", "c"));
        content(x, y);
        page.Close();
        TimeMarks(page, x, top, bottom, frame.Since);
        page.Close();
    }

    /// <summary>Draws the axis of time below what ends at <paramref name="bottom"/>.</summary>
    public static void TimeMarks(Markup page, Axis x, double top, double bottom, string since)
    {
        page.Void("line", ("class", "a"), ("x1", x.Start), ("x2", x.End), ("y1", bottom), ("y2", bottom));
        foreach (Tick tick in x.Ticks)
        {
            double at = x.At(tick.Value);
            page.Void("line", ("class", "v"), ("x1", at), ("x2", at), ("y1", top), ("y2", bottom));
            page.Void("line", ("class", "a"), ("x1", at), ("x2", at), ("y1", bottom), ("y2", bottom + 4));
            page.Element("text", tick.Label, ("class", "m"), ("x", at), ("y", bottom + 17));
        }

        page.Element("text", $"{x.Unit} since {since}", ("class", "m t"), ("x", (x.Start + x.End) / 2), ("y", bottom + 34));
    }

    private static List<(double X, int Row)> LegendPlaces(IReadOnlyList<(string Name, string Color, bool IsDashed)> legend)
    {
        List<(double, int)> places = [];
        (double x, int row) = (Left, 0);
        foreach ((string name, _, _) in legend)
        {
            double width = 24 + name.Sum(letter => char.IsUpper(letter) ? Capital : Letter) + 20;
            if (x > Left && x + width > Right)
            {
                (x, row) = (Left, row + 1);
            }

            places.Add((x, row));
            x += width;
        }

        return places;
    }
}
