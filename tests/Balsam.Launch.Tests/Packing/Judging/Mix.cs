namespace Balsam.Launch.Tests.Packing.Judging;

/// <summary>Jobs and the nodes that they are to run on.</summary>
/// <param name="Name">What it is, for the table.</param>
/// <param name="Nodes">The nodes.</param>
/// <param name="Jobs">The jobs, in the order of their ids, which count from 1.</param>
internal sealed record Mix(string Name, NodeSpec[] Nodes, MixJob[] Jobs)
{
    /// <summary>No packer can end it sooner: the longest path through it, or the time that all nodes together need for what is asked of a resource.</summary>
    public double LowerBound => Math.Max(LongestPath, AreaBound);

    /// <summary>The time that all nodes together need for what is asked of a resource, of the scarcest one.</summary>
    public double AreaBound => Math.Max(
        Area(static node => node.CoreIds.Length, static resources => resources.CoresPerNode),
        Math.Max(
            Area(static node => node.GpuIds.Length, static resources => resources.GpusPerNode.Parts / (double)ResourceAmount.PartsPerUnit),
            Area(static node => node.Memory.Bytes, static resources => resources.MemoryPerNode.Bytes)));

    private double LongestPath
    {
        get
        {
            var ends = new double[Jobs.Length + 1];
            foreach (MixJob job in Jobs)
            {
                ends[job.Id] = job.Seconds + job.Parents.Select(parent => ends[parent]).DefaultIfEmpty().Max();
            }

            return ends.Max();
        }
    }

    // A job that has nodes for itself takes all of each, and each is at least as large as the smallest.
    private double Area(Func<NodeSpec, double> capacity, Func<JobResources, double> asked)
    {
        double least = Nodes.Min(capacity);
        double all = Nodes.Sum(capacity);
        return all == 0 ? 0 : Jobs.Sum(job => job.Seconds * (IsAlone(job.Resources) ? job.Resources.Nodes * Math.Max(least, asked(job.Resources)) : asked(job.Resources))) / all;
    }

    private static bool IsAlone(JobResources resources) => resources.Nodes > 1 || resources.PackingCount == 1;
}
