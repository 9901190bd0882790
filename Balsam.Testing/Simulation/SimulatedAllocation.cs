namespace Balsam.Testing.Simulation;

/// <summary>Nodes that a campaign gets for a time: one launcher runs on them.</summary>
/// <remarks>An allocation ends when the campaign does, or at its wall time: what still runs is cut off then and may run again in another.</remarks>
public sealed record SimulatedAllocation
{
    /// <summary>Makes an allocation.</summary>
    /// <param name="nodes">The nodes, in the order in which they are filled.</param>
    /// <exception cref="ArgumentException">There are no nodes.</exception>
    public SimulatedAllocation(IEnumerable<NodeSpec> nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        Nodes = [.. nodes];
        if (Nodes.Count == 0)
        {
            throw new ArgumentException("An allocation needs at least one node.", nameof(nodes));
        }
    }

    /// <summary>The nodes.</summary>
    public IReadOnlyList<NodeSpec> Nodes { get; }

    /// <summary>How long the allocation waits in the machine's queue: from the submit of the campaign; for a repeated one from the end of the one before.</summary>
    /// <value>Default: zero.</value>
    public TimeSpan QueueWait { get; init; }

    /// <summary>How long the nodes are there.</summary>
    /// <value>Default: null, until the campaign ends.</value>
    public TimeSpan? WallTime { get; init; }

    /// <summary>How many such allocations follow each other, each as soon as the queue lets it. Needs a <see cref="WallTime"/> to matter.</summary>
    /// <value>Default: 1.</value>
    public int Repeats { get; init; } = 1;

    /// <summary>Makes an allocation of equal nodes, named n00001 and so on.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="cores">The cores of each, at least 1.</param>
    /// <param name="gpus">The GPUs of each.</param>
    /// <param name="memory">The memory of each; zero means that memory is not counted.</param>
    /// <returns>The allocation.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A count is out of range.</exception>
    public static SimulatedAllocation Of(int count, int cores, int gpus = 0, MemorySize memory = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return new SimulatedAllocation(Enumerable.Range(1, count).Select(i => new NodeSpec(FormattableString.Invariant($"n{i:D5}"), cores, gpus, memory)));
    }

    internal SimulatedAllocation Resized(int? count, TimeSpan? wallTime) => new(count is { } nodes ? Take(nodes) : Nodes)
    {
        QueueWait = QueueWait,
        WallTime = wallTime ?? WallTime,
        Repeats = wallTime is null ? Repeats : int.MaxValue,
    };

    private IEnumerable<NodeSpec> Take(int count)
    {
        NodeSpec last = Nodes[^1];
        return Nodes.Take(count).Concat(Enumerable.Range(Nodes.Count + 1, Math.Max(0, count - Nodes.Count))
            .Select(i => new NodeSpec(FormattableString.Invariant($"{last.Name}+{i}"), last.CoreIds, last.GpuIds, last.Memory) { Custom = last.Custom }));
    }
}
