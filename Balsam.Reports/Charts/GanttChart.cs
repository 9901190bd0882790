namespace Balsam.Reports.Charts;

/// <summary>Each run as a bar: along the time, on the lanes of its node.</summary>
internal static class GanttChart
{
    private const double Tallest = 22;
    private const double Top = 8;
    private const double Gap = 8;
    private const double LeastLabel = 11;
    private const int LeastLetters = 6;

    // The lanes share so much height, as long as each can be seen.
    private const double Height = 560;
    private const double Least = 4;

    /// <summary>How many lanes can be drawn so that each is seen.</summary>
    public const int MostLanes = (int)(Height / Least);

    /// <summary>Puts the runs of each node on lanes.</summary>
    /// <param name="rows">The names of the nodes.</param>
    /// <param name="bars">The runs.</param>
    public static IReadOnlyList<GanttRow> Pack(IReadOnlyList<string> rows, IEnumerable<GanttBar> bars)
    {
        ILookup<int, GanttBar> byRow = bars.OrderBy(bar => bar.From).ThenBy(bar => bar.To).ToLookup(bar => bar.Row);
        return
        [
            .. rows.Select((name, row) =>
            {
                GanttBar[] own = [.. byRow[row]];
                (int[] first, int count) = Lanes.Assign([.. own.Select(bar => (bar.From, bar.To, bar.Lanes))]);
                return new GanttRow(name, own, first, count);
            }),
        ];
    }

    /// <summary>Draws the chart.</summary>
    /// <param name="page">Where it is written.</param>
    /// <param name="description">What it shows.</param>
    /// <param name="seconds">The length of the time axis.</param>
    /// <param name="since">The instant at which it begins, in words.</param>
    /// <param name="rows">The nodes.</param>
    public static void Draw(Markup page, string description, double seconds, string since, IReadOnlyList<GanttRow> rows)
    {
        double lane = Math.Clamp(Height / Math.Max(1, rows.Sum(row => row.Lanes)), Least, Tallest);
        double bottom = Top + rows.Sum(row => (row.Lanes * lane) + Gap) - Gap;
        Axis x = Plot.Time(seconds);
        page.OpenDrawing(bottom + 40, description);
        double top = Top;
        foreach (GanttRow row in rows)
        {
            page.Void("rect", ("class", "band"), ("x", Plot.Left), ("y", top), ("width", Plot.Right - Plot.Left), ("height", row.Lanes * lane));
            page.Element("text", Words.Short(row.Name, 11), ("class", "e"), ("x", Plot.Left - 7), ("y", top + (row.Lanes * lane / 2) + 4));
            top += (row.Lanes * lane) + Gap;
        }

        Plot.TimeMarks(page, x, Top, bottom, since);
        top = Top;
        foreach (GanttRow row in rows)
        {
            foreach ((GanttBar bar, int first) in row.Bars.Zip(row.First))
            {
                Draw(page, bar, x, top + (first * lane), bar.Lanes * lane);
            }

            top += (row.Lanes * lane) + Gap;
        }

        page.Close();
    }

    private static void Draw(Markup page, GanttBar bar, Axis x, double top, double height)
    {
        double left = x.At(bar.From);
        double width = Math.Max(0.6, x.At(bar.To) - left);
        double edge = height > 6 ? 0.5 : 0.25;
        page.Open("rect", ("class", $"f bar {bar.Color}"), ("x", left), ("y", top + edge), ("width", width), ("height", height - (2 * edge)))
            .Element("title", bar.Tooltip).Close();
        int letters = (int)((width - 6) / Plot.Letter);
        if (height >= LeastLabel && letters >= Math.Min(LeastLetters, bar.Label.Length))
        {
            page.Element("text", Words.Short(bar.Label, letters), ("class", $"in {bar.Color}"), ("x", left + 4), ("y", top + (height / 2) + 4));
        }
    }
}
