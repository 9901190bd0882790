using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;

namespace Balsam;

/// <summary>What one node offers: cores and GPUs by id, memory, and amounts of named resources.</summary>
public sealed record NodeSpec
{
    /// <summary>Describes a node.</summary>
    /// <param name="name">Its name, for example the host name.</param>
    /// <param name="coreIds">The ids of its cores as the operating system numbers them; at least one.</param>
    /// <param name="gpuIds">The ids of its GPUs as <c>CUDA_VISIBLE_DEVICES</c> takes them; null for none.</param>
    /// <param name="memory">Its memory; zero means that memory is not counted on this node.</param>
    /// <exception cref="ArgumentException">The name is empty, there are no cores, or an id occurs twice.</exception>
    public NodeSpec(string name, IEnumerable<int> coreIds, IEnumerable<string>? gpuIds, MemorySize memory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(coreIds);
        Name = name;
        CoreIds = [.. coreIds];
        GpuIds = gpuIds is null ? [] : [.. gpuIds];
        Memory = memory;
        if (CoreIds.IsEmpty)
        {
            throw new ArgumentException($"Node '{name}' has no cores.", nameof(coreIds));
        }

        if (CoreIds.Distinct().Count() != CoreIds.Length)
        {
            throw new ArgumentException($"Node '{name}' names a core twice.", nameof(coreIds));
        }

        if (GpuIds.Distinct(StringComparer.Ordinal).Count() != GpuIds.Length)
        {
            throw new ArgumentException($"Node '{name}' names a GPU twice.", nameof(gpuIds));
        }
    }

    /// <summary>Describes a node by counts; ids run from 0.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cores">The number of cores, at least 1.</param>
    /// <param name="gpus">The number of GPUs.</param>
    /// <param name="memory">Its memory; zero means that memory is not counted on this node.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is out of range.</exception>
    public NodeSpec(string name, int cores, int gpus = 0, MemorySize memory = default)
        : this(name, Count(cores, 1), Count(gpus, 0).Select(i => i.ToString(CultureInfo.InvariantCulture)), memory)
    {
    }

    /// <summary>The node's name.</summary>
    public string Name { get; }

    /// <summary>The ids of its cores.</summary>
    public ImmutableArray<int> CoreIds { get; }

    /// <summary>The ids of its GPUs.</summary>
    public ImmutableArray<string> GpuIds { get; }

    /// <summary>Its memory; zero means that memory is not counted on this node.</summary>
    public MemorySize Memory { get; }

    /// <summary>Amounts of named resources that the node offers.</summary>
    /// <value>Default: none.</value>
    public IReadOnlyDictionary<string, ResourceAmount> Custom { get; init; } = FrozenDictionary<string, ResourceAmount>.Empty;

    /// <summary>Says why this node, wholly empty, cannot hold one node's share of a request.</summary>
    /// <param name="resources">The request.</param>
    /// <returns>The first obstacle, or null when the share fits.</returns>
    public string? WhyTooSmallFor(JobResources resources)
    {
        ArgumentNullException.ThrowIfNull(resources);
        if (resources.CoresPerNode > CoreIds.Length)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{resources.CoresPerNode} cores asked, the node has {CoreIds.Length}");
        }

        ResourceAmount gpus = resources.GpusPerRank.FractionParts == 0
            ? resources.GpusPerNode
            : WholeGpusForShares(resources);
        if (gpus.WholeUnits > GpuIds.Length)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{resources.GpusPerNode} GPUs asked, the node has {GpuIds.Length}");
        }

        if (Memory.Bytes > 0 && resources.MemoryPerNode.Bytes > Memory.Bytes)
        {
            return $"{resources.MemoryPerNode} of memory asked, the node has {Memory}";
        }

        foreach ((string name, ResourceAmount asked) in resources.Custom)
        {
            ResourceAmount has = Custom.GetValueOrDefault(name);
            if (asked > has)
            {
                return $"{asked} of '{name}' asked, the node has {has}";
            }
        }

        return null;
    }

    /// <summary>Writes the node as a person would say it.</summary>
    /// <returns>For example <c>n01: 64 cores, 4 GPUs, 512 GiB</c>.</returns>
    public override string ToString()
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{Name}: {CoreIds.Length} cores");
        if (!GpuIds.IsEmpty)
        {
            text += string.Create(CultureInfo.InvariantCulture, $", {GpuIds.Length} GPUs");
        }

        return Memory.Bytes > 0 ? $"{text}, {Memory}" : text;
    }

    // A share comes from one GPU, so a GPU holds floor(1 / share) ranks.
    private static ResourceAmount WholeGpusForShares(JobResources resources)
    {
        long ranksPerGpu = ResourceAmount.PartsPerUnit / resources.GpusPerRank.FractionParts;
        return ResourceAmount.FromParts((resources.RanksPerNode + ranksPerGpu - 1) / ranksPerGpu * ResourceAmount.PartsPerUnit);
    }

    private static IEnumerable<int> Count(int count, int least)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, least);
        return Enumerable.Range(0, count);
    }
}
