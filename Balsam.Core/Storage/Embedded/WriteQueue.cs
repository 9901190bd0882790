namespace Balsam.Storage.Embedded;

/// <summary>One writer at a time. It takes everything that has queued up, so that writes which come together share one commit.</summary>
/// <param name="process">Writes a batch and answers it.</param>
/// <param name="onCallers">
/// Whether whoever comes while nobody writes does the work, for himself and for all who come meanwhile, rather than a thread that does nothing else.
/// Two changes of threads a write are saved; it suits stores whose writes wait for nothing.
/// </param>
/// <param name="closed">What a call after the end is told.</param>
/// <param name="failed">What calls are told once the thread has died of a fault.</param>
internal sealed class WriteQueue(Action<List<IWriteRequest>> process, bool onCallers, Func<StoreException> closed, Func<Exception, StoreException> failed)
{
    private readonly object _gate = new();
    private readonly Queue<Chore> _chores = [];
    private List<IWriteRequest> _requests = [];
    private List<IWriteRequest> _taken = [];
    private Thread? _thread;
    private bool _isCallerWriting;
    private bool _isClosing;
    private Chore? _current;
    private StoreException? _failure;

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

            if (_failure is not null)
            {
                _isClosing = true;
                last();
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
        _chores.Enqueue(new Chore(
            () =>
            {
                try
                {
                    answer.SetResult(chore());
                }
                catch (Exception exception) when (exception is not OutOfMemoryException)
                {
                    answer.SetException(exception);
                }
            },
            failure => answer.TrySetException(failure)));
        return answer.Task;
    }

    private void DemandOpen()
    {
        if (_isClosing)
        {
            throw closed();
        }

        if (_failure is not null)
        {
            throw new StoreException(_failure.Kind, _failure.Message, _failure.InnerException);
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

    // A thread must not end the process, nor end unheard: whoever waits, and whoever comes, is told what it died of.
    private void Loop()
    {
        try
        {
            while (Wait())
            {
                WorkOff();
            }
        }
        catch (Exception exception)
        {
            Fail(failed(exception));
        }
    }

    private bool Wait()
    {
        lock (_gate)
        {
            while (_requests.Count == 0 && _chores.Count == 0)
            {
                if (_isClosing)
                {
                    return false;
                }

                Monitor.Wait(_gate);
            }

            return true;
        }
    }

    private void Fail(StoreException failure)
    {
        IWriteRequest[] requests;
        Chore[] chores;
        lock (_gate)
        {
            _failure = failure;
            requests = [.. _taken, .. _requests];
            chores = [.. _current is { } current ? [current] : Array.Empty<Chore>(), .. _chores];
            _taken.Clear();
            _requests.Clear();
            _chores.Clear();
        }

        foreach (IWriteRequest request in requests)
        {
            request.Fail(failure);
        }

        foreach (Chore chore in chores)
        {
            chore.Fail(failure);
        }
    }

    private void WorkOff()
    {
        while (true)
        {
            lock (_gate)
            {
                _current = null;
                if (_requests.Count > 0)
                {
                    (_taken, _requests) = (_requests, _taken);
                }
                else if (!_chores.TryDequeue(out _current))
                {
                    _isCallerWriting = false;
                    return;
                }
            }

            if (_current is not null)
            {
                _current.Do();
            }
            else
            {
                process(_taken);
                _taken.Clear();
            }
        }
    }

    private sealed record Chore(Action Do, Action<StoreException> Fail);
}
