using Balsam.Reports.Charts;

namespace Balsam.Reports.Sections;

/// <summary>Who waited for whom: a node a job while they can be told apart, else a node for the jobs of one group.</summary>
internal static class Graph
{
    private const int MostNodes = 160;
    private const int MostEdges = 1500;
    private const int MostLevels = 40;
    private const int MostInALevel = 64;

    public static void Write(Markup page, Report report)
    {
        IReadOnlyList<JobTimeline> jobs = report.Analysis.Jobs;
        Dictionary<JobId, int> places = jobs.Index().ToDictionary(job => job.Item.Id, job => job.Index);
        (int From, int To)[] edges = [.. from job in jobs.Index() from parent in job.Item.Parents where places.ContainsKey(parent.Parent) select (places[parent.Parent], job.Index)];
        int outside = jobs.Sum(job => job.Parents.Length) - edges.Length;
        int[] levels = GraphLayout.Levels(jobs.Count, edges);
        string[] groups = [.. jobs.Select(report.GroupOf)];

        (string Note, GraphNode[] Nodes, GraphEdge[] Edges) drawn = IsSmall(levels, edges)
            ? ($"{Words.Count(jobs.Count, "job")}, {Words.Count(edges.Length, "edge")}, {Words.Count(levels.Max() + 1, "level")}. Each node is a job in the colour of its state.",
                [.. jobs.Select((job, i) => new GraphNode(report.LabelOf(job), levels[i], [(job.State, 1)], Tooltip(report, job)))],
                [.. edges.Select(edge => new GraphEdge(edge.From, edge.To, 1))])
            : Aggregate(jobs, edges, levels, groups);
        page.Element("p", drawn.Note + (outside > 0 ? $" {Words.Count(outside, "edge")} from jobs that are not part of this report are left out." : ""), ("class", "note"));
        GraphChart.Draw(page, $"Graph of {Words.Count(jobs.Count, "job")}", drawn.Nodes, drawn.Edges);
        StateList.Write(page, StateColors.Stacked.Select(state => (state, report.Analysis.Counts[state])).Where(count => count.Item2 > 0));
    }

    private static bool IsSmall(int[] levels, (int From, int To)[] edges) =>
        levels.Length <= MostNodes && edges.Length is > 0 and <= MostEdges && levels.Max() < MostLevels && levels.CountBy(level => level).Max(level => level.Value) <= MostInALevel;

    private static (string Note, GraphNode[] Nodes, GraphEdge[] Edges) Aggregate(IReadOnlyList<JobTimeline> jobs, (int From, int To)[] edges, int[] levels, string[] groups)
    {
        string size = $"{Words.Count(jobs.Count, "job")}, {Words.Count(edges.Length, "edge")}, {Words.Count(levels.Max() + 1, "level")}";
        (string Group, int Level)[] keys = [.. groups.Zip(levels)];
        string what = "a node stands for the jobs of one group on one level";
        if (keys.Distinct().Count() > MostNodes || levels.Max() >= MostLevels)
        {
            Dictionary<string, int> first = groups.Zip(levels).GroupBy(job => job.First).ToDictionary(group => group.Key, group => group.Min(job => job.Second));
            int[] ranks = [.. first.Values.Distinct().Order()];
            HashSet<string> largest = [.. groups.CountBy(group => group).OrderByDescending(group => group.Value).Take(MostInALevel - 1).Select(group => group.Key)];
            keys = [.. groups.Select(group => largest.Contains(group) ? (group, Math.Min(Array.BinarySearch(ranks, first[group]), MostLevels - 1)) : ("all others", MostLevels - 1))];
            what = "a node stands for all jobs of one group, at the level of the first of them";
        }

        (string Group, int Level)[] nodes = [.. keys.Distinct().OrderBy(key => key.Level)];
        Dictionary<(string, int), int> places = nodes.Index().ToDictionary(node => node.Item, node => node.Index);
        int[] place = [.. keys.Select(key => places[key])];
        ILookup<int, JobTimeline> members = jobs.Zip(place).ToLookup(pair => pair.Second, pair => pair.First);
        return (
            $"{size}: more than can be drawn one by one, so {what}, with its share of each state below the name.",
            [.. nodes.Select((node, i) => Node(node.Group, node.Level, [.. members[i]]))],
            [.. edges.Select(edge => (From: place[edge.From], To: place[edge.To])).Where(edge => edge.From != edge.To).CountBy(edge => edge).Select(edge => new GraphEdge(edge.Key.From, edge.Key.To, edge.Value))]);
    }

    private static GraphNode Node(string group, int level, JobTimeline[] jobs)
    {
        (JobState State, long Count)[] counts = [.. StateColors.Stacked.Select(state => (state, jobs.LongCount(job => job.State == state))).Where(count => count.Item2 > 0)];
        string label = $"{group} × {Words.Count(jobs.Length)}";
        return new GraphNode(label, level, counts, string.Join('\n', [Words.Short(label), .. counts.Select(count => $"{count.State.ToText()} {Words.Count(count.Count)}")]));
    }

    private static string Tooltip(Report report, JobTimeline job) =>
        $"{Words.Short(report.LabelOf(job))}\njob {job.Id}, {Words.Short(job.Application.ToString())}\n{job.State.ToText()}{(job.Failure is { } failure ? $"\n{Words.Short(failure.Message)}" : "")}";
}
