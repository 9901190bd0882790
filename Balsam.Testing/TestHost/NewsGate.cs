using Balsam.Storage;

namespace Balsam.Testing;

/// <summary>The store of one launcher: it is told news only when it is its turn.</summary>
internal sealed class NewsGate(InMemoryJobStore store, VirtualClock clock) : DelegatingJobStore(store)
{
    private LeaseToken _lease;
    private TaskCompletionSource<SessionNews>? _listener;
    private bool _isTelling;

    /// <summary>Whether the launcher has heard what it was told.</summary>
    public bool IsCalm => !_isTelling;

    /// <summary>Whether there is something to tell, and somebody who listens.</summary>
    public bool HasNews => _listener is not null && store.HasNewsFor(_lease);

    public override async Task<SessionNews> WaitForNewsAsync(LeaseToken lease, CancellationToken cancellationToken)
    {
        var listener = new TaskCompletionSource<SessionNews>();
        lock (clock.Gate)
        {
            _lease = lease;
            _listener = listener;
            _isTelling = false;
            Monitor.PulseAll(clock.Gate);
        }

        using (cancellationToken.Register(() => Leave(listener, cancellationToken)))
        {
            return await listener.Task.ConfigureAwait(false);
        }
    }

    /// <summary>Tells the news.</summary>
    public async Task TellAsync()
    {
        TaskCompletionSource<SessionNews> listener;
        lock (clock.Gate)
        {
            listener = _listener!;
            _listener = null;
            _isTelling = true;
        }

        try
        {
            listener.TrySetResult(await base.WaitForNewsAsync(_lease, CancellationToken.None).ConfigureAwait(false));
        }
        catch (BalsamException exception)
        {
            // It does not ask again.
            listener.TrySetException(exception);
            Leave(listener, default);
        }
    }

    private void Leave(TaskCompletionSource<SessionNews> listener, CancellationToken cancellationToken)
    {
        lock (clock.Gate)
        {
            _isTelling = false;
            _listener = _listener == listener ? null : _listener;
            Monitor.PulseAll(clock.Gate);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            listener.TrySetCanceled(cancellationToken);
        }
    }
}
