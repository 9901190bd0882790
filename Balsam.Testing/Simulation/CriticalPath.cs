namespace Balsam.Testing.Simulation;

/// <summary>The longest way through the graph by the time that its jobs ran: with any number of nodes the campaign takes no less.</summary>
/// <param name="Jobs">The places of the jobs, first to last.</param>
/// <param name="Length">The time of their runs, repeated ones too.</param>
public sealed record CriticalPath(IReadOnlyList<int> Jobs, TimeSpan Length)
{
    internal static CriticalPath Of(CampaignGraph graph, IReadOnlyList<SimulatedRun> runs)
    {
        var ran = new TimeSpan[graph.Jobs.Length];
        foreach (SimulatedRun run in runs)
        {
            ran[run.Job] += run.End - run.Start;
        }

        // The longest way up to the end of each job, and the parent that it comes by.
        var ways = new TimeSpan[ran.Length];
        var before = new int[ran.Length];
        int last = -1;
        foreach (int job in graph.Order)
        {
            before[job] = -1;
            foreach (SimulatedParent parent in graph.Jobs[job].Parents)
            {
                before[job] = before[job] < 0 || ways[parent.Job] > ways[before[job]] ? parent.Job : before[job];
            }

            ways[job] = ran[job] + (before[job] < 0 ? TimeSpan.Zero : ways[before[job]]);
            last = last < 0 || ways[job] > ways[last] ? job : last;
        }

        List<int> path = [];
        for (int job = last; job >= 0; job = before[job])
        {
            path.Add(job);
        }

        path.Reverse();
        return new CriticalPath(path, last < 0 ? TimeSpan.Zero : ways[last]);
    }
}
