namespace Balsam;

/// <summary>What is the matter with a store.</summary>
public enum StoreErrorKind
{
    /// <summary>It cannot write or read just now (disk full, I/O error, closed); what was asked may be tried again.</summary>
    Unavailable = 1,

    /// <summary>Another process, or another store object of this one, holds it.</summary>
    Locked = 2,

    /// <summary>It is not a Balsam store, or it is damaged. It was left as it was.</summary>
    Unreadable = 3,

    /// <summary>A newer version of Balsam wrote it.</summary>
    TooNew = 4,

    /// <summary>The file system does not let this user read or write it.</summary>
    Forbidden = 5,

    /// <summary>Its writer died of a fault: this process can do nothing more with it. Another one opens it with everything that was acknowledged.</summary>
    Failed = 6,
}
