using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Balsam.Launch.Packing;

/// <summary>The nodes of one launcher, what is free on them, and the jobs that hold the rest.</summary>
/// <remarks>
/// Integers only: what a job took is restored exactly when it is released. Not safe for use by several threads at once. Time never passes
/// in here; expected ends are values given by the caller.
/// </remarks>
public sealed partial class Inventory
{
    private readonly NodeLedger[] _nodes;
    private readonly NodeIndex _index;
    private readonly NodeIndex _capacity;
    private readonly RunningJobs _jobs;
    private readonly CustomNames _names;
    private long _starts;

    /// <summary>Makes an inventory of free nodes.</summary>
    /// <param name="nodes">The nodes, in the order in which they are filled; their names differ.</param>
    /// <exception cref="ArgumentException">There are no nodes, or a name occurs twice.</exception>
    public Inventory(IEnumerable<NodeSpec> nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        Nodes = [.. nodes];
        if (Nodes.IsEmpty)
        {
            throw new ArgumentException("An inventory needs at least one node.", nameof(nodes));
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (NodeSpec node in Nodes)
        {
            if (!seen.Add(node.Name))
            {
                throw new ArgumentException($"Node '{node.Name}' occurs twice.", nameof(nodes));
            }
        }

        _jobs = new RunningJobs(Nodes.Max(static node => node.GpuIds.Length));
        _names = new CustomNames(Nodes);
        _nodes = [.. Nodes.Select(node => new NodeLedger(node, _names))];
        _index = new NodeIndex(_nodes, _names);
        _capacity = new NodeIndex(_nodes, _names);
        TotalCores = Nodes.Sum(static node => node.CoreIds.Length);
        FreeCores = TotalCores;
        _latestEnds = new long[Nodes.Length];
        Planner = new ReservationPlanner(this);
        Rehearsal = new Rehearsal(this);
    }

    /// <summary>The nodes in list order.</summary>
    public ImmutableArray<NodeSpec> Nodes { get; }

    /// <summary>The cores of all nodes.</summary>
    public int TotalCores { get; }

    /// <summary>The cores that no job holds. A core that is kept idle because a job has its node alone counts as free.</summary>
    public int FreeCores { get; private set; }

    /// <summary>The nodes on which nothing runs.</summary>
    public int EmptyNodes => _index.EmptyNodes;

    /// <summary>The jobs that hold a place.</summary>
    public int RunningJobs => _jobs.Count;

    /// <summary>How many candidates a policy has met so far.</summary>
    internal long Offered { get; set; }

    /// <summary>How many jobs have been placed so far.</summary>
    internal long Starts => _starts;

    /// <summary>Places a job on the first nodes that hold it, whatever is reserved for others.</summary>
    /// <param name="candidate">The job.</param>
    /// <param name="expectedEnd">When it is expected to end; null when that is not known.</param>
    /// <param name="allocation">What it holds from now on.</param>
    /// <returns>Whether there was room.</returns>
    /// <exception cref="ArgumentException">The job's request is not sound in itself.</exception>
    public bool TryPlace(PackingCandidate candidate, DateTimeOffset? expectedEnd, out Allocation allocation)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        Demand demand = candidate.Demand;
        if (demand.Nodes == 1)
        {
            int node = FindNode(demand, 0, null);
            allocation = node < 0 ? default : PlaceOn(node, candidate, expectedEnd?.UtcTicks, keepsReservation: false);
            return node >= 0;
        }

        _found.Clear();
        FindNodes(demand, demand.Nodes, null, _found);
        bool fits = _found.Count == demand.Nodes;
        allocation = fits ? PlaceOn([.. _found], candidate, expectedEnd?.UtcTicks, keepsReservation: false) : default;
        return fits;
    }

    /// <summary>Gives back what a job holds.</summary>
    /// <param name="allocation">The job's handle.</param>
    /// <exception cref="ArgumentException">The handle is of another inventory.</exception>
    /// <exception cref="InvalidOperationException">The job has been released before.</exception>
    public void Release(Allocation allocation)
    {
        if (!allocation.IsOf(this))
        {
            throw new ArgumentException("The allocation is not one of this inventory.", nameof(allocation));
        }

        ref RunningJob job = ref JobOf(allocation);
        if (job.Nodes is { } nodes)
        {
            foreach (int node in nodes)
            {
                _nodes[node].RemoveJob(allocation.Entry, _jobs);
                _nodes[node].GiveBackAll();
                FreeCores += _nodes[node].Cores;
                Released(node, job);
            }
        }
        else
        {
            // On a large inventory neither the node nor the job is in the cache: the handle knows the node, so that one need not wait for the other.
            NodeLedger ledger = _nodes[allocation.Node];
            ledger.GiveBack(job, _jobs.GpusOf(allocation.Entry));
            ledger.RemoveJob(allocation.Entry, _jobs);
            FreeCores += job.Cores.Count;
            Released(allocation.Node, job);
        }

        _jobs.Remove(allocation.Entry);
    }

    internal ref RunningJob JobOf(Allocation allocation)
    {
        if (!_jobs.IsCurrent(allocation.Entry, allocation.Generation))
        {
            ThrowReleased();
        }

        return ref _jobs[allocation.Entry];
    }

    internal bool Holds(Allocation allocation) => _jobs.IsCurrent(allocation.Entry, allocation.Generation);

    internal Placement PlacementOf(Allocation allocation)
    {
        RunningJob job = JobOf(allocation);
        return new Placement(job.Nodes is { } nodes
            ? [.. nodes.Select(node => _nodes[node].WholeShare())]
            : [_nodes[job.Node].ShareOf(job, _jobs.GpusOf(allocation.Entry))]);
    }

    [DoesNotReturn]
    private static void ThrowReleased() => throw new InvalidOperationException("The job has been released before.");
}
