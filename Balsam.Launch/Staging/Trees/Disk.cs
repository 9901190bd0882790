using Microsoft.Win32.SafeHandles;

namespace Balsam.Launch.Staging.Trees;

/// <summary>A directory of this machine by paths below it; no link below it is followed.</summary>
/// <remarks>Every failure is a <see cref="TransferException"/>.</remarks>
internal abstract class Disk(string root, WorkdirAccess access) : IDisposable
{
    public string Root { get; } = Path.GetFullPath(root);

    protected WorkdirAccess Access { get; } = access;

    /// <summary>The same directory for who works in it file after file: it may hold the one below it that it was in last, until it is disposed.</summary>
    public virtual Disk Hold() => this;

    public abstract void Dispose();

    public abstract FileEntry? Find(string path);

    /// <summary>What stands in a directory itself, in the order of the names.</summary>
    public abstract IEnumerable<FileEntry> List(string path);

    public abstract SafeFileHandle OpenRead(string path);

    /// <summary>Opens a directory, to be held by its descriptor.</summary>
    public abstract SafeFileHandle OpenDirectory(string path);

    public abstract SafeFileHandle OpenWrite(string path, bool isExecutable);

    public abstract void Rename(string from, string to);

    public abstract void MakeDirectory(string path);

    public abstract void MakeLink(string path, string target);

    public abstract void Delete(string path);

    /// <summary>Makes what is written durable: a file, or a directory with the names in it.</summary>
    public abstract void Sync(string path);

    /// <summary>Makes everything durable that is written to the file system of a directory.</summary>
    public abstract void SyncAll(string path);

    /// <summary>Gives an open file a further name.</summary>
    /// <returns>Whether the file system could.</returns>
    public abstract bool TryLink(SafeFileHandle file, string path);

    protected string Full(string path) => path is "" or "." ? Root : Path.Combine(Root, path.TrimStart('/'));
}
