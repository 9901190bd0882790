using System.Threading.Channels;
using Balsam.Launch.Staging;

namespace Balsam.Testing;

/// <summary>A batch of a <see cref="FakeTransferProvider"/>. It ends by itself once every item has been told of.</summary>
public sealed class FakeTransferBatch
{
    private readonly Lock _gate = new();
    private readonly Channel<TransferResult> _results = Channel.CreateUnbounded<TransferResult>();
    private readonly HashSet<TransferTask> _left;
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal FakeTransferBatch(TransferBatch batch)
    {
        Batch = batch;
        _left = [.. batch.Tasks];
    }

    /// <summary>What was asked to move.</summary>
    public TransferBatch Batch { get; }

    /// <summary>Ends when the batch is cancelled.</summary>
    public Task Cancelled => _cancelled.Task;

    /// <summary>Lets everything arrive that has not ended.</summary>
    public void ArriveAll()
    {
        foreach (TransferTask task in Left())
        {
            Tell(new TransferResult(task, null, Files: 1));
        }
    }

    /// <summary>Lets items arrive.</summary>
    /// <param name="slot">Their slot.</param>
    /// <param name="files">How many files each has.</param>
    /// <param name="bytes">How many bytes these have.</param>
    /// <exception cref="ArgumentException">No item of the slot is under way.</exception>
    public void Arrive(string slot, int files = 1, long bytes = 0) => End(task => task.Item.Slot == slot, $"slot '{slot}'", task => new TransferResult(task, null, files, bytes));

    /// <summary>Lets the items of a job arrive.</summary>
    /// <param name="job">The job.</param>
    /// <exception cref="ArgumentException">No item of the job is under way.</exception>
    public void Arrive(JobId job) => End(task => task.JobId == job, $"job {job}", task => new TransferResult(task, null, Files: 1));

    /// <summary>Fails items.</summary>
    /// <param name="slot">Their slot.</param>
    /// <param name="reason">Why.</param>
    /// <param name="isTransient">Whether it may go better later.</param>
    /// <exception cref="ArgumentException">No item of the slot is under way.</exception>
    public void Fail(string slot, string reason, bool isTransient) =>
        End(task => task.Item.Slot == slot, $"slot '{slot}'", task => new TransferResult(task, new TransferException(reason, isTransient)));

    /// <summary>Tells a result as it is, whether it belongs to the batch or not.</summary>
    /// <param name="result">The result.</param>
    public void Tell(TransferResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        lock (_gate)
        {
            _left.Remove(result.Task);
            _results.Writer.TryWrite(result);
            if (_left.Count == 0)
            {
                _results.Writer.TryComplete();
            }
        }
    }

    /// <summary>Ends the batch without a word about what is left.</summary>
    public void End() => _results.Writer.TryComplete();

    /// <summary>Ends the batch with an exception.</summary>
    /// <param name="exception">The exception.</param>
    public void Throw(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        _results.Writer.TryComplete(exception);
    }

    internal IAsyncEnumerable<TransferResult> ReadAsync(CancellationToken cancellationToken) => _results.Reader.ReadAllAsync(cancellationToken);

    internal void NoteCancellation() => _cancelled.TrySetResult();

    private void End(Predicate<TransferTask> which, string what, Func<TransferTask, TransferResult> result)
    {
        TransferTask[] tasks = [.. Left().Where(task => which(task))];
        if (tasks.Length == 0)
        {
            throw new ArgumentException($"No item of {what} is under way in this batch; left are {string.Join(", ", Left().Select(task => $"'{task.Item.Slot}' of job {task.JobId}"))}.");
        }

        Array.ForEach(tasks, task => Tell(result(task)));
    }

    private TransferTask[] Left()
    {
        lock (_gate)
        {
            return [.. _left];
        }
    }
}
