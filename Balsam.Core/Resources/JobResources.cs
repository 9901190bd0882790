using System.Collections.Frozen;
using System.Globalization;

namespace Balsam;

/// <summary>What a job asks of the nodes that run it. A value: two equal requests are interchangeable to the packer.</summary>
/// <remarks>Fields and defaults follow the original Balsam; memory, priority, an enforced time limit, exact GPU fractions and custom resources are ours.</remarks>
public sealed record JobResources
{
    private const int MaximumPackingCount = 10_000;

    /// <summary>One core of one node.</summary>
    public static JobResources Default { get; } = new();

    /// <summary>The nodes the job runs on.</summary>
    /// <value>Default: 1. A job on several nodes gets whole nodes, as in the original.</value>
    public int Nodes { get; init; } = 1;

    /// <summary>The ranks (processes of a parallel program) on each node.</summary>
    /// <value>Default: 1.</value>
    public int RanksPerNode { get; init; } = 1;

    /// <summary>The threads of each rank; the child sees them as <c>OMP_NUM_THREADS</c>.</summary>
    /// <value>Default: 1.</value>
    public int ThreadsPerRank { get; init; } = 1;

    /// <summary>The threads that share one core.</summary>
    /// <value>Default: 1.</value>
    public int ThreadsPerCore { get; init; } = 1;

    /// <summary>The GPUs of each rank; a fraction is a share of one GPU.</summary>
    /// <value>Default: 0.</value>
    public ResourceAmount GpusPerRank { get; init; }

    /// <summary>The memory the job needs on each of its nodes.</summary>
    /// <value>Default: zero, which reserves none.</value>
    public MemorySize MemoryPerNode { get; init; }

    /// <summary>How many jobs like this one may share a node; 1 gives it the node alone.</summary>
    /// <value>Default: null, which lets cores, GPUs, memory and custom resources decide.</value>
    public int? PackingCount { get; init; }

    /// <summary>How long the job is expected to run. It is an estimate for packing and is not enforced.</summary>
    /// <value>Default: null, unknown.</value>
    public TimeSpan? WallTime { get; init; }

    /// <summary>Whether the job may be ended by the end of its launcher and started again by another, for example because it writes checkpoints. It then starts even where <see cref="WallTime"/> is longer than the launcher still runs.</summary>
    /// <value>Default: false, so that it starts only where it is expected to end in time.</value>
    public bool IsInterruptible { get; init; }

    /// <summary>How long a run may take before it is ended and becomes RUN_TIMEOUT.</summary>
    /// <value>Default: null, no limit.</value>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Amounts of named resources that the job needs on each of its nodes (licences, disk bandwidth, anything a node offers).</summary>
    /// <value>Default: none.</value>
    public IReadOnlyDictionary<string, ResourceAmount> Custom { get; init; } = FrozenDictionary<string, ResourceAmount>.Empty;

    /// <summary>Parameters for the program that starts ranks (<c>mpiexec</c>, <c>srun</c>).</summary>
    /// <value>Default: none.</value>
    public IReadOnlyDictionary<string, string> LaunchParameters { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>The cores the job takes on each node: max(1, ranks × threads per rank ÷ threads per core), as in the original.</summary>
    public int CoresPerNode => (int)Math.Clamp((long)RanksPerNode * ThreadsPerRank / Math.Max(1, ThreadsPerCore), 1, int.MaxValue);

    /// <summary>The GPUs the job takes on each node, fractions included.</summary>
    public ResourceAmount GpusPerNode => GpusPerRank * RanksPerNode;

    /// <summary>Names everything that is wrong with the request itself, whatever the nodes are.</summary>
    /// <returns>One sentence per problem; empty when the request is sound.</returns>
    public IEnumerable<string> Validate()
    {
        foreach ((string name, int value) in ((string, int)[])
            [(nameof(Nodes), Nodes), (nameof(RanksPerNode), RanksPerNode), (nameof(ThreadsPerRank), ThreadsPerRank), (nameof(ThreadsPerCore), ThreadsPerCore)])
        {
            if (value is < 1 or > 1_000_000)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it must lie between 1 and 1,000,000.");
            }
        }

        if (RanksPerNode is >= 1 and <= 1_000_000 && ThreadsPerRank is >= 1 and <= 1_000_000 && (long)RanksPerNode * ThreadsPerRank > int.MaxValue)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{RanksPerNode} ranks × {ThreadsPerRank} threads per rank is more than any node has.");
        }

        if (PackingCount is < 1 or > MaximumPackingCount)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"PackingCount is {PackingCount}; it must lie between 1 and {MaximumPackingCount}, or be null.");
        }

        if (GpusPerRank.WholeUnits > 0 && GpusPerRank.FractionParts > 0)
        {
            yield return $"GpusPerRank is {GpusPerRank}; it must be a whole number, or a share of one GPU below 1.";
        }

        if (MemoryPerNode.Bytes < 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"MemoryPerNode is {MemoryPerNode.Bytes} bytes; it must not be negative. Zero reserves none.");
        }

        if (WallTime is { } wallTime && wallTime < TimeSpan.Zero)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"WallTime is {wallTime:c}; it must not be negative, or be null when it is not known.");
        }

        if (TimeLimit is { } timeLimit && timeLimit <= TimeSpan.Zero)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"TimeLimit is {timeLimit:c}; it must be longer than zero, or be null for no limit.");
        }

        foreach ((string name, ResourceAmount amount) in Custom.Where(custom => string.IsNullOrWhiteSpace(custom.Key)))
        {
            yield return $"Custom has {amount} of '{name}'; a custom resource must have a name.";
        }
    }

    /// <inheritdoc/>
    public bool Equals(JobResources? other) =>
        ReferenceEquals(this, other)
        || (other is not null
            && Nodes == other.Nodes && RanksPerNode == other.RanksPerNode && ThreadsPerRank == other.ThreadsPerRank
            && ThreadsPerCore == other.ThreadsPerCore && GpusPerRank == other.GpusPerRank && MemoryPerNode == other.MemoryPerNode
            && PackingCount == other.PackingCount && WallTime == other.WallTime && TimeLimit == other.TimeLimit && IsInterruptible == other.IsInterruptible
            && SameEntries(Custom, other.Custom) && SameEntries(LaunchParameters, other.LaunchParameters));

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Nodes);
        hash.Add(RanksPerNode);
        hash.Add(ThreadsPerRank);
        hash.Add(ThreadsPerCore);
        hash.Add(GpusPerRank);
        hash.Add(MemoryPerNode);
        hash.Add(PackingCount);
        hash.Add(WallTime);
        hash.Add(TimeLimit);
        hash.Add(IsInterruptible);
        hash.Add(Custom.Count);
        hash.Add(LaunchParameters.Count);
        return hash.ToHashCode();
    }

    /// <summary>Writes the request as a person would say it.</summary>
    /// <returns>For example <c>1 node × 8 cores, 2 GPUs, 4 GiB</c>.</returns>
    public override string ToString()
    {
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{Nodes} {(Nodes == 1 ? "node" : "nodes")} × {CoresPerNode} {(CoresPerNode == 1 ? "core" : "cores")}");
        if (GpusPerNode > ResourceAmount.Zero)
        {
            text += $", {GpusPerNode} {(GpusPerNode == 1 ? "GPU" : "GPUs")}";
        }

        if (MemoryPerNode.Bytes > 0)
        {
            text += $", {MemoryPerNode}";
        }

        return Custom.Count == 0 ? text : text + ", " + string.Join(", ", Custom.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Value} {c.Key}"));
    }

    private static bool SameEntries<T>(IReadOnlyDictionary<string, T> left, IReadOnlyDictionary<string, T> right) =>
        ReferenceEquals(left, right)
        || (left.Count == right.Count
            && left.All(entry => right.TryGetValue(entry.Key, out T? value) && EqualityComparer<T>.Default.Equals(entry.Value, value)));
}
