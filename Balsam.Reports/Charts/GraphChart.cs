namespace Balsam.Reports.Charts;

/// <summary>A graph from left to right: a column for each level.</summary>
internal static class GraphChart
{
    private const double Margin = 8;
    private const double Tallest = 640;
    private const double WidestBox = 190;
    private const double LeastBox = 44;
    private const double BoxShare = 0.8;
    private const double Strip = 4;
    private const double LabelledRow = 20;

    /// <summary>Draws the chart.</summary>
    /// <returns>Whether there was room for the names.</returns>
    public static bool Draw(Markup page, string description, IReadOnlyList<GraphNode> nodes, IReadOnlyList<GraphEdge> edges)
    {
        double[] rows = GraphLayout.Rows([.. nodes.Select(node => node.Level)], [.. edges.Select(edge => (edge.From, edge.To))]);
        double tallest = rows.DefaultIfEmpty(0).Max();
        double row = Math.Clamp(Tallest / (tallest + 1), 9, 34);
        int columns = nodes.Select(node => node.Level).DefaultIfEmpty(0).Max() + 1;
        double column = (Plot.Width - (2 * Margin)) / columns;
        bool isLabelled = row >= LabelledRow && column * BoxShare >= LeastBox;
        double height = isLabelled ? Math.Min(row - 3, 26) : Math.Min(row, column) * 0.62;
        double width = isLabelled ? Math.Min(column * BoxShare, WidestBox) : height;
        double left = Margin + ((column - width) / 2);
        double X(GraphNode node) => left + (node.Level * column);
        double Y(int node) => Margin + ((rows[node] + 0.5) * row);

        page.OpenDrawing((2 * Margin) + ((tallest + 1) * row), description);
        foreach (GraphEdge edge in edges)
        {
            (double x1, double y1, double x2, double y2) = (X(nodes[edge.From]) + width, Y(edge.From), X(nodes[edge.To]), Y(edge.To));
            double bend = Math.Max(8, (x2 - x1) / 2);
            page.Open(
                    "path",
                    ("class", "edge"),
                    ("stroke-width", edge.Count > 1 ? 1 + Math.Log10(edge.Count) : null),
                    ("d", FormattableString.Invariant($"M{x1:0.#} {y1:0.#}C{x1 + bend:0.#} {y1:0.#} {x2 - bend:0.#} {y2:0.#} {x2:0.#} {y2:0.#}")))
                .Element("title", $"{nodes[edge.From].Label} → {nodes[edge.To].Label}{(edge.Count > 1 ? $": {Words.Count(edge.Count)} edges" : "")}")
                .Close();
        }

        foreach ((int i, GraphNode node) in nodes.Index())
        {
            (double x, double y) = (X(node), Y(i) - (height / 2));
            page.Open("g", ("class", "node")).Element("title", node.Tooltip);
            if (isLabelled)
            {
                page.Void("rect", ("class", "box"), ("x", x), ("y", y), ("width", width), ("height", height), ("rx", 3.0));
                StateBar.Parts(page, node.Counts, x, y + height - Strip, width, Strip);
                page.Element("text", Words.Short(node.Label, Math.Max(3, (int)((width - 8) / Plot.Letter))), ("class", "m n"), ("x", x + (width / 2)), ("y", y + ((height - Strip) / 2) + 4));
            }
            else
            {
                StateBar.Parts(page, node.Counts, x, y, width, height);
            }

            page.Close();
        }

        page.Close();
        return isLabelled;
    }
}
