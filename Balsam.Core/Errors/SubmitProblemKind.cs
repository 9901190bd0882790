namespace Balsam;

/// <summary>What is wrong with a job of a submit.</summary>
public enum SubmitProblemKind
{
    /// <summary>The application is not registered in this host.</summary>
    UnknownApplication = 1,

    /// <summary>A parent is neither stored nor part of the call.</summary>
    UnknownParent = 2,

    /// <summary>The parents form a circle.</summary>
    Cycle = 3,

    /// <summary>A parameter is missing.</summary>
    MissingParameter = 4,

    /// <summary>A parameter is not one of the application's.</summary>
    SurplusParameter = 5,

    /// <summary>A parameter cannot stand in a command line or is not of the type that the application takes, or the parameters are too large.</summary>
    BadParameter = 6,

    /// <summary>The workdir is absolute, leaves the data directory, or cannot be a path.</summary>
    BadWorkdir = 7,

    /// <summary>Two jobs of the call have the same workdir.</summary>
    DuplicateWorkdir = 8,

    /// <summary>The request is larger than any known node, or makes no sense.</summary>
    BadResources = 9,

    /// <summary>A tag, the key or the data cannot be stored.</summary>
    BadField = 10,

    /// <summary>Two jobs of the call have the same key.</summary>
    DuplicateKey = 11,

    /// <summary>A parent is named twice, with different conditions.</summary>
    ConflictingParent = 12,

    /// <summary>A transfer fills a slot that the application does not have.</summary>
    UnknownSlot = 13,

    /// <summary>A slot that must be filled is not.</summary>
    MissingTransfer = 14,

    /// <summary>A transfer names a location that the site does not have.</summary>
    UnknownLocation = 15,

    /// <summary>The address of a transfer cannot be used: it leads out of its location, names a user or a scheme that jobs may not, or two would be written to one file.</summary>
    BadTransfer = 16,
}
