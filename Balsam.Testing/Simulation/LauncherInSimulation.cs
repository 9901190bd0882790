using Balsam.Launch.Packing;

namespace Balsam.Testing.Simulation;

/// <summary>What a launcher knows: its nodes, what it has claimed, and whether it has reason to look again.</summary>
internal sealed class LauncherInSimulation
{
    public LauncherInSimulation(CampaignGraph graph, SimulatedAllocation allocation, int number, int source, int repeat, long start, Func<int, bool> isAwaited)
    {
        Allocation = allocation;
        Number = number;
        Source = source;
        Repeat = repeat;
        Start = start;
        EndsAt = allocation.WallTime is { } wallTime ? start + wallTime.Ticks : null;
        Inventory = new Inventory(allocation.Nodes);
        Backlog = new SimulationBacklog(graph, Inventory, isAwaited);
    }

    public SimulatedAllocation Allocation { get; }

    public int Number { get; }

    /// <summary>The place of the allocation in the options.</summary>
    public int Source { get; }

    /// <summary>Which of its repeats it is, from 1.</summary>
    public int Repeat { get; }

    public long Start { get; }

    /// <summary>When its wall time is over; null for never.</summary>
    public long? EndsAt { get; }

    public long? Ended { get; set; }

    public Inventory Inventory { get; }

    /// <summary>What it has claimed and not started.</summary>
    public SimulationBacklog Backlog { get; }

    public bool MayClaim { get; set; } = true;

    public bool MayPack { get; set; }

    /// <summary>The cores asked by what it holds and would not end within its wall time.</summary>
    public long AskedTooLate { get; set; }

    /// <summary>The cores of its nodes that have failed.</summary>
    public long Down { get; set; }

    public int Starts { get; set; }
}
