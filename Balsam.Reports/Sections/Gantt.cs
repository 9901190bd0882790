using Balsam.Reports.Charts;

namespace Balsam.Reports.Sections;

/// <summary>What ran when and where: every run while they can be told apart, else how busy each node was.</summary>
internal static class Gantt
{
    private const int MostBars = 2500;
    private const string NoNode = "not known";

    public static void Write(Markup page, Report report)
    {
        IReadOnlyList<RunSpan> runs = report.Analysis.Runs;
        if (runs.Count == 0)
        {
            page.Element("p", "Nothing has run.");
            return;
        }

        string[] nodes = [.. runs.SelectMany(NodesOf).Distinct().OrderBy(node => node.Length).ThenBy(node => node, StringComparer.Ordinal)];
        IReadOnlyList<GanttRow>? rows = Rows(report, nodes);
        if (rows is null)
        {
            WriteLoad(page, report, nodes);
        }
        else
        {
            bool isByCores = rows.Any(row => row.Bars.Any(bar => bar.Lanes > 1));
            page.Element("p", $"Each bar is a run{(isByCores ? ", as high as it has cores" : "")}. Its colour is how it ended.", ("class", "note"));
            GanttChart.Draw(page, $"Gantt chart of {Words.Count(runs.Count, "run")} on {Words.Count(nodes.Length, "node")}", report.Seconds, report.Since, rows);
            StateList.Write(page, runs.GroupBy(StateOf).OrderBy(group => group.Key).Select(group => (group.Key, group.LongCount())));
        }
    }

    private static IReadOnlyList<GanttRow>? Rows(Report report, string[] nodes)
    {
        IReadOnlyList<RunSpan> runs = report.Analysis.Runs;
        if (runs.Sum(run => Math.Max(1, run.Nodes.Count)) > MostBars)
        {
            return null;
        }

        Dictionary<string, int> places = nodes.Index().ToDictionary(node => node.Item, node => node.Index);
        return new Func<RunSpan, int>[] { CoresOnANode, static _ => 1 }
            .Select(lanes => GanttChart.Pack(nodes, runs.SelectMany(run => NodesOf(run).Select(node => Bar(report, run, node, places[node], lanes(run))))))
            .FirstOrDefault(rows => rows.Sum(row => row.Lanes) <= GanttChart.MostLanes);
    }

    private static GanttBar Bar(Report report, RunSpan run, string node, int place, int lanes)
    {
        JobTimeline? job = report.Jobs.GetValueOrDefault(run.JobId);
        DateTimeOffset end = run.End ?? report.Analysis.To;
        string label = job is null ? $"job {run.JobId}" : report.LabelOf(job);
        string tooltip = string.Join('\n',
        [
            Words.Short(label),
            $"job {run.JobId}, {Words.Short(run.Application.ToString())}, run {run.Attempt}",
            $"{Words.Duration(end - run.Start)}, from {Words.Duration(run.Start - report.Analysis.From)} on",
            $"{Words.Count(run.Cores, "core")} on {Words.Short(node)}{(run.Nodes.Count > 1 ? $" and {run.Nodes.Count - 1} more" : "")}",
            StateOf(run).ToText(),
        ]);
        return new GanttBar(place, report.At(run.Start), report.At(end), lanes, StateColors.Of(StateOf(run)), run.Attempt > 1 ? $"{label} #{run.Attempt}" : label, tooltip);
    }

    private static void WriteLoad(Markup page, Report report, string[] nodes)
    {
        string[][] chunks = [.. nodes.Chunk((nodes.Length + LoadChart.MostRows - 1) / LoadChart.MostRows)];
        Dictionary<string, int> places = chunks.Index().SelectMany(chunk => chunk.Item.Select(node => (node, chunk.Index))).ToDictionary();
        double[][] load = [.. chunks.Select(_ => new double[LoadChart.Bins])];
        bool[][] errors = [.. chunks.Select(_ => new bool[LoadChart.Bins])];
        double bin = Math.Max(report.Seconds, 1e-3) / LoadChart.Bins;
        foreach (RunSpan run in report.Analysis.Runs)
        {
            (double from, double to) = (report.At(run.Start), report.At(run.End ?? report.Analysis.To));
            int last = Math.Min(LoadChart.Bins - 1, (int)(to / bin));
            foreach (string node in NodesOf(run))
            {
                for (int i = Math.Min(LoadChart.Bins - 1, (int)(from / bin)); i <= last; i++)
                {
                    load[places[node]][i] += Math.Max(0, Math.Min(to, (i + 1) * bin) - Math.Max(from, i * bin)) / bin * CoresOnANode(run);
                }

                errors[places[node]][last] |= WentWrong(run);
            }
        }

        double[] perNode = [.. load.Select((row, i) => row.Max() / chunks[i].Length)];
        double most = Math.Max(perNode.Max(), 1e-9);
        page.Element(
            "p",
            $"{Words.Count(report.Analysis.Runs.Count)} runs are more than can be drawn one by one: this shows how busy each node was, in {LoadChart.Bins} stretches of "
            + $"{Words.Duration(TimeSpan.FromSeconds(bin))}.{(chunks[0].Length > 1 ? $" A row is the mean of up to {chunks[0].Length} nodes." : "")}",
            ("class", "note"));
        LoadChart.Draw(
            page,
            $"Busy cores of {Words.Count(nodes.Length, "node")} over time",
            report.Seconds,
            report.Since,
            [.. chunks.Select((chunk, i) => new LoadRow(chunk.Length == 1 ? chunk[0] : $"{chunk[0]} …", [.. load[i].Select(busy => busy / most / chunk.Length)], errors[i]))]);
        page.Open("ul", ("class", "states"));
        for (int shade = 1; shade <= LoadChart.Shades; shade++)
        {
            page.Open("li").Element("span", "", ("class", $"dot load{shade}")).Text($"up to {Words.Count(Math.Round(most * shade / LoadChart.Shades, 1))} busy cores").Close();
        }

        long wrong = report.Analysis.Runs.LongCount(WentWrong);
        page.Open("li").Element("span", "", ("class", $"dot {StateColors.Of(JobState.RunError)}")).Text($"{Words.Count(wrong, "run")} ended in an error or by a limit").Close().Close();
    }

    private static bool WentWrong(RunSpan run) => run.Outcome is not (null or JobState.RunDone);

    private static IReadOnlyList<string> NodesOf(RunSpan run) => run.Nodes.Count > 0 ? run.Nodes : [NoNode];

    private static int CoresOnANode(RunSpan run) => Math.Max(1, (run.Cores + Math.Max(1, run.Nodes.Count) - 1) / Math.Max(1, run.Nodes.Count));

    private static JobState StateOf(RunSpan run) => run.Outcome ?? JobState.Running;
}
