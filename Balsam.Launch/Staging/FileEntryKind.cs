namespace Balsam.Launch.Staging;

/// <summary>What stands in a tree.</summary>
public enum FileEntryKind
{
    /// <summary>A file.</summary>
    File = 1,

    /// <summary>A directory.</summary>
    Directory = 2,

    /// <summary>A symbolic link.</summary>
    Link = 3,

    /// <summary>A pipe, a socket, a device.</summary>
    Other = 4,
}
