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
    public double AreaBound => NodeResource.All.Max(Area);

    /// <summary>The resource of which most is asked.</summary>
    public NodeResource Scarcest => NodeResource.All.MaxBy(Area)!;

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

    /// <summary>The largest part of a node that a job takes, of any resource; 1 when it has nodes for itself.</summary>
    public double PartOfNode(JobResources resources) =>
        IsAlone(resources) ? 1 : NodeResource.All.Max(resource => Nodes.Max(resource.Has) is > 0 and var most ? resource.Asked(resources) / most : 0);

    // A job that has nodes for itself takes all of each, and each is at least as large as the smallest.
    private double Area(NodeResource resource)
    {
        double least = Nodes.Min(resource.Has);
        double all = Nodes.Sum(resource.Has);
        return all == 0 ? 0 : Jobs.Sum(job => job.Seconds * (IsAlone(job.Resources) ? job.Resources.Nodes * Math.Max(least, resource.Asked(job.Resources)) : resource.Asked(job.Resources))) / all;
    }

    public static bool IsAlone(JobResources resources) => resources.Nodes > 1 || resources.PackingCount == 1;
}
