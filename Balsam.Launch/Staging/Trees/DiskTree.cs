using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace Balsam.Launch.Staging.Trees;

/// <summary>A directory of this machine, a workdir or a location's. Nothing that it opens or makes lies outside: paths with <c>..</c> are refused, and no symbolic link below the directory is followed.</summary>
/// <remarks>The directory itself may be a link. On Linux a link that is put there meanwhile is not followed either; elsewhere a link is looked for before the path is opened.</remarks>
public sealed class DiskTree : IFileTree, ILocalFiles
{
    private readonly Disk _disk;

    /// <summary>Makes the tree of a directory, which need not be there yet.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="access">Who may read what is made in it.</param>
    public DiskTree(string directory, WorkdirAccess access)
        : this(directory, null, access)
    {
    }

    /// <param name="directory">The directory.</param>
    /// <param name="bounds">The directory above it whose links are not followed either; null to follow those on the way to <paramref name="directory"/>.</param>
    /// <param name="access">Who may read what is made in it.</param>
    internal DiskTree(string directory, string? bounds, WorkdirAccess access)
        : this(OperatingSystem.IsLinux() ? new LinuxDisk(directory, bounds, access) : new PortableDisk(directory, bounds, access))
    {
    }

    internal DiskTree(Disk disk) => _disk = disk;

    /// <inheritdoc/>
    public bool IsLocal => true;

    /// <inheritdoc/>
    public Task<FileEntry?> FindAsync(string path, CancellationToken cancellationToken) => Do(() => _disk.Find(path), cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<FileEntry> ListAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var open = new Stack<IEnumerator<FileEntry>>();
        try
        {
            open.Push(_disk.List(path).GetEnumerator());
            while (open.TryPeek(out IEnumerator<FileEntry>? directory))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!directory.MoveNext())
                {
                    open.Pop().Dispose();
                    continue;
                }

                FileEntry entry = directory.Current;
                yield return entry;
                if (entry.Kind == FileEntryKind.Directory)
                {
                    open.Push(_disk.List(entry.Path).GetEnumerator());
                }
            }
        }
        finally
        {
            foreach (IEnumerator<FileEntry> directory in open)
            {
                directory.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public Task<Stream> OpenReadAsync(string path, long from, CancellationToken cancellationToken) =>
        Do<Stream>(() => new LocalReader(_disk.OpenRead(path), from), cancellationToken);

    /// <inheritdoc/>
    public Task<Stream> OpenWriteAsync(string path, long from, bool isExecutable, CancellationToken cancellationToken) =>
        Do<Stream>(() => new LocalWriter(_disk.OpenWrite(path, isExecutable), from), cancellationToken);

    /// <inheritdoc/>
    public Task RenameAsync(string from, string to, CancellationToken cancellationToken) => Do(() => _disk.Rename(from, to), cancellationToken);

    /// <inheritdoc/>
    public Task MakeDirectoryAsync(string path, CancellationToken cancellationToken) => Do(() => _disk.MakeDirectory(path), cancellationToken);

    /// <inheritdoc/>
    public Task MakeLinkAsync(string path, string target, CancellationToken cancellationToken) => Do(() => _disk.MakeLink(path, target), cancellationToken);

    /// <inheritdoc/>
    public Task DeleteAsync(string path, CancellationToken cancellationToken) => Do(() => _disk.Delete(path), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _disk.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The same tree for one item: it may hold the directory that it was in last, so that the next file in it is found without the way from the top. Disposed with the item.</summary>
    internal DiskTree Hold() => new(_disk.Hold());

    SafeFileHandle ILocalFiles.OpenHandle(string path) => _disk.OpenRead(path);

    SafeFileHandle ILocalFiles.OpenDirectory(string path) => _disk.OpenDirectory(path);

    bool ILocalFiles.TryClone(SafeFileHandle from, string path, bool isExecutable)
    {
        using SafeFileHandle to = _disk.OpenWrite(path, isExecutable);
        if (RandomAccess.GetLength(to) > 0)
        {
            RandomAccess.SetLength(to, 0);
        }

        return OperatingSystem.IsLinux() && FileCalls.TryClone((int)from.DangerousGetHandle(), (int)to.DangerousGetHandle());
    }

    bool ILocalFiles.TryLink(SafeFileHandle from, string path)
    {
        _disk.Delete(path);
        return _disk.TryLink(from, path);
    }

    void ILocalFiles.Sync(string path) => _disk.Sync(path);

    void ILocalFiles.SyncAll(string path) => _disk.SyncAll(path);

    private static Task<T> Do<T>(Func<T> call, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        try
        {
            return Task.FromResult(call());
        }
        catch (TransferException failure)
        {
            return Task.FromException<T>(failure);
        }
    }

    private static Task<bool> Do(Action call, CancellationToken cancellationToken) => Do(
        () =>
        {
            call();
            return true;
        },
        cancellationToken);
}
