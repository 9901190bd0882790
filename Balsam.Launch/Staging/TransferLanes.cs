using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Balsam.Launch.Staging;

/// <summary>Moves the items of a batch several at a time and tells of each as it ends.</summary>
internal static class TransferLanes
{
    private const int Lanes = 4;

    /// <summary>Moves the items. Who stops listening, or cancels, gets no more results, but waits until nothing moves.</summary>
    /// <param name="tasks">The items.</param>
    /// <param name="move">Moves one; tells of its failure and throws only what cancels.</param>
    /// <param name="cancellationToken">Cancels all.</param>
    public static async IAsyncEnumerable<TransferResult> MoveAsync(
        IReadOnlyList<TransferTask> tasks, Func<TransferTask, CancellationToken, Task<TransferResult>> move, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var results = Channel.CreateUnbounded<TransferResult>(new UnboundedChannelOptions { SingleReader = true });
        Task moving = MoveAllAsync(tasks, move, results.Writer, abandoned.Token);
        try
        {
            await foreach (TransferResult result in results.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return result;
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
        finally
        {
            await abandoned.CancelAsync().ConfigureAwait(false);
            await moving.ConfigureAwait(false);
        }
    }

    // Ends when every item has, or when it is cancelled; never fails.
    private static async Task MoveAllAsync(
        IReadOnlyList<TransferTask> tasks, Func<TransferTask, CancellationToken, Task<TransferResult>> move, ChannelWriter<TransferResult> results, CancellationToken cancellationToken)
    {
        try
        {
            var lanes = new ParallelOptions { MaxDegreeOfParallelism = Lanes, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(tasks, lanes, async (task, token) => results.TryWrite(await move(task, token).ConfigureAwait(false))).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // What has not ended is told of by nobody: the caller has gone.
        }
        finally
        {
            results.Complete();
        }
    }
}
