using System.Collections.Immutable;

namespace Balsam;

/// <summary>What a job was given on one node.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="CoreIds">The ids of the cores that are the job's own.</param>
/// <param name="GpuIds">The ids of the GPUs that the job may use; one held by shares may be another job's too.</param>
public sealed record NodeShare(string Node, ImmutableArray<int> CoreIds, ImmutableArray<string> GpuIds);
