namespace Balsam;

/// <summary>What is worth knowing before a submit that would not be refused for it.</summary>
public enum SubmitWarningKind
{
    /// <summary>A stored job has the workdir of a new one: they would write over each other's files.</summary>
    WorkdirInUse = 1,

    /// <summary>No nodes of a site are known, so whether its jobs fit any was not checked.</summary>
    NodesUnknown = 2,

    /// <summary>The stored job under the key is FAILED; a submit does not restart it.</summary>
    StoredJobFailed = 3,

    /// <summary>A function is given no input, and cannot read that.</summary>
    NoInput = 4,
}
