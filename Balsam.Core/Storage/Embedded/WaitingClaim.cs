namespace Balsam.Storage.Embedded;

/// <summary>A claim that waits until a write is over.</summary>
internal sealed class WaitingClaim(ClaimRequest request)
{
    private readonly TaskCompletionSource<ClaimResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<ClaimResult> Answered => _answer.Task;

    public void Cancel(CancellationToken cancellationToken) => _answer.TrySetCanceled(cancellationToken);

    /// <summary>Takes the jobs, unless nobody waits for them any more.</summary>
    public void Answer(Func<ClaimRequest, ClaimResult> take, Action<IEnumerable<JobId>> giveBack)
    {
        if (_answer.Task.IsCompleted)
        {
            return;
        }

        try
        {
            ClaimResult result = take(request);
            if (!_answer.TrySetResult(result))
            {
                giveBack(result.Jobs.Select(job => job.Id));
            }
        }
        catch (BalsamException exception)
        {
            _answer.TrySetException(exception);
        }
    }
}
