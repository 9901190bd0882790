namespace Balsam.Launch;

/// <content>What a program can tell its launcher.</content>
public sealed partial class Launcher
{
    private string? _pausedBecause;

    /// <summary>How the launcher is now: whether it runs jobs, is paused, stops, has ended or failed, since when and why.</summary>
    public LauncherStatus Status => _insight.Status;

    private bool IsPaused => _pausedBecause is not null;

    /// <summary>Pauses the launcher: it claims and starts nothing until <see cref="ResumeAsync"/>. What it has started goes on, and so do the hooks that follow those runs.</summary>
    /// <remarks>
    /// Jobs that it had claimed and not started go back to the store. <c>ExplainAsync</c>, progress and health checks say that it is paused, and why.
    /// <see cref="WaitUntilIdleAsync"/> then ends when what was started has ended. The idle timeout does not count, the wall time does. A pause does not outlive the
    /// host: a launcher that starts is not paused. Before the host's start it is possible, too: then nothing is ever claimed before the resume.
    /// </remarks>
    /// <param name="reason">Why, as explanations show it; null for none.</param>
    /// <param name="cancellationToken">Cancels the wait; the launcher pauses all the same.</param>
    /// <returns>A task that ends when nothing will be started any more. A launcher that has ended, or not started, is paused at once.</returns>
    /// <exception cref="BalsamException">The launcher failed.</exception>
    public Task PauseAsync(string? reason = null, CancellationToken cancellationToken = default) =>
        TellAsync(() => Pause(string.IsNullOrWhiteSpace(reason) ? "PauseAsync was called" : reason.Trim()), cancellationToken);

    /// <summary>Ends a pause; does nothing when there is none.</summary>
    /// <param name="cancellationToken">Cancels the wait; the launcher goes on all the same.</param>
    /// <returns>A task that ends when the launcher takes jobs again.</returns>
    /// <exception cref="InvalidOperationException">The launcher stops, or has ended: only a new start of the host makes it take jobs.</exception>
    /// <exception cref="BalsamException">The launcher failed.</exception>
    public async Task ResumeAsync(CancellationToken cancellationToken = default)
    {
        await TellAsync(Resume, cancellationToken).ConfigureAwait(false);
        if (_insight.EndedBecause is { } reason)
        {
            throw new InvalidOperationException($"The launcher cannot go on: it takes no more jobs because {reason}. Start its host again.");
        }
    }

    /// <summary>Stops the launcher, not its host: what runs may go on for a time, then it is ended. Called again meanwhile, it hurries.</summary>
    /// <remarks>
    /// A second call ends the drain, a third one the grace time, as a second and a third SIGTERM or SIGINT to the process do. See <see cref="LauncherOptions"/> for how long a
    /// stop takes at most.
    /// </remarks>
    /// <param name="drain">How long what runs may go on; zero to hand back at once; null for <see cref="LauncherOptions.DrainTimeout"/>. Only the first call counts.</param>
    /// <param name="cancellationToken">Cancels the wait; the launcher stops all the same.</param>
    /// <returns>A task that ends when nothing runs any more and everything is recorded.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="drain"/> is negative, or longer than 3650 days.</exception>
    /// <exception cref="BalsamException">The launcher failed.</exception>
    public Task StopAsync(TimeSpan? drain = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(drain ?? TimeSpan.Zero, TimeSpan.Zero, nameof(drain));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(drain ?? TimeSpan.Zero, TimeSpan.FromDays(3650), nameof(drain));
        PostUrgently(() =>
        {
            if (IsStopping)
            {
                HurryOn();
            }
            else
            {
                BeginStop("the launcher was told to stop", drain);
            }
        });
        return _insight.Status.State == LauncherState.NotStarted ? Task.CompletedTask : _ended.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Takes the stop that is under way a stage on.</summary>
    internal void Hurry() => PostUrgently(HurryOn);

    /// <summary>Stops and kills at once: the host waits no longer.</summary>
    internal void StopNow() => PostUrgently(() =>
    {
        BeginStop(HostStopped);
        KillEverything();
    });

    // Once the launcher has ended nobody reads the message any more; before it has begun, it is read before anything is claimed.
    private async Task TellAsync(Action message, CancellationToken cancellationToken)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            message();
            heard.TrySetResult();
        });
        if (_insight.Status.State != LauncherState.NotStarted)
        {
            await (await Task.WhenAny(heard.Task, _ended.Task).WaitAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    private void Pause(string reason)
    {
        if (IsStopping)
        {
            return;
        }

        if (!IsPaused)
        {
            LogPaused(_log, reason);
        }

        _pausedBecause = reason;
        GiveBackWaiting(job => job.State == JobState.StagedIn);
        WakeWhenDue(null);
        _insight.Pause(reason);
    }

    private void Resume()
    {
        if (!IsPaused || IsStopping)
        {
            return;
        }

        _pausedBecause = null;
        _mayClaim = true;
        _insight.Resume();
        LogResumed(_log);
    }

    // What waits for room, or for its hook, goes back to the store as it is.
    private void GiveBackWaiting(Predicate<Job> hooked)
    {
        _releases.AddRange(_backlog.Ids);
        _backlog.Clear();
        _insight.Show([]);
        _releases.AddRange(_hookQueue.Where(job => hooked(job)).Select(job => job.Id));
        _hookQueue = new Queue<Job>(_hookQueue.Where(job => !hooked(job)));
        _transfers.TouchAll();
    }
}
