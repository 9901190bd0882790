namespace Balsam.Storage.LiteDb.Files;

/// <summary>
/// Runs work, and whatever that work hands to its task scheduler, on the calling thread. LiteDB starts the writer of its log on the current
/// scheduler; so here the writer runs on the committing thread, after the commit, instead of on the thread pool.
/// </summary>
/// <remarks>
/// A commit then needs no other thread (a full thread pool does not delay it) and has no queue to wait for: when <see cref="Run"/> returns,
/// every page is in the log stream.
/// </remarks>
internal sealed class InlineScheduler : TaskScheduler
{
    private readonly Queue<Task> _tasks = new();
    private Task<Task>? _writer;

    /// <summary>Says whether LiteDB's writer has ended; it does so only by an error or when the engine closes.</summary>
    public bool WriterEnded => _writer is { IsCompleted: true } started && (!started.IsCompletedSuccessfully || started.GetAwaiter().GetResult().IsCompleted);

    /// <summary>Runs the work and all that it queued. One caller at a time.</summary>
    public void Run(Action work)
    {
        var first = new Task(work);
        first.Start(this);
        while (TryTake(out Task? task))
        {
            TryExecuteTask(task);
        }

        first.GetAwaiter().GetResult();
    }

    protected override void QueueTask(Task task)
    {
        lock (_tasks)
        {
            _tasks.Enqueue(task);
            if (task is Task<Task> writer)
            {
                _writer = writer;
            }
        }
    }

    /// <summary>Only a wait for a queued task may run it early; LiteDB's writer must not run inside the call that wakes it.</summary>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => taskWasPreviouslyQueued && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_tasks)
        {
            return [.. _tasks];
        }
    }

    private bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Task? task)
    {
        lock (_tasks)
        {
            return _tasks.TryDequeue(out task);
        }
    }
}
