using System.Collections.Concurrent;
using Balsam.Launch.Lifecycle;
using Balsam.Storage;

namespace Balsam.Launch;

/// <content>Calling the store: trying again while it cannot, and hearing who stops the launcher meanwhile.</content>
public sealed partial class Launcher
{
    private const int LongestPause = 10;

    private readonly ConcurrentQueue<Action> _urgent = new();
    private bool _waitsForStore;
    private TaskCompletionSource _urgentCame = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Messages about ending things: they are heard also while the loop waits for a store that does not answer.
    private void PostUrgently(Action message)
    {
        _urgent.Enqueue(message);
        Volatile.Read(ref _urgentCame).TrySetResult();
        Post(HearUrgent);
    }

    private void HearUrgent()
    {
        if (_urgentCame.Task.IsCompleted)
        {
            Volatile.Write(ref _urgentCame, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        while (_urgent.TryDequeue(out Action? message))
        {
            message();
        }
    }

    // A store that cannot (a full disk) is asked again until it can: what has run must be recorded. At a stop, until the record timeout.
    private async Task<T> AskStoreAsync<T>(Func<Task<T>> ask)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                Task<T> call = ask();
                await HearUntilAsync(call).ConfigureAwait(false);
                T answer = await call.ConfigureAwait(false);
                if (attempt > 1)
                {
                    _insight.Meet(LauncherLoop.Jobs, null);
                }

                return answer;
            }
            catch (StoreException exception) when (exception.Kind == StoreErrorKind.Unavailable && !_hasGivenUp)
            {
                LogStoreUnavailable(_log, exception);
                _insight.Meet(LauncherLoop.Jobs, exception);
                using var wait = new CancellationTokenSource();
                Task pause = Task.Delay(TimeSpan.FromSeconds(IsStopping ? 1 : Math.Min(attempt, LongestPause)), _time, wait.Token);
                await HearUntilAsync(IsStopping ? pause : Task.WhenAny(pause, _stopAsked.Task)).ConfigureAwait(false);
                await wait.CancelAsync().ConfigureAwait(false);
            }
        }
    }

    private Task<bool> AskStoreAsync(Func<Task> ask) => AskStoreAsync(async () =>
    {
        await ask().ConfigureAwait(false);
        return true;
    });

    /// <exception cref="BalsamException">The launcher has given up waiting.</exception>
    private async ValueTask HearUntilAsync(Task call)
    {
        if (call.IsCompleted)
        {
            return;
        }

        _insight.WaitForStore(true);
        _waitsForStore = true;
        while (!call.IsCompleted)
        {
            Task came = _urgentCame.Task;
            await Task.WhenAny(call, came).ConfigureAwait(false);
            if (came.IsCompleted)
            {
                HearUrgent();
            }

            if (_hasGivenUp && !call.IsCompleted)
            {
                _ = call.ContinueWith(late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                throw _trouble!;
            }
        }

        _waitsForStore = false;
        _insight.WaitForStore(false);
    }

    // For the loops beside the launcher's own: the same patience, until their session is over.
    private async Task<T> AskStoreAsync<T>(LauncherLoop loop, Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                T answer = await ask().ConfigureAwait(false);
                _insight.Meet(loop, null);
                return answer;
            }
            catch (StoreException exception) when (exception.Kind == StoreErrorKind.Unavailable)
            {
                LogStoreUnavailable(_log, exception);
                _insight.Meet(loop, exception);
                await Task.Delay(TimeSpan.FromSeconds(Math.Min(attempt, LongestPause)), _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
