namespace Balsam.Storage.LiteDb;

/// <summary>What kind of trouble <see cref="LiteDbJobStore.VerifyAsync"/> found.</summary>
public enum StoreFindingKind
{
    /// <summary>A page of the file does not match its checksum.</summary>
    DamagedPage = 1,

    /// <summary>A document does not match its checksum, or cannot be read.</summary>
    DamagedDocument = 2,

    /// <summary>A job is known and its document is not in the file.</summary>
    MissingJob = 3,

    /// <summary>A job's document is in the file, and nobody knows of it.</summary>
    StrayJob = 4,

    /// <summary>The state in a job's document is not the one in which it is known, or to which its last event brought it.</summary>
    WrongState = 5,

    /// <summary>The events of a job do not follow from each other by the transition table, or some are missing.</summary>
    BrokenHistory = 6,

    /// <summary>There are events of a job that its document does not lead to, or of a job that does not exist.</summary>
    StrayEvents = 7,

    /// <summary>A job waits for a parent that does not exist.</summary>
    MissingParent = 8,

    /// <summary>A job has a tag, a parent or a key by which it is not found.</summary>
    NotIndexed = 9,

    /// <summary>A counter is behind what it counts, so that a number would be given twice.</summary>
    CounterBehind = 10,

    /// <summary>The structure of the file cannot be followed any further: what comes behind was not looked at.</summary>
    Unfollowable = 11,
}
