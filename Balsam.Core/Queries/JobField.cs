namespace Balsam;

/// <summary>What jobs can be ordered by.</summary>
public enum JobField
{
    /// <summary>The number, which is the order of submission.</summary>
    Id = 0,

    /// <summary>The instant of the last change.</summary>
    LastUpdate = 1,

    /// <summary>The state, in the order of the lifecycle.</summary>
    State = 2,

    /// <summary>The workdir, by character codes.</summary>
    Workdir = 3,

    /// <summary>The priority.</summary>
    Priority = 4,
}
