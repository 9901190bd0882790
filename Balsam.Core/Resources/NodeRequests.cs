using System.Globalization;

namespace Balsam;

/// <summary>Says what nodes can never hold, for example to refuse a job when it is submitted.</summary>
public static class NodeRequests
{
    /// <summary>Says why a request can never be met by some nodes, even when nothing else runs.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="resources">The request.</param>
    /// <returns>The reason, for example <c>16 GPUs asked, the largest node has 4</c>; null when the request can be met.</returns>
    public static string? WhyNever(IReadOnlyList<NodeSpec> nodes, JobResources resources) => FindShortage(nodes, resources)?.Text;

    /// <summary>Says what some nodes lack for a request, even when nothing else runs.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="resources">The request.</param>
    /// <returns>What they lack; null when the request can be met.</returns>
    public static NodeShortage? FindShortage(IReadOnlyList<NodeSpec> nodes, JobResources resources)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        ArgumentNullException.ThrowIfNull(resources);
        int sufficient = 0;
        string? firstProblem = null;
        foreach (NodeSpec node in nodes)
        {
            string? problem = node.WhyTooSmallFor(resources);
            sufficient += problem is null ? 1 : 0;
            firstProblem ??= problem;
        }

        if (sufficient >= resources.Nodes)
        {
            return null;
        }

        if (sufficient > 0 || nodes.Count == 0)
        {
            string size = sufficient == nodes.Count ? string.Empty : " that are large enough";
            return new NodeShortage("nodes", resources.Nodes, sufficient, string.Create(
                CultureInfo.InvariantCulture,
                $"{Count(resources.Nodes, "node")} asked, there {(sufficient == 1 ? "is" : "are")} {sufficient}{(sufficient == 1 && size.Length > 0 ? " that is large enough" : size)}"));
        }

        return LargestFallsShort(nodes, resources)
            ?? new NodeShortage("all together", resources.Nodes, 0, $"no single node has all of this: {resources}; the first lacks it so: {firstProblem}");
    }

    // The first thing of which no node has enough.
    private static NodeShortage? LargestFallsShort(IReadOnlyList<NodeSpec> nodes, JobResources resources)
    {
        int cores = nodes.Max(static node => node.CoreIds.Length);
        if (resources.CoresPerNode > cores)
        {
            return new NodeShortage("cores", resources.CoresPerNode, cores, string.Create(CultureInfo.InvariantCulture, $"{Count(resources.CoresPerNode, "core")} asked, the largest node has {cores}"));
        }

        int gpus = nodes.Max(static node => node.GpuIds.Length);
        ResourceAmount share = resources.GpusPerRank;
        if (share.FractionParts > 0 && resources.RanksPerNode > ResourceAmount.PartsPerUnit / share.FractionParts * gpus)
        {
            return new NodeShortage("GPUs", resources.GpusPerNode.Units, gpus, string.Create(
                CultureInfo.InvariantCulture,
                $"{resources.RanksPerNode} shares of {share} GPU asked, each of one GPU; the largest node has {Count(gpus, "GPU")}"));
        }

        if (share.FractionParts == 0 && resources.GpusPerNode.WholeUnits > gpus)
        {
            return new NodeShortage("GPUs", resources.GpusPerNode.Units, gpus, string.Create(
                CultureInfo.InvariantCulture,
                $"{resources.GpusPerNode} {(resources.GpusPerNode.WholeUnits == 1 ? "GPU" : "GPUs")} asked, the largest node has {gpus}"));
        }

        long memory = nodes.Max(static node => node.Memory.Bytes > 0 ? node.Memory.Bytes : long.MaxValue);
        if (resources.MemoryPerNode.Bytes > memory)
        {
            return new NodeShortage("memory", resources.MemoryPerNode.Bytes, memory, $"{resources.MemoryPerNode} of memory asked, the largest node has {new MemorySize(memory)}");
        }

        foreach ((string name, ResourceAmount asked) in resources.Custom.OrderBy(static entry => entry.Key, StringComparer.Ordinal))
        {
            ResourceAmount most = nodes.Max(node => node.Custom.TryGetValue(name, out ResourceAmount amount) ? amount : ResourceAmount.Zero);
            if (asked > most)
            {
                return new NodeShortage(name, asked.Units, most.Units, $"{asked} of '{name}' asked, the node that offers most has {most}");
            }
        }

        return null;
    }

    private static string Count(int count, string thing) => string.Create(CultureInfo.InvariantCulture, $"{count} {thing}{(count == 1 ? "" : "s")}");
}
