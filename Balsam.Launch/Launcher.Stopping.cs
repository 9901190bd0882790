using Balsam.Launch.Lifecycle;
using Balsam.Launch.Running;
using Balsam.Storage;

namespace Balsam.Launch;

/// <content>How a launcher ends.</content>
/// <remarks>
/// A stop passes through stages, each with a limit: draining (DrainTimeout), ending (KillGrace), killing (RecordTimeout). Without anything that runs it is at the last at once.
/// Whoever hurries ends a stage before its time.
/// </remarks>
public sealed partial class Launcher
{
    private const string HostStopped = "the launcher was stopped";
    private const int IdsShown = 5;

    private Exception? _trouble;
    private ITimer? _idleTimer;
    private ITimer? _stopTimer;
    private ITimer? _abandonTimer;
    private string? _stopReason;
    private StopStage _stage;
    private volatile bool _hasGivenUp;

    /// <summary>Whether the launcher ended by its wall time or idle timeout, rather than because somebody told it to.</summary>
    internal bool EndedByItself { get; private set; }

    private bool IsStopping => _stage != StopStage.None;

    private bool IsEnding => _stage >= StopStage.Ending;

    private bool HasWork => _runs.Count > 0 || _activeHooks.Count > 0;

    // Nothing new is claimed or started; what is waiting goes back; what runs may go on for the drain timeout.
    private void BeginStop(string reason, TimeSpan? drain = null, bool byItself = false)
    {
        if (IsStopping)
        {
            return;
        }

        EndedByItself = byItself;
        EnterStop(reason);
        TimeSpan patience = drain ?? _options.DrainTimeout;
        if (patience > TimeSpan.Zero && HasWork)
        {
            LogDraining(_log, _runs.Count, _activeHooks.Count, reason, patience);
            _stopTimer = PostAfter(patience, EndEverything, urgently: true);
        }
        else
        {
            EndEverything();
        }
    }

    private void EnterStop(string reason)
    {
        _stage = StopStage.Draining;
        _stopReason = reason;
        _pausedBecause = null;
        _insight.Stop(reason);
        _stopAsked.TrySetResult();
        GiveBackWaiting(_ => true);
    }

    private void HurryOn()
    {
        if (_stage is StopStage.Draining or StopStage.Ending)
        {
            LogHurried(_log, _stage == StopStage.Draining ? "drain" : "grace time");
        }

        if (_stage == StopStage.Draining)
        {
            EndEverything();
        }
        else if (_stage == StopStage.Ending)
        {
            KillEverything();
        }
    }

    // SIGTERM and cancellation.
    private void EndEverything()
    {
        if (_stage >= StopStage.Ending)
        {
            return;
        }

        _stage = StopStage.Ending;
        if (!HasWork)
        {
            KillEverything();
            return;
        }

        _stopTimer?.Dispose();
        _stopTimer = PostAfter(_options.KillGrace, KillEverything, urgently: true);
        foreach (ActiveRun run in _runs.Values.ToArray())
        {
            End(run, StoppedRun());
            if (run is { FunctionStop: not null, IsOverdue: true })
            {
                Kill(run);
            }
        }

        CancelHooks();
        LogEnding(_log, _runs.Count, _activeHooks.Count, _stopReason, _options.KillGrace);
    }

    // SIGKILL. What a grace time was kept from, a function that nobody has cancelled yet and hooks, gets a part of the time that is left for recording.
    private void KillEverything()
    {
        if (_stage >= StopStage.Killing)
        {
            return;
        }

        bool hadGrace = _stage == StopStage.Ending;
        _stage = StopStage.Killing;
        _stopTimer?.Dispose();
        _stopTimer = PostAfter(_options.RecordTimeout, GiveUp, urgently: true);
        if (!HasWork)
        {
            return;
        }

        foreach (ActiveRun run in _runs.Values.ToArray())
        {
            run.EndedFor ??= StoppedRun();
            if (!run.Application.IsFunction || (hadGrace && run.IsStarted))
            {
                Kill(run);
            }
            else
            {
                Cancel(run.Job, run.FunctionStop);
            }
        }

        CancelHooks();
        if (HasWork)
        {
            _abandonTimer = PostAfter(_options.RecordTimeout / 2, Abandon, urgently: true);
        }
    }

    // Code of an application cannot be killed: the launcher ends without it.
    private void Abandon()
    {
        foreach (ActiveRun run in _runs.Values.Where(run => run.Application.IsFunction).ToArray())
        {
            Kill(run);
        }

        foreach (ActiveHook hook in _activeHooks.Values.ToArray())
        {
            LogHookAbandoned(_log, hook.Job.Id);
            EndHook(hook);
            Release(hook.Job.Id);
        }
    }

    private void CancelHooks()
    {
        foreach (ActiveHook hook in _activeHooks.Values)
        {
            Cancel(hook.Job, hook.Stop);
        }
    }

    // Whatever hangs now hangs in the operating system. What is not recorded is found RUNNING by the next launcher, which ends what is left of it first.
    private void GiveUp()
    {
        if (_hasGivenUp)
        {
            return;
        }

        string what = _runs.Count > 0 && !_waitsForStore
            ? FormattableString.Invariant($"{_runs.Count} runs have not ended within {_options.RecordTimeout} of SIGKILL (jobs {string.Join(", ", _runs.Keys.Take(IdsShown))}{(_runs.Count > IdsShown ? ", …" : "")})")
            : $"the store ({_store.Description}) has not recorded within {_options.RecordTimeout} how the jobs ended";
        _trouble = new StoreException(
            StoreErrorKind.Unavailable,
            $"The launcher gave up while it stopped because {_stopReason}: {what}. Nothing that was acknowledged is lost: the next launcher ends what is left, and runs again what is not recorded.",
            _insight.Status.Problem);
        _hasGivenUp = true;
    }

    // A launcher that fails leaves nothing running beside which the next one could start it again; what it held goes back, unless the store is what failed.
    private async Task HandBackAsync()
    {
        if (!IsStopping)
        {
            EnterStop("the launcher failed");
        }

        foreach (ActiveRun run in _runs.Values.Where(run => !run.IsStarted).ToArray())
        {
            Drop(run);
        }

        KillEverything();
        while (HasWork && !_hasGivenUp)
        {
            while (TryRead(out Action? message))
            {
                Try(message);
            }

            if (HasWork && !_hasGivenUp)
            {
                await WaitForMessageAsync(idle: false).ConfigureAwait(false);
            }
        }

        if (_hasGivenUp || _session is null)
        {
            return;
        }

        _commits.RemoveAll(commit => commit.Change.After.State == JobState.Running);
        try
        {
            await WriteAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogNotHandedBack(_log, exception);
        }

        try
        {
            await CloseAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogNotHandedBack(_log, exception);
        }

        void Try(Action message)
        {
            try
            {
                message();
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                LogNotHandedBack(_log, exception);
            }
        }
    }

    // The lease is gone, and what ran may be given to another launcher: everything is killed, nothing is recorded.
    private async Task DiscardAsync()
    {
        foreach (ActiveRun run in _runs.Values)
        {
            run.IsDisowned = true;
            Cancel(run.Job, run.FunctionStop);
            _runner.Signal(run.Job.Id.Value, RunSignal.Kill);
        }

        foreach (ActiveHook hook in _activeHooks.Values)
        {
            Cancel(hook.Job, hook.Stop);
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

            if (TryRead(out Action? message))
            {
                message();
            }
            else if (_hasGivenUp)
            {
                throw _trouble!;
            }
            else
            {
                await WaitForMessageAsync(idle: false).ConfigureAwait(false);
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
                    BeginStop("the launcher had nothing to do", byItself: true);
                }
            });
        }
    }

    private async Task CloseAsync()
    {
        _ledger?.Dispose();
        try
        {
            await AskStoreAsync(() => _store.CloseSessionAsync(Lease, CancellationToken.None)).ConfigureAwait(false);
            LogEnded(_log, Lease.Session, _stopReason ?? "it ended");
        }
        catch (LeaseLostException exception)
        {
            LogLeaseLost(_log, exception);
        }
        catch (StoreException exception) when (!_hasGivenUp)
        {
            LogStoreUnavailable(_log, exception);
        }
    }
}
