namespace Balsam.Launch.Tests.Packing.Judging;

/// <summary>A resource of nodes that jobs share.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Has">How much a node has.</param>
/// <param name="Asked">How much a job asks of a node.</param>
internal sealed record NodeResource(string Name, Func<NodeSpec, double> Has, Func<JobResources, double> Asked)
{
    public static IReadOnlyList<NodeResource> All { get; } =
    [
        new("cores", static node => node.CoreIds.Length, static resources => resources.CoresPerNode),
        new("GPUs", static node => node.GpuIds.Length, static resources => resources.GpusPerNode.Parts / (double)ResourceAmount.PartsPerUnit),
        new("memory", static node => node.Memory.Bytes, static resources => resources.MemoryPerNode.Bytes),
    ];
}
