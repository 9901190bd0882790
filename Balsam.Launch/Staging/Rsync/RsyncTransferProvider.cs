using Balsam.Launch.Staging.Trees;
using Microsoft.Extensions.Options;
using Microsoft.Win32.SafeHandles;

namespace Balsam.Launch.Staging.Rsync;

/// <summary>Moves files by rsync over ssh: a run for each item. rsync itself resumes, compares by checksum and names a file when it is whole.</summary>
internal sealed class RsyncTransferProvider(IOptions<RsyncOptions> options) : ITransferProvider
{
    private readonly RsyncOptions _options = options.Value;

    public IReadOnlyCollection<string> Schemes { get; } = ["rsync+ssh"];

    public IAsyncEnumerable<TransferResult> MoveAsync(TransferBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Endpoint.UserInfo.Contains(':', StringComparison.Ordinal))
        {
            throw new TransferException($"The address of the location at {batch.Endpoint.Host} holds a password, which would be stored and shown. Take it out, and let ssh log in with a key.", isTransient: false);
        }

        return TransferLanes.MoveAsync(batch.Tasks, (task, token) => MoveAsync(batch.Endpoint, task, token), cancellationToken);
    }

    private async Task<TransferResult> MoveAsync(Uri endpoint, TransferTask task, CancellationToken cancellationToken)
    {
        try
        {
            TreePath.Names(task.RemotePath);
            TreePath.Names(task.Item.LocalPath);
            return await RunAsync(endpoint, task, cancellationToken).ConfigureAwait(false);
        }
        catch (TransferException failure)
        {
            return new TransferResult(task, failure);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return new TransferResult(task, new TransferException($"'{task.Item.Remote}' cannot be moved: {exception.GetType().Name}: {exception.Message}", isTransient: exception is IOException, exception));
        }
    }

    private async Task<TransferResult> RunAsync(Uri endpoint, TransferTask task, CancellationToken cancellationToken)
    {
        TransferItem item = task.Item;
        string far = RsyncCommand.Far(endpoint, task.RemotePath);
        (string directory, string near) = await PlaceAsync(task, cancellationToken).ConfigureAwait(false);
        using SafeFileHandle held = Hold(task, directory);
        string farEnd = item.IsRecursive ? far.TrimEnd('/') + "/" : far;
        (string source, string destination) = item.Direction == TransferDirection.In ? (farEnd, near) : (near, farEnd);
        RsyncEnd end = await RsyncProcess.RunAsync(_options.Program, RsyncCommand.Arguments(_options, endpoint, item.IsRecursive, source, destination), held, cancellationToken).ConfigureAwait(false);
        if (end.ExitCode != 0)
        {
            throw RsyncFailure.From(task, far, end);
        }

        var report = RsyncReport.Parse(end.Output);
        return report switch
        {
            { Skipped: [var skipped, ..] } when item.IsRecursive => throw new TransferException(
                $"'{item.Remote}' has what cannot travel ({skipped}). A link travels with its directory only when it leads to a place in it; pipes, sockets and devices never do. Put a copy in its place.", isTransient: false),
            { Files: 0 } when !item.IsRecursive => throw new TransferException(
                $"'{(item.Direction == TransferDirection.In ? task.RemotePath : item.LocalPath)}' is no file, and slot '{item.Slot}' takes one. Name a file; for a directory declare the slot with IsRecursive.", isTransient: false),
            _ => new TransferResult(task, null, report.Files, report.Bytes),
        };
    }

    // The directory that rsync is to run in, and what the file is called there: a directory is written and read from within, so that no link can stand for it.
    private static async Task<(string Directory, string Name)> PlaceAsync(TransferTask task, CancellationToken cancellationToken)
    {
        TransferItem item = task.Item;
        string local = item.LocalPath.TrimEnd('/');
        bool isIn = item.Direction == TransferDirection.In;
        if (item.IsRecursive || (isIn && (local == "." || item.LocalPath.EndsWith('/'))))
        {
            await MakeAsync(local).ConfigureAwait(false);
            return (local, "./");
        }

        string directory = TreePath.Directory(local) is { Length: > 0 } above ? above : ".";
        string name = TreePath.Name(local);
        await MakeAsync(directory).ConfigureAwait(false);
        FileEntry? there = await task.Workdir.FindAsync(local, cancellationToken).ConfigureAwait(false);
        return isIn switch
        {
            true when there is { Kind: not FileEntryKind.File } => throw new TransferException($"'{local}' in the workdir is no file that could be replaced. Take it away, or choose another path for slot '{item.Slot}'.", isTransient: false),
            true when name == TreePath.Name(task.RemotePath.TrimEnd('/')) => (directory, "./"),
            false when there is null => throw new TransferException($"'{local}' is not there. Make it before the transfer, or correct the path of slot '{item.Slot}'.", isTransient: false),
            _ => (directory, "./" + name),
        };

        Task MakeAsync(string path) => isIn ? task.Workdir.MakeDirectoryAsync(path, cancellationToken) : Task.CompletedTask;
    }

    private static SafeFileHandle Hold(TransferTask task, string directory) => task.Workdir is ILocalFiles files ? files.OpenDirectory(directory)
        : throw new TransferException($"'{task.Item.Remote}' cannot be moved by rsync: the workdir is not on this machine.", isTransient: false);
}
