using System.Runtime.CompilerServices;
using Balsam.Launch.Staging.Copying;
using Balsam.Launch.Staging.Trees;

namespace Balsam.Launch.Staging;

/// <summary>A provider whose other end is a tree of files: it says how to open one, and its batches are copied, resumed and checked here.</summary>
/// <remarks>
/// Each file is written under a temporary name (<c>.balsam-part-…</c>) beside its own, its checksum is taken on the way, and it is renamed once it has the size of a source that has not changed meanwhile. How far an item is stands in the
/// workdir (<c>.balsam-transfer-…</c>) until it has arrived: the next try leaves out files that are there, by size and checksum on this machine and by size and version elsewhere, and goes on in the middle of a large one. Names that begin
/// with <c>.balsam-</c> are never copied. A symbolic link in a directory travels when it leads to a place in that directory; any other fails its item.
/// </remarks>
public abstract class FileTreeProvider : ITransferProvider
{
    /// <inheritdoc/>
    public abstract IReadOnlyCollection<string> Schemes { get; }

    /// <summary>How files go where both ends are on this machine.</summary>
    private protected virtual LocalTransferMode Mode => LocalTransferMode.Copy;

    /// <inheritdoc/>
    public async IAsyncEnumerable<TransferResult> MoveAsync(TransferBatch batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        IFileTree far = await OpenAsync(batch.Endpoint, cancellationToken).ConfigureAwait(false);
        await using (far.ConfigureAwait(false))
        {
            await foreach (TransferResult result in TransferLanes.MoveAsync(batch.Tasks, (task, token) => MoveAsync(task, far, token), cancellationToken).ConfigureAwait(false))
            {
                yield return result;
            }
        }
    }

    /// <summary>Opens the tree of an endpoint: one connection, for one batch.</summary>
    /// <param name="endpoint">The endpoint. Paths are below its path.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The tree, which is disposed when the batch has ended.</returns>
    /// <exception cref="TransferException">It cannot be opened; fails all items of the batch.</exception>
    protected abstract Task<IFileTree> OpenAsync(Uri endpoint, CancellationToken cancellationToken);

    /// <summary>Refuses an item that the protocol cannot move.</summary>
    /// <param name="item">The item.</param>
    /// <exception cref="TransferException">It is refused.</exception>
    protected virtual void Check(TransferItem item)
    {
    }

    private async Task<TransferResult> MoveAsync(TransferTask task, IFileTree far, CancellationToken cancellationToken)
    {
        try
        {
            Check(task.Item);
            TreePath.Names(task.Item.LocalPath);
            if (task.Item.Remote.Location is not null)
            {
                TreePath.Names(task.RemotePath);
            }

            var copy = new ItemCopy(task, far, Mode);
            await using (copy.ConfigureAwait(false))
            {
                return await copy.RunAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (TransferException failure)
        {
            return new TransferResult(task, failure);
        }
        catch (IOException exception)
        {
            return new TransferResult(task, new TransferException($"'{TreePath.Shown(task.Item.Remote.ToString())}' cannot be moved: {exception.Message} It is tried again.", isTransient: true, exception));
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return new TransferResult(task, new TransferException($"'{TreePath.Shown(task.Item.Remote.ToString())}' cannot be moved: {exception.GetType().Name}: {exception.Message}", isTransient: false, exception));
        }
    }
}
