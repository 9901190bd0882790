using Microsoft.Win32.SafeHandles;

namespace Balsam.Launch.Staging.Trees;

/// <summary>What a tree on this machine can do beyond the rest: hand its files to the file system.</summary>
internal interface ILocalFiles
{
    /// <summary>Opens a file to read it.</summary>
    SafeFileHandle OpenHandle(string path);

    /// <summary>Opens a directory, to be held by its descriptor whatever becomes of its name (Linux).</summary>
    SafeFileHandle OpenDirectory(string path);

    /// <summary>Makes a file that has the blocks of another one in common with it (reflink), in place of one that may have the name.</summary>
    /// <returns>Whether the file system could; if not, the file is empty.</returns>
    bool TryClone(SafeFileHandle from, string path, bool isExecutable);

    /// <summary>Makes a further name of a file (hard link), in place of a file that may have the name.</summary>
    /// <returns>Whether the file system could.</returns>
    bool TryLink(SafeFileHandle from, string path);

    /// <summary>Makes a file durable, or the names in a directory.</summary>
    void Sync(string path);

    /// <summary>Makes everything durable that is written to the file system of a directory.</summary>
    void SyncAll(string path);
}
