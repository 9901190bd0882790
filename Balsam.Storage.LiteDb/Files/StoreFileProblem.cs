namespace Balsam.Storage.LiteDb.Files;

/// <summary>What is wrong with a store file; the store above maps it to a public exception.</summary>
internal enum StoreFileProblem
{
    /// <summary>Another opener, in this or another process, holds the store.</summary>
    Locked,

    /// <summary>The file system or the runtime's settings do not lock files, so a second opener could not be kept out.</summary>
    LockingUnavailable,

    /// <summary>The path names a directory.</summary>
    IsDirectory,

    /// <summary>The file or its directory may not be read or written by this user.</summary>
    NoPermission,

    /// <summary>The file, its directory or the file system is read-only.</summary>
    ReadOnly,

    /// <summary>The file exists and has no content.</summary>
    Empty,

    /// <summary>The content is not that of a LiteDB file.</summary>
    NotLiteDb,

    /// <summary>The LiteDB file is encrypted.</summary>
    Encrypted,

    /// <summary>The LiteDB file has another format version than the one this package reads.</summary>
    OtherVersion,

    /// <summary>The file ends before the pages that its header announces.</summary>
    Truncated,

    /// <summary>The header of the LiteDB file cannot be read, or LiteDB refuses the content.</summary>
    Damaged,

    /// <summary>A part of the log that was acknowledged as durable cannot be read.</summary>
    LogDamaged,

    /// <summary>Commits that were acknowledged are missing from the log, or the whole log is gone.</summary>
    LogMissing,

    /// <summary>The log beside the file belongs to another store file.</summary>
    LogForeign,

    /// <summary>A new file was to be written where there is one.</summary>
    Exists,

    /// <summary>A log in LiteDB's own format lies beside the file: another program wrote to it and did not close it.</summary>
    LogUnmerged,

    /// <summary>The file was open and can no longer be used: an input or output error, or an internal error of LiteDB.</summary>
    Faulted,

    /// <summary>The file was deleted, moved or replaced while it was open.</summary>
    Displaced,

    /// <summary>The file could not be reached for another reason, named in the inner exception.</summary>
    Unreachable,
}
