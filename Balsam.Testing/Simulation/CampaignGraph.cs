using System.Globalization;
using Balsam.Storage.Embedded;

namespace Balsam.Testing.Simulation;

/// <summary>The jobs of a campaign as arrays, checked once for all the simulations of it.</summary>
internal sealed class CampaignGraph
{
    private readonly int[] _firstChild;
    private readonly SimulatedParent[] _children;

    /// <exception cref="ArgumentException">A request is unsound, a parent is not there or named twice, or the parents form a circle.</exception>
    public CampaignGraph(IReadOnlyList<SimulatedJob> jobs)
    {
        Jobs = [.. jobs];
        ShapeOf = new int[Jobs.Length];
        ParentCounts = new int[Jobs.Length];
        Dictionary<JobResources, int> shapes = [];
        List<JobResources> known = [];
        for (int job = 0; job < Jobs.Length; job++)
        {
            JobResources resources = Jobs[job].Resources;
            if (!shapes.TryGetValue(resources, out int shape))
            {
                foreach (string problem in resources.Validate())
                {
                    throw Refusal(job, problem);
                }

                shapes.Add(resources, shape = known.Count);
                known.Add(resources);
            }

            ShapeOf[job] = shape;
            ParentCounts[job] = Jobs[job].Parents.Count;
        }

        Shapes = [.. known];
        CoresOfShape = [.. Shapes.Select(shape => (long)shape.CoresPerNode * shape.Nodes)];
        (_firstChild, _children) = LinkChildren();
        Order = Sort();
        PathsBehind = MeasurePaths();
    }

    public SimulatedJob[] Jobs { get; }

    /// <summary>The number of each job's request for resources.</summary>
    public int[] ShapeOf { get; }

    /// <summary>The different requests.</summary>
    public JobResources[] Shapes { get; }

    /// <summary>The cores that a request asks over all nodes.</summary>
    public long[] CoresOfShape { get; }

    public int[] ParentCounts { get; }

    /// <summary>The jobs, each behind its parents.</summary>
    public int[] Order { get; }

    /// <summary>How long the work is that waits for each job, as stores tell it.</summary>
    public TimeSpan[] PathsBehind { get; }

    public long CoresOf(int job) => CoresOfShape[ShapeOf[job]];

    /// <summary>What sorts jobs by priority, larger first, and then by the order of their submission.</summary>
    public ulong KeyOf(int job) => ((ulong)(int.MaxValue - (long)Jobs[job].Priority) << 32) | (uint)job;

    /// <summary>The job of a key.</summary>
    public static int JobOf(ulong key) => (int)(uint)key;

    /// <summary>The children of a job, each with the condition of its edge.</summary>
    public ReadOnlySpan<SimulatedParent> ChildrenOf(int job) => _children.AsSpan(_firstChild[job].._firstChild[job + 1]);

    private ArgumentException Refusal(int job, string problem) =>
        new(string.Create(CultureInfo.InvariantCulture, $"Job [{job}] ({Jobs[job].Application}) cannot be simulated: {problem}"), nameof(job));

    private (int[] First, SimulatedParent[] Children) LinkChildren()
    {
        var first = new int[Jobs.Length + 1];
        HashSet<int> seen = [];
        for (int job = 0; job < Jobs.Length; job++)
        {
            seen.Clear();
            foreach (SimulatedParent parent in Jobs[job].Parents)
            {
                if ((uint)parent.Job >= (uint)Jobs.Length || !seen.Add(parent.Job))
                {
                    throw Refusal(job, string.Create(CultureInfo.InvariantCulture, $"its parent [{parent.Job}] is not one of the {Jobs.Length} jobs, or is named twice."));
                }

                first[parent.Job + 1]++;
            }
        }

        for (int job = 0; job < Jobs.Length; job++)
        {
            first[job + 1] += first[job];
        }

        var children = new SimulatedParent[first[^1]];
        int[] next = first[..^1];
        for (int job = 0; job < Jobs.Length; job++)
        {
            foreach (SimulatedParent parent in Jobs[job].Parents)
            {
                children[next[parent.Job]++] = parent with { Job = job };
            }
        }

        return (first, children);
    }

    private TimeSpan[] MeasurePaths()
    {
        var paths = new TimeSpan[Jobs.Length];
        for (int i = Order.Length - 1; i >= 0; i--)
        {
            foreach (SimulatedParent child in ChildrenOf(Order[i]))
            {
                TimeSpan path = DependencyGraph.PathThrough(Jobs[child.Job].Resources, paths[child.Job]);
                paths[Order[i]] = path > paths[Order[i]] ? path : paths[Order[i]];
            }
        }

        return paths;
    }

    // Kahn's algorithm: what cannot be ordered is on a circle, or behind one.
    private int[] Sort()
    {
        int[] waiting = [.. ParentCounts];
        List<int> order = [.. Enumerable.Range(0, Jobs.Length).Where(job => waiting[job] == 0)];
        for (int i = 0; i < order.Count; i++)
        {
            foreach (SimulatedParent child in ChildrenOf(order[i]))
            {
                if (--waiting[child.Job] == 0)
                {
                    order.Add(child.Job);
                }
            }
        }

        return order.Count == Jobs.Length ? [.. order] : throw Refusal(Array.FindIndex(waiting, count => count > 0), "its parents form a circle, or wait for one.");
    }
}
