namespace Balsam.Launch.Tests.Packing.Judging;

/// <summary>The kinds of generated mixes.</summary>
public enum MixKind
{
    /// <summary>One core each.</summary>
    SingleCore,

    /// <summary>1 to 32 cores on one node.</summary>
    MultiCore,

    /// <summary>With and without GPUs; every node has four.</summary>
    Gpu,

    /// <summary>With and without GPUs; every other node has four, the others none.</summary>
    SomeGpuNodes,

    /// <summary>Few cores, much memory.</summary>
    Memory,

    /// <summary>On several nodes, and small ones between them.</summary>
    MultiNode,

    /// <summary>All of these.</summary>
    All,

    /// <summary>All of these, in layers that depend on one another.</summary>
    Workflow,
}
