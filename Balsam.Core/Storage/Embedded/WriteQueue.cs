namespace Balsam.Storage.Embedded;

/// <summary>One thread that writes. It takes everything that has queued up, so that writes which come together share one commit.</summary>
internal sealed class WriteQueue
{
    private readonly object _gate = new();
    private readonly Action<List<IWriteRequest>> _process;
    private readonly Func<StoreException> _closed;
    private readonly Queue<Action> _chores = [];
    private List<IWriteRequest> _requests = [];
    private Thread? _thread;
    private bool _isClosing;

    /// <param name="process">Takes what has queued up.</param>
    /// <param name="closed">What a call after the end is told.</param>
    public WriteQueue(Action<List<IWriteRequest>> process, Func<StoreException> closed) => (_process, _closed) = (process, closed);

    public Task<T> WriteAsync<T>(Func<StagedBatch, T> stage, CancellationToken cancellationToken, Action<StagedBatch>? prepare = null)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var request = new WriteRequest<T>(stage, cancellationToken, prepare);
        lock (_gate)
        {
            DemandRunning();
            _requests.Add(request);
            Monitor.Pulse(_gate);
        }

        return request.Answer;
    }

    /// <summary>Runs something on the writer's thread, between batches.</summary>
    public Task<T> RunAsync<T>(Func<T> chore)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            DemandRunning();
            _chores.Enqueue(() =>
            {
                try
                {
                    answer.SetResult(chore());
                }
                catch (Exception exception) when (exception is not OutOfMemoryException)
                {
                    answer.SetException(exception);
                }
            });
            Monitor.Pulse(_gate);
        }

        return answer.Task;
    }

    /// <summary>Finishes what is queued, runs a last chore, and ends the thread.</summary>
    public async Task CloseAsync(Action last)
    {
        Task<bool> closed;
        lock (_gate)
        {
            if (_isClosing)
            {
                return;
            }

            closed = RunAsync(() =>
            {
                last();
                return true;
            });
            _isClosing = true;
        }

        await closed.ConfigureAwait(false);
    }

    private void DemandRunning()
    {
        if (_isClosing)
        {
            throw _closed();
        }

        if (_thread is null)
        {
            _thread = new Thread(Loop) { Name = "Balsam store writer", IsBackground = true };
            _thread.Start();
        }
    }

    private void Loop()
    {
        List<IWriteRequest> taken = [];
        while (true)
        {
            Action? chore;
            lock (_gate)
            {
                while (_requests.Count == 0 && _chores.Count == 0)
                {
                    if (_isClosing)
                    {
                        return;
                    }

                    Monitor.Wait(_gate);
                }

                (taken, _requests) = (_requests, taken);
                chore = taken.Count == 0 ? _chores.Dequeue() : null;
            }

            if (chore is not null)
            {
                chore();
            }
            else
            {
                _process(taken);
                taken.Clear();
            }
        }
    }
}
