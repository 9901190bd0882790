using Balsam.Launch.Lifecycle;
using Balsam.Storage;

namespace Balsam.Launch;

/// <content>Which jobs the launcher takes from the store, and what it does first with each.</content>
public sealed partial class Launcher
{
    private const int HookPrefetch = 2;

    private Queue<Job> _hookQueue = [];

    private async Task ClaimAsync()
    {
        if (!_mayClaim)
        {
            return;
        }

        _mayClaim = false;
        ClaimWindow window = ClaimWindow.Of(_inventory!.FreeCores, _backlog.Count);
        ClaimResult launchable = await ClaimAsync(
            new ClaimRequest { Lease = Lease, Wanted = _launchable, Limit = window.Limit, LimitPerShape = window.Slots, Held = _backlog.Shapes, Filter = _options.Filter }).ConfigureAwait(false);
        await EndLeftoversOfAsync(launchable.Jobs).ConfigureAwait(false);
        foreach (Job job in launchable.Jobs)
        {
            // Submitted while its application still had slots.
            if (TryStage(job))
            {
                continue;
            }

            await NoteSuspectAsync(job).ConfigureAwait(false);
            _backlog.Add(job, launchable.PathBehind.GetValueOrDefault(job.Id));
            _mayPack = true;
        }

        _mayClaim |= window.MayHoldMore(launchable.Jobs.Count);
        int hookRoom = (_options.HookConcurrency * HookPrefetch) - _hookQueue.Count - _activeHooks.Count;
        ClaimResult processable = await ClaimAsync(new ClaimRequest { Lease = Lease, Wanted = _processable, Limit = Math.Max(0, hookRoom), Filter = _options.Filter }).ConfigureAwait(false);
        await EndLeftoversOfAsync(processable.Jobs).ConfigureAwait(false);
        foreach (Job job in processable.Jobs)
        {
            if (!await GiveUpAsync(job).ConfigureAwait(false) && !TryStage(job))
            {
                Process(job);
            }
        }

        DateTimeOffset? nextTransfer = await ClaimStageableAsync().ConfigureAwait(false);
        WakeWhenDue(new[] { launchable.NextDue, processable.NextDue, nextTransfer }.Min());
    }

    private async Task<DateTimeOffset?> ClaimStageableAsync()
    {
        if (_stageable.Count == 0)
        {
            return null;
        }

        ClaimResult stageable = await ClaimAsync(new ClaimRequest { Lease = Lease, Wanted = _stageable, Limit = _transfers.Room, Filter = _options.Filter }).ConfigureAwait(false);
        await EndLeftoversOfAsync(stageable.Jobs).ConfigureAwait(false);
        foreach (Job job in stageable.Jobs)
        {
            // An optional slot left open: then there may be nothing to move.
            if (!TryStage(job))
            {
                Process(job);
            }
        }

        return stageable.NextDue;
    }

    private Task<ClaimResult> ClaimAsync(ClaimRequest request) => AskStoreAsync(() => _store.ClaimAsync(request, CancellationToken.None));

    private void WakeWhenDue(DateTimeOffset? due)
    {
        if (due == _nextDue)
        {
            return;
        }

        _nextDue = due;
        _dueTimer?.Dispose();
        _dueTimer = null;
        if (due is { } instant)
        {
            TimeSpan wait = instant - _time.GetUtcNow();
            _dueTimer = PostAfter(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, () =>
            {
                _nextDue = null;
                _mayClaim = true;
            });
        }
    }

    private async Task ListenAsync(LeaseToken lease, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                SessionNews news = await AskStoreAsync(LauncherLoop.News, () => _store.WaitForNewsAsync(lease, cancellationToken), cancellationToken).ConfigureAwait(false);
                IReadOnlyList<Job> changed = news.Changed.IsEmpty ? [] : await AskStoreAsync(LauncherLoop.News, () => _store.FindAsync(news.Changed, cancellationToken), cancellationToken).ConfigureAwait(false);
                Post(() =>
                {
                    _mayClaim |= news.MayClaim;
                    foreach (JobId id in news.Changed)
                    {
                        NoticeChange(id, changed.FirstOrDefault(job => job.Id == id));
                    }
                });
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            Tell(lease, exception);
        }
    }

    private async Task KeepLeaseAsync(LeaseToken lease, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(_options.Heartbeat, _time);
        Task recovery = Task.CompletedTask;
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                try
                {
                    long asked = _time.GetTimestamp();
                    await _store.RenewAsync(lease, cancellationToken).ConfigureAwait(false);
                    Volatile.Write(ref _renewedAt, asked);
                    _insight.Meet(LauncherLoop.Lease, null);
                }
                catch (StoreException exception) when (exception.Kind == StoreErrorKind.Unavailable)
                {
                    LogStoreUnavailable(_log, exception);
                    _insight.Meet(LauncherLoop.Lease, exception);
                }

                // A recovery is a write: behind a slow disk it may take longer than a lease lasts, and must not hold up the heartbeat.
                if (recovery.IsCompleted)
                {
                    recovery = RecoverOthersAsync(lease, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            Tell(lease, exception);
        }

        await recovery.ConfigureAwait(false);
    }

    private async Task RecoverOthersAsync(LeaseToken lease, CancellationToken cancellationToken)
    {
        try
        {
            await _store.RecoverAsync(_site, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException exception) when (exception.Kind == StoreErrorKind.Unavailable)
        {
            LogStoreUnavailable(_log, exception);
            _insight.Meet(LauncherLoop.Lease, exception);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            Tell(lease, exception);
        }
    }

    // The troubles of a session are nothing to the next one.
    private void Tell(LeaseToken lease, Exception trouble) => Post(() =>
    {
        if (lease == Lease)
        {
            _trouble ??= trouble;
        }
    });

    // Somebody else changed a job that this launcher holds, or held: by now it may have let go of the job, and have claimed it again as it became.
    private void NoticeChange(JobId id, Job? now)
    {
        _sweeper?.Notice(id);
        if (now is not null && now.Version <= Known(id)?.Version)
        {
            return;
        }

        if (_runs.TryGetValue(id, out ActiveRun? run))
        {
            if (now is { State: JobState.Running } && now.Attempt == run.Job.Attempt)
            {
                run.Job = now;
            }
            else if (!run.IsDisowned)
            {
                run.IsDisowned = true;
                End(run, new FailureDetails { Kind = FailureKind.Cancelled, Message = "The job was cancelled." });
            }
        }
        else if (_activeHooks.TryGetValue(id, out ActiveHook? hook))
        {
            if (now is null || now.State.IsFinal())
            {
                Cancel(hook.Job, hook.Stop);
            }
        }
        else if (_transfers.Find(id) is { } staged)
        {
            NoticeStaged(staged, now);
        }
        else if (_backlog.TryRemove(id, out _))
        {
            _mayPack = true;
            Release(id);
        }
        else if (_hookQueue.Any(job => job.Id == id))
        {
            _hookQueue = new Queue<Job>(_hookQueue.Where(job => job.Id != id));
            Release(id);
        }
    }

    private Job? Known(JobId id) =>
        _runs.TryGetValue(id, out ActiveRun? run) ? run.Job
        : _activeHooks.TryGetValue(id, out ActiveHook? hook) ? hook.Job
        : _transfers.Find(id)?.Job ?? _backlog.Find(id) ?? _hookQueue.FirstOrDefault(job => job.Id == id);

    // Before anything is claimed: a job that is given back late would be taken from the claim that has just brought it again.
    private async Task ReleaseAsync()
    {
        if (_releases.Count > 0)
        {
            JobId[] releases = [.. _releases];
            _releases.Clear();
            await AskStoreAsync(() => _store.ReleaseAsync(Lease, releases, CancellationToken.None)).ConfigureAwait(false);
        }
    }

    private void Release(JobId id)
    {
        _releases.Add(id);
        _mayClaim = true;
    }
}
