using Balsam.Launch.Packing;

namespace Balsam.Launch.Tests.Packing.Judging;

/// <summary>Runs a mix on virtual time: at each end of jobs, what is ready is offered to a packer, and what it places starts.</summary>
/// <remarks>The packer sees what a launcher would have claimed: by id, a window, and of each request no more than could start, and one.</remarks>
internal sealed class Campaign
{
    private readonly Mix _mix;
    private readonly IPackingPolicy _policy;
    private readonly Inventory _inventory;
    private readonly bool _claims;
    private readonly int[] _shapes;
    private readonly int[] _held;
    private readonly int[] _parentsLeft;
    private readonly List<int>[] _children;
    private readonly SortedSet<int> _ready = [];
    private readonly SortedDictionary<int, PackingCandidate> _backlog = [];
    private readonly PriorityQueue<(int Id, Allocation Allocation), (double End, int Id)> _running = new();
    private double _now;

    private Campaign(Mix mix, IPackingPolicy policy, bool claims)
    {
        (_mix, _policy, _claims, _inventory) = (mix, policy, claims, new Inventory(mix.Nodes));
        var shapes = new Dictionary<JobResources, int>();
        _shapes = [0, .. mix.Jobs.Select(job => shapes.TryGetValue(job.Resources, out int shape) ? shape : shapes[job.Resources] = shapes.Count)];
        _held = new int[shapes.Count];
        _parentsLeft = [0, .. mix.Jobs.Select(static job => job.Parents.Length)];
        _children = [.. Enumerable.Range(0, mix.Jobs.Length + 1).Select(static _ => new List<int>())];
        foreach (MixJob job in mix.Jobs)
        {
            Array.ForEach(job.Parents, parent => _children[parent].Add(job.Id));
            if (job.Parents.Length == 0)
            {
                _ready.Add(job.Id);
            }
        }

        (Offered, Starts, Ends) = (new double[mix.Jobs.Length + 1], new double[mix.Jobs.Length + 1], new double[mix.Jobs.Length + 1]);
        Placements = new Placement[mix.Jobs.Length + 1];
    }

    /// <summary>When the packer first saw each job, by id.</summary>
    public double[] Offered { get; }

    public double[] Starts { get; }

    public double[] Ends { get; }

    public Placement[] Placements { get; }

    /// <summary>The ids in the order in which the jobs started.</summary>
    public List<int> Order { get; } = [];

    public double Makespan => Ends.Max();

    /// <summary>Runs a mix.</summary>
    /// <param name="mix">The mix.</param>
    /// <param name="policy">The packer.</param>
    /// <param name="claims">Whether it sees only what a launcher would have claimed; else all that is ready.</param>
    public static Campaign Run(Mix mix, IPackingPolicy policy, bool claims)
    {
        var campaign = new Campaign(mix, policy, claims);
        do
        {
            campaign.Pack();
        }
        while (campaign.Advance());
        Assert.That(campaign.Order, Has.Count.EqualTo(mix.Jobs.Length), "every job has run");
        return campaign;
    }

    private void Pack()
    {
        bool placed = true;
        while (placed && Claim())
        {
            PackingPlan plan = _policy.Pack(_inventory, [.. _backlog.Values], DateTimeOffset.UnixEpoch.AddSeconds(_now), null);
            foreach (PlacedCandidate started in plan.Placed)
            {
                Start((int)started.Candidate.Id, started.Allocation);
            }

            placed = plan.Placed.Count > 0;
        }
    }

    private bool Claim()
    {
        int slots = Math.Max(0, _inventory.FreeCores) + 1;
        int room = _claims ? ClaimWindow.Of(_inventory.FreeCores, _backlog.Count).Room : int.MaxValue;
        int limit = _claims ? slots : int.MaxValue;
        List<int> claimed = [];
        foreach (int id in _ready)
        {
            if (claimed.Count < room && _held[_shapes[id]] < limit)
            {
                claimed.Add(id);
                _held[_shapes[id]]++;
                _backlog.Add(id, new PackingCandidate(id, _mix.Jobs[id - 1].Resources));
                Offered[id] = _now;
            }
        }

        _ready.ExceptWith(claimed);
        return _backlog.Count > 0;
    }

    private void Start(int id, Allocation allocation)
    {
        _backlog.Remove(id);
        _held[_shapes[id]]--;
        Starts[id] = _now;
        Ends[id] = _now + _mix.Jobs[id - 1].Seconds;
        Placements[id] = allocation.Placement;
        Order.Add(id);
        _running.Enqueue((id, allocation), (Ends[id], id));
    }

    private bool Advance()
    {
        if (_running.Count == 0)
        {
            return false;
        }

        _now = Ends[_running.Peek().Id];
        while (_running.TryPeek(out (int Id, Allocation Allocation) ended, out _) && Ends[ended.Id] <= _now)
        {
            _running.Dequeue();
            _inventory.Release(ended.Allocation);
            foreach (int child in _children[ended.Id])
            {
                if (--_parentsLeft[child] == 0)
                {
                    _ready.Add(child);
                }
            }
        }

        return true;
    }
}
