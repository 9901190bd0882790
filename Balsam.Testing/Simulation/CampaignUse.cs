namespace Balsam.Testing.Simulation;

/// <summary>What became of the time that the allocations offered, from their start to their end.</summary>
/// <remarks>
/// The parts add up exactly to <see cref="Offered"/>: nodes × time. Idle cores at an instant go, as far as there is demand, to what waits and would not end within its launcher's
/// wall time, then to what waits for room, then to what waits to be repeated, then to what waits for its parents; the rest is tail.
/// </remarks>
public sealed record CampaignUse
{
    /// <summary>All of it: the cores of the nodes × time.</summary>
    public required CoreTime Offered { get; init; }

    /// <summary>The cores of an average node, by which core-hours become node-hours.</summary>
    public required double CoresPerNode { get; init; }

    /// <summary>Runs that ended well.</summary>
    public CoreTime Used { get; init; }

    /// <summary>What the launcher added to these runs.</summary>
    public CoreTime Overhead { get; init; }

    /// <summary>Idle, and nothing was left that could have started.</summary>
    public CoreTime Tail { get; init; }

    /// <summary>Idle while jobs waited for room: they did not fit, or room was kept for another.</summary>
    public CoreTime Fragmentation { get; init; }

    /// <summary>Idle while jobs waited for their parents.</summary>
    public CoreTime DependencyWaits { get; init; }

    /// <summary>Idle while jobs waited that would not have ended within the launcher's wall time.</summary>
    public CoreTime WallTime { get; init; }

    /// <summary>Runs that failed or were cut off, nodes that were gone, and cores that were idle while jobs waited to be repeated.</summary>
    public CoreTime Failures { get; init; }

    /// <summary>All but <see cref="Used"/>.</summary>
    public CoreTime Wasted => Overhead + Tail + Fragmentation + DependencyWaits + WallTime + Failures;

    /// <summary>The share of <see cref="Offered"/> that was used, 0 to 1; 0 when nothing was offered.</summary>
    public double Utilization => Offered.Ticks == 0 ? 0 : (double)Used.Ticks / (double)Offered.Ticks;

    /// <summary>An amount in hours of an average node.</summary>
    /// <param name="time">The amount.</param>
    /// <returns>The node-hours.</returns>
    public double NodeHours(CoreTime time) => time.Hours / CoresPerNode;
}
