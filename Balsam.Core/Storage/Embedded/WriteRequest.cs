namespace Balsam.Storage.Embedded;

/// <summary>A write of somebody who waits for its result.</summary>
internal sealed class WriteRequest<T>(Func<StagedBatch, T> stage, IReadOnlyList<string> keys, CancellationToken cancellationToken) : IWriteRequest
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;
    private Exception? _problem;

    public IReadOnlyList<string> Keys => keys;

    public Task<T> Answer => _answer.Task;

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
