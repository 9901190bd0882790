namespace Balsam.Launch.Packing;

/// <summary>The kinds of things that keep a job from starting.</summary>
public enum PackingObstacleKind
{
    /// <summary>No node has enough free cores.</summary>
    NotEnoughFreeCores,

    /// <summary>No node has enough free GPUs, or enough room on one GPU for a share.</summary>
    NotEnoughFreeGpus,

    /// <summary>No node has enough free memory.</summary>
    NotEnoughFreeMemory,

    /// <summary>No node has enough of a custom resource.</summary>
    NotEnoughFreeCustom,

    /// <summary>The packing counts of the jobs that run leave no room on any node.</summary>
    PackingCountReached,

    /// <summary>Each thing asked is free somewhere, but not all on one node.</summary>
    NotTogetherOnOneNode,

    /// <summary>The job wants nodes for itself, and not enough of them are empty.</summary>
    NeedsEmptyNodes,

    /// <summary>The room there is has been kept for a job that goes first.</summary>
    ReservedForEarlierJob,

    /// <summary>The launcher ends before the job would.</summary>
    WallTimeTooLong,

    /// <summary>Not even the largest node could hold it.</summary>
    TooLargeForAnyNode,

    /// <summary>It asks more nodes than there are of a sufficient size.</summary>
    TooFewNodes,
}
