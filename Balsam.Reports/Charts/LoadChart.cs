namespace Balsam.Reports.Charts;

/// <summary>The Gantt chart of more runs than can be drawn: how busy each node was, darker for busier, with a mark where runs went wrong.</summary>
internal static class LoadChart
{
    /// <summary>Into how many stretches the time is cut.</summary>
    public const int Bins = 250;

    /// <summary>How many rows there are at most.</summary>
    public const int MostRows = 64;

    /// <summary>How many shades there are beside idle.</summary>
    public const int Shades = 5;

    private const double Top = 8;
    private const double LeastLabel = 13;

    /// <summary>Draws the chart.</summary>
    public static void Draw(Markup page, string description, double seconds, string since, IReadOnlyList<LoadRow> rows)
    {
        double height = Math.Clamp(480.0 / Math.Max(1, rows.Count), 8, 40);
        double bottom = Top + (height * rows.Count);
        Axis x = Plot.Time(seconds);
        double bin = (x.End - x.Start) / Bins;
        int named = (int)Math.Ceiling(LeastLabel / height);
        page.OpenDrawing(bottom + 40, description);
        Plot.TimeMarks(page, x, Top, bottom, since);
        foreach ((int i, LoadRow row) in rows.Index())
        {
            double top = Top + (i * height);
            if (i % named == 0)
            {
                page.Element("text", Words.Short(row.Name, 11), ("class", "e"), ("x", Plot.Left - 7), ("y", top + (height / 2) + 4));
            }

            page.Void("rect", ("class", "band"), ("x", x.Start), ("y", top + 0.5), ("width", x.End - x.Start), ("height", height - 1));
            foreach ((int from, int to, int shade) in Stretches([.. row.Load.Select(load => load <= 0 ? 0 : (int)Math.Clamp(Math.Ceiling(load * Shades), 1, Shades))]))
            {
                page.Void("rect", ("class", $"f load{shade}"), ("x", x.Start + (from * bin)), ("y", top + 0.5), ("width", (to - from) * bin), ("height", height - 1));
            }

            foreach ((int from, int to, _) in Stretches([.. row.HasErrors.Select(has => has ? 1 : 0)]))
            {
                page.Void("rect", ("class", $"f {StateColors.Of(JobState.RunError)}"), ("x", x.Start + (from * bin)), ("y", top + height - 3.5), ("width", (to - from) * bin), ("height", 3.0));
            }
        }

        page.Close();
    }

    // Neighbours that look alike are one rectangle.
    private static IEnumerable<(int From, int To, int Value)> Stretches(int[] values)
    {
        for (int from = 0, to; from < values.Length; from = to)
        {
            for (to = from + 1; to < values.Length && values[to] == values[from];)
            {
                to++;
            }

            if (values[from] > 0)
            {
                yield return (from, to, values[from]);
            }
        }
    }
}
