using Balsam.Launch.Packing;

namespace Balsam.Testing.Simulation;

/// <summary>What a launcher has claimed and not started.</summary>
/// <remarks>
/// The launcher offers its packer all of it. Here, of jobs with equal requests and paths behind them, which are interchangeable, the packer is offered as many as could start now and one more: the plan is the same, and a
/// long queue costs nothing. It is offered all when it rehearses.
/// </remarks>
/// <param name="graph">The jobs.</param>
/// <param name="inventory">The nodes.</param>
/// <param name="isAwaited">Whether jobs still wait for a job: a store does not know the path behind it any more when none does.</param>
internal sealed class SimulationBacklog(CampaignGraph graph, Inventory inventory, Func<int, bool> isAwaited)
{
    private const int NodesLookedAt = 32;

    private readonly Dictionary<(int Shape, TimeSpan PathBehind), SortedSet<ulong>> _kinds = [];
    private readonly Dictionary<int, int> _shapes = [];
    private readonly Dictionary<int, PackingCandidate> _candidates = [];
    private readonly List<PackingCandidate> _offered = [];

    public int Count => _candidates.Count;

    public IReadOnlyCollection<int> Jobs => _candidates.Keys;

    /// <summary>The shapes of which there are jobs.</summary>
    public IReadOnlyCollection<int> Shapes => _shapes.Keys;

    public int CountOf(int shape) => _shapes.GetValueOrDefault(shape);

    public void Add(int job)
    {
        SimulatedJob simulated = graph.Jobs[job];
        TimeSpan path = graph.PathsBehind[job];
        _candidates.Add(job, new PackingCandidate(job + 1, simulated.Resources, simulated.Priority) { PathBehind = path > TimeSpan.Zero && isAwaited(job) ? path : TimeSpan.Zero });
        if (!_kinds.TryGetValue(KindOf(job), out SortedSet<ulong>? jobs))
        {
            _kinds.Add(KindOf(job), jobs = []);
        }

        jobs.Add(graph.KeyOf(job));
        _shapes[graph.ShapeOf[job]] = CountOf(graph.ShapeOf[job]) + 1;
    }

    public void Remove(int job)
    {
        SortedSet<ulong> jobs = _kinds[KindOf(job)];
        jobs.Remove(graph.KeyOf(job));
        if (jobs.Count == 0)
        {
            _kinds.Remove(KindOf(job));
        }

        _candidates.Remove(job);
        if (--_shapes[graph.ShapeOf[job]] == 0)
        {
            _shapes.Remove(graph.ShapeOf[job]);
        }
    }

    /// <summary>What the packer is offered, in the order of submission.</summary>
    public IReadOnlyList<PackingCandidate> Offer()
    {
        _offered.Clear();
        bool all = inventory.Rehearsal.IsDue(Count);
        foreach (SortedSet<ulong> jobs in _kinds.Values)
        {
            int left = all || jobs.Count == 1 ? jobs.Count : MostThatFit(_candidates[CampaignGraph.JobOf(jobs.Min)].Demand) + 1;
            foreach (ulong key in jobs)
            {
                _offered.Add(_candidates[CampaignGraph.JobOf(key)]);
                if (--left == 0)
                {
                    break;
                }
            }
        }

        _offered.Sort(static (first, second) => first.Id.CompareTo(second.Id));
        return _offered;
    }

    private (int, TimeSpan) KindOf(int job) => (graph.ShapeOf[job], _candidates[job].PathBehind);

    // Not fewer than fit.
    private int MostThatFit(Demand demand)
    {
        int fit = 0;
        int node = -1;
        for (int looked = 0; (node = inventory.FindNode(demand, node + 1, null)) >= 0; looked++)
        {
            if (looked == NodesLookedAt)
            {
                return inventory.FreeCores / demand.Cores;
            }

            fit += demand.IsAlone ? 1 : inventory.Ledgers[node].Cores / demand.Cores;
        }

        return fit / demand.Nodes;
    }
}
