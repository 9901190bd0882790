using Balsam.Launch.Packing;

namespace Balsam.Testing.Simulation;

/// <summary>What a launcher knows: its nodes, what it has claimed, and whether it has reason to look again.</summary>
internal sealed class LauncherInSimulation(SimulatedAllocation allocation, int number, int source, int repeat, long start)
{
    private readonly List<int> _claimed = [];

    public SimulatedAllocation Allocation => allocation;

    public int Number => number;

    /// <summary>The place of the allocation in the options.</summary>
    public int Source => source;

    /// <summary>Which of its repeats it is, from 1.</summary>
    public int Repeat => repeat;

    public long Start => start;

    /// <summary>When its wall time is over; null for never.</summary>
    public long? EndsAt { get; } = allocation.WallTime is { } wallTime ? start + wallTime.Ticks : null;

    public long? Ended { get; set; }

    public Inventory Inventory { get; } = new(allocation.Nodes);

    /// <summary>What it has claimed and not started, in the order of submission.</summary>
    public List<PackingCandidate> Backlog { get; } = [];

    /// <summary>How many of each shape are in the backlog.</summary>
    public Dictionary<int, int> Held { get; } = [];

    public bool MayClaim { get; set; } = true;

    public bool MayPack { get; set; }

    /// <summary>The cores asked by what it holds and would not end within its wall time.</summary>
    public long AskedTooLate { get; set; }

    /// <summary>The cores of its nodes that have failed.</summary>
    public long Down { get; set; }

    public int Starts { get; set; }

    /// <summary>Where newly claimed jobs are put before <see cref="AddClaimed"/>.</summary>
    public List<int> Claimed => _claimed;

    /// <summary>Merges what was claimed into the backlog.</summary>
    public void AddClaimed(Func<int, PackingCandidate> candidate)
    {
        _claimed.Sort();
        int from = Backlog.Count - 1;
        int to = Backlog.Count + _claimed.Count - 1;
        for (int i = 0; i < _claimed.Count; i++)
        {
            Backlog.Add(null!);
        }

        for (int next = _claimed.Count - 1; next >= 0; to--)
        {
            bool older = from < 0 || Backlog[from].Id <= _claimed[next];
            Backlog[to] = older ? candidate(_claimed[next--]) : Backlog[from--];
        }

        _claimed.Clear();
    }
}
