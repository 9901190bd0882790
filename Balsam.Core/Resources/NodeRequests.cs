using System.Globalization;

namespace Balsam;

/// <summary>Compares requests with all the nodes there are.</summary>
public static class NodeRequests
{
    /// <summary>Says why a request can never be met, even with every node empty.</summary>
    /// <param name="nodes">The nodes; none means that nothing is known.</param>
    /// <param name="resources">The request.</param>
    /// <returns>What was asked and what the largest node has, or null when the request can be met or nothing is known.</returns>
    public static string? WhyNever(IReadOnlyList<NodeSpec> nodes, JobResources resources)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        ArgumentNullException.ThrowIfNull(resources);
        if (nodes.Count == 0)
        {
            return null;
        }

        int fitting = nodes.Count(node => node.WhyTooSmallFor(resources) is null);
        if (fitting >= resources.Nodes)
        {
            return null;
        }

        if (fitting > 0 || resources.Nodes > nodes.Count)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{resources.Nodes} nodes with {resources.CoresPerNode} cores and {resources.GpusPerNode} GPUs each are asked, there {(fitting == 1 ? "is" : "are")} {fitting}.");
        }

        NodeSpec largest = nodes.MaxBy(node => (resources.GpusPerNode > ResourceAmount.Zero ? node.GpuIds.Length : 0, node.CoreIds.Length, node.Memory.Bytes))!;
        return $"no node is large enough: {largest.WhyTooSmallFor(resources)}; the largest is {largest}.";
    }
}
