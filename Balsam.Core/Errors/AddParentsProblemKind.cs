namespace Balsam;

/// <summary>Why a job cannot be given a parent.</summary>
public enum AddParentsProblemKind
{
    /// <summary>There is no such job.</summary>
    ChildNotFound = 1,

    /// <summary>The job does not wait for parents, or no longer.</summary>
    ChildNotWaiting = 2,

    /// <summary>There is no such parent.</summary>
    ParentNotFound = 3,

    /// <summary>The parent itself waits, directly or not, for the job.</summary>
    Cycle = 4,
}
