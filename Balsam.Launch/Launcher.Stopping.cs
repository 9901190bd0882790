using Balsam.Launch.Lifecycle;
using Balsam.Launch.Running;
using Balsam.Storage;

namespace Balsam.Launch;

/// <content>How a launcher ends.</content>
public sealed partial class Launcher
{
    private Exception? _trouble;
    private ITimer? _idleTimer;
    private ITimer? _drainTimer;
    private string? _stopReason;

    private bool IsStopping => _stopReason is not null;

    private bool IsKilling { get; set; }

    // Nothing new is claimed or started; what is waiting goes back; what runs may go on for the drain timeout.
    private void BeginStop(string reason)
    {
        if (IsStopping)
        {
            return;
        }

        _stopReason = reason;
        _insight.EndedBecause = reason;
        _releases.AddRange(_backlog.Ids);
        _backlog.Clear();
        _releases.AddRange(_hookQueue.Select(job => job.Id));
        _hookQueue.Clear();
        if (_options.DrainTimeout > TimeSpan.Zero && (_runs.Count > 0 || _activeHooks.Count > 0))
        {
            _drainTimer = PostAfter(_options.DrainTimeout, EndEverything);
        }
        else
        {
            EndEverything();
        }
    }

    private void EndEverything()
    {
        IsKilling = true;
        foreach (ActiveRun run in _runs.Values.ToArray())
        {
            End(run, StoppedRun());
            if (run is { FunctionStop: not null, IsOverdue: true })
            {
                Kill(run);
            }
        }

        foreach (ActiveHook hook in _activeHooks.Values.ToArray())
        {
            _ = hook.Stop.CancelAsync();
        }
    }

    // The lease is gone, and what ran may be given to another launcher: everything is killed, nothing is recorded.
    private async Task DiscardAsync()
    {
        foreach (ActiveRun run in _runs.Values)
        {
            run.IsDisowned = true;
            _ = run.FunctionStop?.CancelAsync();
            _runner.Signal(run.Job.Id.Value, RunSignal.Kill);
        }

        foreach (ActiveHook hook in _activeHooks.Values)
        {
            _ = hook.Stop.CancelAsync();
        }

        _hookQueue.Clear();
        while (_runs.Count > 0 || _activeHooks.Count > 0)
        {
            StagedCommit[] commits = [.. _commits];
            _commits.Clear();
            foreach (StagedCommit commit in commits)
            {
                commit.Refused(null, new LeaseLostException(Lease.Session, "its session is over"));
            }

            // Those may have been the last: then no message comes any more.
            if (commits.Length > 0)
            {
                continue;
            }

            if (_messages.Reader.TryRead(out Action? message))
            {
                message();
            }
            else
            {
                await _messages.Reader.WaitToReadAsync().ConfigureAwait(false);
            }
        }

        _commits.Clear();
        _releases.Clear();
        _backlog.Clear();
        _trouble = null;
    }

    // What the launcher takes for lost may be good in the store's eyes for a moment more: so its jobs need not wait for the lease to run out.
    private async Task AbandonSessionAsync()
    {
        try
        {
            await _store.CloseSessionAsync(Lease, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is LeaseLostException or StoreException { Kind: StoreErrorKind.Unavailable })
        {
            // Then a recovery does it.
        }
    }

    private FailureDetails StoppedRun() => new() { Kind = FailureKind.LauncherStopped, Message = $"The run was ended because {_stopReason}." };

    private void WatchIdleTimeout(bool idle)
    {
        if (_options.IdleTimeout is not { } timeout || IsStopping)
        {
            return;
        }

        if (!idle)
        {
            _idleTimer?.Dispose();
            _idleTimer = null;
        }
        else
        {
            _idleTimer ??= PostAfter(timeout, () =>
            {
                if (_idleTimer is not null)
                {
                    BeginStop("the launcher had nothing to do");
                }
            });
        }
    }

    private async Task CloseAsync()
    {
        _ledger?.Dispose();
        try
        {
            await _store.CloseSessionAsync(Lease, CancellationToken.None).ConfigureAwait(false);
            LogEnded(_log, Lease.Session, _stopReason ?? "it ended");
        }
        catch (LeaseLostException exception)
        {
            LogLeaseLost(_log, exception);
        }
        catch (StoreException exception)
        {
            LogStoreUnavailable(_log, exception);
        }
    }
}
