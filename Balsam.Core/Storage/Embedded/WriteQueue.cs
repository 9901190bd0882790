namespace Balsam.Storage.Embedded;

/// <summary>One writer at a time. It takes everything that has queued up, so that writes which come together share one commit.</summary>
/// <param name="process">Writes a batch and answers it.</param>
/// <param name="onCallers">
/// Whether whoever comes while nobody writes does the work, for himself and for all who come meanwhile, rather than a thread that does nothing else.
/// Two changes of threads a write are saved; it suits stores whose writes wait for nothing.
/// </param>
/// <param name="closed">What a call after the end is told.</param>
internal sealed class WriteQueue(Action<List<IWriteRequest>> process, bool onCallers, Func<StoreException> closed)
{
    private readonly object _gate = new();
    private readonly Queue<Action> _chores = [];
    private List<IWriteRequest> _requests = [];
    private List<IWriteRequest> _taken = [];
    private Thread? _thread;
    private bool _isCallerWriting;
    private bool _isClosing;

    public Task<T> WriteAsync<T>(Func<StagedBatch, T> stage, CancellationToken cancellationToken, Action<StagedBatch>? prepare = null)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var request = new WriteRequest<T>(stage, cancellationToken, prepare);
        bool mustWrite;
        lock (_gate)
        {
            DemandOpen();
            _requests.Add(request);
            mustWrite = CallWriter();
        }

        WriteIf(mustWrite);
        return request.Answer;
    }

    /// <summary>Runs something in the writer's place, between batches.</summary>
    public Task<T> RunAsync<T>(Func<T> chore)
    {
        bool mustWrite;
        Task<T> answer;
        lock (_gate)
        {
            DemandOpen();
            answer = Enqueue(chore);
            mustWrite = CallWriter();
        }

        WriteIf(mustWrite);
        return answer;
    }

    /// <summary>Finishes what is queued, runs a last chore, and ends the thread.</summary>
    public async Task CloseAsync(Action last)
    {
        bool mustWrite;
        Task<bool> closed;
        lock (_gate)
        {
            if (_isClosing)
            {
                return;
            }

            closed = Enqueue(() =>
            {
                last();
                return true;
            });
            mustWrite = CallWriter();
            _isClosing = true;
        }

        WriteIf(mustWrite);
        await closed.ConfigureAwait(false);
    }

    private Task<T> Enqueue<T>(Func<T> chore)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
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
        return answer.Task;
    }

    private void DemandOpen()
    {
        if (_isClosing)
        {
            throw closed();
        }
    }

    // Under the lock. Returns whether the caller is the writer now.
    private bool CallWriter()
    {
        if (onCallers)
        {
            bool isFree = !_isCallerWriting;
            _isCallerWriting = true;
            return isFree;
        }

        if (_thread is null)
        {
            _thread = new Thread(Loop) { Name = "Balsam store writer", IsBackground = true };
            _thread.Start();
        }

        Monitor.Pulse(_gate);
        return false;
    }

    private void WriteIf(bool mustWrite)
    {
        if (!mustWrite)
        {
            return;
        }

        try
        {
            WorkOff();
        }
        catch (OutOfMemoryException)
        {
            lock (_gate)
            {
                _isCallerWriting = false;
            }

            throw;
        }
    }

    private void Loop()
    {
        while (true)
        {
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
            }

            WorkOff();
        }
    }

    private void WorkOff()
    {
        while (true)
        {
            Action? chore = null;
            lock (_gate)
            {
                if (_requests.Count > 0)
                {
                    (_taken, _requests) = (_requests, _taken);
                }
                else if (!_chores.TryDequeue(out chore))
                {
                    _isCallerWriting = false;
                    return;
                }
            }

            if (chore is not null)
            {
                chore();
            }
            else
            {
                process(_taken);
                _taken.Clear();
            }
        }
    }
}
