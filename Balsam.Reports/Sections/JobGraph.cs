using Balsam.Reports.Charts;

namespace Balsam.Reports.Sections;

/// <summary>The jobs of a report with their edges and levels, and what can be drawn of them.</summary>
internal sealed class JobGraph
{
    private const int MostNodes = 160;
    private const int MostEdges = 1500;
    private const int MostLevels = 40;
    private const int MostInALevel = 64;

    private readonly Report _report;
    private readonly (int From, int To)[] _edges;
    private readonly int[] _levels;

    public JobGraph(Report report)
    {
        _report = report;
        Dictionary<JobId, int> places = Jobs.Index().ToDictionary(job => job.Item.Id, job => job.Index);
        _edges = [.. from job in Jobs.Index() from parent in job.Item.Parents where places.ContainsKey(parent.Parent) select (places[parent.Parent], job.Index)];
        _levels = GraphLayout.Levels(Jobs.Count, _edges);
        Outside = Jobs.Sum(job => job.Parents.Length) - _edges.Length;
    }

    public int Edges => _edges.Length;

    public int Levels => _levels.Max() + 1;

    /// <summary>How many edges come from jobs that are not there.</summary>
    public int Outside { get; }

    /// <summary>Whether a node a job can be drawn.</summary>
    public bool IsSmall =>
        Jobs.Count <= MostNodes && Edges is > 0 and <= MostEdges && Levels <= MostLevels && _levels.CountBy(level => level).Max(level => level.Value) <= MostInALevel;

    private IReadOnlyList<JobTimeline> Jobs => _report.Analysis.Jobs;

    /// <summary>A node a job.</summary>
    public (IReadOnlyList<GraphNode> Nodes, IReadOnlyList<GraphEdge> Edges) Each() => (
        [.. Jobs.Select((job, i) => new GraphNode(_report.LabelOf(job), _levels[i], [(job.State, 1)], Tooltip(job)))],
        [.. _edges.Select(edge => new GraphEdge(edge.From, edge.To, 1))]);

    /// <summary>A node for the jobs of one group and one level; where that is too much, a node a group.</summary>
    /// <returns>What a node is, in words; nodes; edges.</returns>
    public (string What, IReadOnlyList<GraphNode> Nodes, IReadOnlyList<GraphEdge> Edges) Grouped()
    {
        string[] groups = [.. Jobs.Select(_report.GroupOf)];
        (string Group, int Level)[] keys = [.. groups.Zip(_levels)];
        string what = "the jobs of one group on one level";
        if (Levels > MostLevels || keys.Distinct().Count() > MostNodes)
        {
            keys = ByGroup(groups);
            what = "all jobs of one group, at the level of the first of them";
        }

        (string Group, int Level)[] nodes = [.. keys.Distinct().OrderBy(key => key.Level)];
        Dictionary<(string, int), int> places = nodes.Index().ToDictionary(node => node.Item, node => node.Index);
        int[] place = [.. keys.Select(key => places[key])];
        ILookup<int, JobTimeline> members = Jobs.Zip(place).ToLookup(pair => pair.Second, pair => pair.First);
        return (
            what,
            [.. nodes.Select((node, i) => Node(node.Group, node.Level, [.. members[i]]))],
            [
                .. _edges.Select(edge => (From: place[edge.From], To: place[edge.To])).Where(edge => edge.From != edge.To).CountBy(edge => edge)
                    .Select(edge => new GraphEdge(edge.Key.From, edge.Key.To, edge.Value)),
            ]);
    }

    private static GraphNode Node(string group, int level, JobTimeline[] jobs)
    {
        (JobState State, long Count)[] counts = [.. StateColors.Stacked.Select(state => (state, jobs.LongCount(job => job.State == state))).Where(count => count.Item2 > 0)];
        string label = $"{group} × {Words.Count(jobs.Length)}";
        return new GraphNode(label, level, counts, string.Join('\n', [Words.Short(label), .. counts.Select(count => $"{count.State.ToText()} {Words.Count(count.Count)}")]));
    }

    // The largest groups, each where its first job is; the rest is one node at the end.
    private (string Group, int Level)[] ByGroup(string[] groups)
    {
        HashSet<string> largest = [.. groups.CountBy(group => group).OrderByDescending(group => group.Value).Take(MostInALevel - 1).Select(group => group.Key)];
        string[] named = [.. groups.Select(group => largest.Contains(group) ? group : "all others")];
        Dictionary<string, int> first = named.Zip(_levels).GroupBy(job => job.First).ToDictionary(group => group.Key, group => group.Min(job => job.Second));
        int[] ranks = [.. first.Values.Distinct().Order().Take(MostLevels)];
        return [.. named.Select(group => (group, Array.IndexOf(ranks, first[group]) is >= 0 and var rank ? rank : MostLevels))];
    }

    private string Tooltip(JobTimeline job) =>
        $"{Words.Short(_report.LabelOf(job))}\njob {job.Id}, {Words.Short(job.Application.ToString())}\n{job.State.ToText()}{(job.Failure is { } failure ? $"\n{Words.Short(failure.Message)}" : "")}";
}
