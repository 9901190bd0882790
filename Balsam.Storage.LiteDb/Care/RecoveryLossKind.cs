namespace Balsam.Storage.LiteDb;

/// <summary>What kind of thing <see cref="LiteDbRepair.RecoverAsync"/> could not bring over.</summary>
public enum RecoveryLossKind
{
    /// <summary>A job: there are traces of it, and its document cannot be read. It is not in the new store.</summary>
    Job = 1,

    /// <summary>The list of a job's parents. The job is in the new store without parents, and FAILED if it waited for them.</summary>
    Parents = 2,

    /// <summary>A job for which another one waits. The one that waits is in the new store, and FAILED.</summary>
    AwaitedParent = 3,

    /// <summary>A part of a job's history. The job is in the new store, with the events that could be read.</summary>
    History = 4,

    /// <summary>The newest content of a job's document: its events go further. The job is in the new store, in the state to which its events brought it.</summary>
    Content = 5,

    /// <summary>Something that is not a job: the record of a launcher or of an application, or the counters, which were counted anew.</summary>
    Record = 6,

    /// <summary>The end of the log: the newest writes may be missing.</summary>
    Log = 7,

    /// <summary>A page or a document of which nothing can be said but where it stands.</summary>
    Unknown = 8,
}
