namespace Balsam.Storage.Embedded;

/// <summary>A write of somebody who waits for its result.</summary>
internal sealed class WriteRequest<T>(Func<StagedBatch, T> stage, CancellationToken cancellationToken, Action<StagedBatch>? prepare = null) : IWriteRequest
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;
    private Exception? _problem;

    public Task<T> Answer => _answer.Task;

    public void Prepare(StagedBatch batch)
    {
        if (!cancellationToken.IsCancellationRequested)
        {
            prepare?.Invoke(batch);
        }
    }

    public void Stage(StagedBatch batch)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            _answer.TrySetCanceled(cancellationToken);
            return;
        }

        try
        {
            _result = stage(batch);
        }
        catch (Exception exception) when (exception is BalsamException or ArgumentException)
        {
            _problem = exception;
        }
    }

    public void Acknowledge()
    {
        if (_problem is not null)
        {
            _answer.TrySetException(_problem);
        }
        else
        {
            _answer.TrySetResult(_result!);
        }
    }

    public void Fail(Exception exception) => _answer.TrySetException(exception);
}
