namespace Balsam;

/// <summary>What runs over time: jobs, cores and nodes.</summary>
internal sealed record RunSeries(StepSeries Jobs, StepSeries Cores, StepSeries Nodes)
{
    public static RunSeries Of(IReadOnlyList<RunSpan> runs, Func<RunSpan, SiteName> siteOf)
    {
        var jobs = new SeriesWriter();
        var cores = new SeriesWriter();
        var nodes = new SeriesWriter();
        Dictionary<(SiteName, string), int> held = [];
        foreach ((long at, RunSpan run, bool starts) in EdgeList.InOrder(runs, run => run.Start, run => run.End))
        {
            int sign = starts ? 1 : -1;
            SiteName site = siteOf(run);
            jobs.Add(at, sign);
            cores.Add(at, sign * run.Cores);
            foreach (string node in run.Nodes)
            {
                nodes.Add(at, EdgeList.Hold(held, (site, node), sign));
            }
        }

        return new RunSeries(jobs.ToSeries(), cores.ToSeries(), nodes.ToSeries());
    }
}
