using System.Globalization;

namespace Balsam.Testing;

/// <summary>Nodes and shares of them, for tests.</summary>
public static class TestNodes
{
    /// <summary>Makes nodes that are all the same, by the names of <c>node1</c>, <c>node2</c> and so on.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="cores">The cores of each, at least 1.</param>
    /// <param name="gpus">The GPUs of each.</param>
    /// <param name="memory">The memory of each; zero means that memory is not counted.</param>
    /// <returns>The nodes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static IReadOnlyList<NodeSpec> Of(int count, int cores, int gpus = 0, MemorySize memory = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return [.. Enumerable.Range(1, count).Select(i => new NodeSpec(string.Create(CultureInfo.InvariantCulture, $"node{i}"), cores, gpus, memory))];
    }

    /// <summary>The placement of a job that has some nodes for itself.</summary>
    /// <param name="nodes">The nodes; the first hosts the job's process.</param>
    /// <returns>All cores and GPUs of these nodes.</returns>
    public static Placement WholeOf(params NodeSpec[] nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        return new Placement([.. nodes.Select(static node => new NodeShare(node.Name, node.CoreIds, node.GpuIds))]);
    }

    /// <summary>The placement of a job that has a share of one node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="cores">How many of its cores: the first ones.</param>
    /// <param name="gpus">How many of its GPUs: the first ones.</param>
    /// <returns>The placement.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The node has fewer.</exception>
    public static Placement ShareOf(NodeSpec node, int cores, int gpus = 0)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cores, node.CoreIds.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(gpus, node.GpuIds.Length);
        return new Placement([new NodeShare(node.Name, node.CoreIds[..cores], node.GpuIds[..gpus])]);
    }
}
