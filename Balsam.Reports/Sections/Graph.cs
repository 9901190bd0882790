using Balsam.Reports.Charts;

namespace Balsam.Reports.Sections;

/// <summary>Who waited for whom: a node a job while they can be told apart; where there is no room for names, also a node for the jobs of one group.</summary>
internal static class Graph
{
    public static void Write(Markup page, Report report)
    {
        var graph = new JobGraph(report);
        int jobs = report.Analysis.Jobs.Count;
        page.Element(
            "p",
            $"{Words.Count(jobs, "job")}, {Words.Count(graph.Edges, "edge")}, {Words.Count(graph.Levels, "level")}."
            + (graph.Outside > 0 ? $" Left out: {Words.Count(graph.Outside, "edge")} from jobs that are not in this report." : "")
            + (graph.IsSmall ? " Each node is a job in the colour of its state." : ""),
            ("class", "note"));
        if (!graph.IsSmall || !Draw(page, $"Graph of {Words.Count(jobs, "job")}", graph.Each()))
        {
            (string what, IReadOnlyList<GraphNode> nodes, IReadOnlyList<GraphEdge> edges) = graph.Grouped();
            page.Element("p", $"Aggregated: each node stands for {what}. The bar below its name is how many of them are in each state.", ("class", "note"));
            Draw(page, $"Aggregated graph of {Words.Count(nodes.Count, "node")}", (nodes, edges));
        }

        StateList.Write(page, StateColors.Stacked.Select(state => (state, report.Analysis.Counts[state])).Where(count => count.Item2 > 0));
    }

    private static bool Draw(Markup page, string description, (IReadOnlyList<GraphNode> Nodes, IReadOnlyList<GraphEdge> Edges) graph) =>
        GraphChart.Draw(page, description, graph.Nodes, graph.Edges);
}
