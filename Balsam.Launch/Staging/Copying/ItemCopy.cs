using System.Runtime.CompilerServices;
using Balsam.Launch.Staging.Trees;

namespace Balsam.Launch.Staging.Copying;

/// <summary>Copies one item, a file or a directory, from one tree to another.</summary>
internal sealed class ItemCopy : IAsyncDisposable
{
    private const int Lanes = 4;

    private readonly TransferTask _task;
    private readonly LocalTransferMode _mode;
    private readonly IFileTree _source;
    private readonly IFileTree _destination;
    private readonly string _from;
    private readonly string _to;
    private int _files;
    private long _bytes;

    public ItemCopy(TransferTask task, IFileTree far, LocalTransferMode mode)
    {
        _task = task;
        _mode = mode;
        bool isIn = task.Item.Direction == TransferDirection.In;
        IFileTree workdir = Held(task.Workdir);
        far = Held(far);
        (_source, _destination) = isIn ? (far, workdir) : (workdir, far);
        (_from, _to) = isIn ? (task.RemotePath, task.Item.LocalPath) : (task.Item.LocalPath, task.RemotePath);
    }

    // Of a URI the end of its path, as the server means it.
    private string Name => TreePath.Name(_task.Item.Direction == TransferDirection.In && _task.Item.Remote.Location is null ? Uri.UnescapeDataString(new Uri(_from).AbsolutePath) : _from);

    public async Task<TransferResult> RunAsync(CancellationToken cancellationToken)
    {
        FileEntry? root = await _source.FindAsync(_from, cancellationToken).ConfigureAwait(false);
        switch (root?.Kind)
        {
            case null:
                throw new TransferException($"'{TreePath.Shown(_from)}' is not there. Make it before the transfer, or fill slot '{_task.Item.Slot}' with another.", isTransient: false);
            case FileEntryKind.Link:
                throw DiskFailure.Link(_from);
            case FileEntryKind.Other:
                throw new TransferException($"'{TreePath.Shown(_from)}' is a pipe, a socket or a device. Name a file or a directory.", isTransient: false);
            case FileEntryKind.Directory when !_task.Item.IsRecursive:
                throw new TransferException($"'{TreePath.Shown(_from)}' is a directory, and slot '{_task.Item.Slot}' takes one file. Declare the slot with IsRecursive to take a directory.", isTransient: false);
            default:
                break;
        }

        if (_task.Item.Direction == TransferDirection.In)
        {
            await _task.Workdir.MakeDirectoryAsync(".", cancellationToken).ConfigureAwait(false);
        }

        Manifest manifest = await Manifest.OpenAsync(_task, $"{_task.Item.Direction} {_task.Item.Remote} {_task.Item.LocalPath}", cancellationToken).ConfigureAwait(false);
        await using (manifest.ConfigureAwait(false))
        {
            bool isFile = root.Kind == FileEntryKind.File;
            var copy = new FileCopy(_source, _destination, _task, manifest, _mode, syncsEach: isFile);
            await (isFile ? CopyFileAsync(copy, root, cancellationToken) : CopyDirectoryAsync(copy, cancellationToken)).ConfigureAwait(false);
            await manifest.RemoveAsync(cancellationToken).ConfigureAwait(false);
        }

        return new TransferResult(_task, null, _files, _bytes);
    }

    /// <summary>Lets go of what is held in the trees; they themselves live as long as the batch.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (DiskTree held in new[] { _source, _destination }.OfType<DiskTree>())
        {
            await held.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static IFileTree Held(IFileTree tree) => tree is DiskTree disk ? disk.Hold() : tree;

    private async Task CopyFileAsync(FileCopy copy, FileEntry file, CancellationToken cancellationToken)
    {
        string to = _to is "." or "" || _to.EndsWith('/') ? TreePath.Join(_to, Name) : _to;
        if (TreePath.Name(to).Length == 0)
        {
            throw new TransferException($"'{TreePath.Shown(_from)}' has no name that a file could have. Let slot '{_task.Item.Slot}' name the file.", isTransient: false);
        }

        await MakeDirectoryAsync(TreePath.Directory(to), cancellationToken).ConfigureAwait(false);
        _bytes = await copy.RunAsync(file, "", to, cancellationToken).ConfigureAwait(false);
        _files = 1;
    }

    private async Task CopyDirectoryAsync(FileCopy copy, CancellationToken cancellationToken)
    {
        await MakeDirectoryAsync(_to, cancellationToken).ConfigureAwait(false);

        // Between two directories of this machine several lanes gain nothing.
        var lanes = new ParallelOptions { MaxDegreeOfParallelism = _source.IsLocal && _destination.IsLocal ? 1 : Lanes, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(FilesAsync(cancellationToken), lanes, async (file, token) =>
        {
            string name = Below(file.Path);
            long size = await copy.RunAsync(file, name, TreePath.Join(_to, name), token).ConfigureAwait(false);
            Interlocked.Increment(ref _files);
            Interlocked.Add(ref _bytes, size);
        }).ConfigureAwait(false);
        (_destination as ILocalFiles)?.SyncAll(_to);
    }

    // The files; directories and links are made on the way, each directory before what is in it.
    private async IAsyncEnumerable<FileEntry> FilesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (FileEntry entry in _source.ListAsync(_from, cancellationToken).ConfigureAwait(false))
        {
            if (ReservedNames.IsIn(Below(entry.Path)))
            {
                continue;
            }

            switch (entry.Kind)
            {
                case FileEntryKind.File:
                    yield return entry;
                    break;
                case FileEntryKind.Directory:
                    await _destination.MakeDirectoryAsync(TreePath.Join(_to, Below(entry.Path)), cancellationToken).ConfigureAwait(false);
                    break;
                case FileEntryKind.Link:
                    await CopyLinkAsync(entry, cancellationToken).ConfigureAwait(false);
                    break;
                default:
                    throw new TransferException($"'{entry.Path}' is a pipe, a socket or a device, which cannot be copied. Take it away.", isTransient: false);
            }
        }
    }

    private async Task CopyLinkAsync(FileEntry link, CancellationToken cancellationToken)
    {
        string name = Below(link.Path);
        if (link.LinkTarget is not { } target || !InnerLink.Stays(name, target))
        {
            throw new TransferException(
                $"'{link.Path}' is a symbolic link{(link.LinkTarget is null ? "" : $" to '{link.LinkTarget}'")}. A link travels with its directory only when it leads to a place in it, without '..' behind a name. Put a copy in its place.",
                isTransient: false);
        }

        string to = TreePath.Join(_to, name);
        FileEntry? there = await _destination.FindAsync(to, cancellationToken).ConfigureAwait(false);
        if (there?.LinkTarget == target)
        {
            return;
        }

        if (there is not null)
        {
            await _destination.DeleteAsync(to, cancellationToken).ConfigureAwait(false);
        }

        await _destination.MakeLinkAsync(to, target, cancellationToken).ConfigureAwait(false);
    }

    private Task MakeDirectoryAsync(string path, CancellationToken cancellationToken) =>
        path is "" ? Task.CompletedTask : _destination.MakeDirectoryAsync(path, cancellationToken);

    private string Below(string path) => _from is "." ? path : path[(_from.Length + (_from.EndsWith('/') ? 0 : 1))..];
}
