using System.Diagnostics;

namespace Balsam.Testing;

/// <summary>Moves a host on: what can happen now happens, one thing after the other; then the clock goes to the next timer.</summary>
internal sealed class Driver(VirtualClock clock, InMemoryJobStore store, TimeSpan patience, TimeSpan longest)
{
    private volatile Incarnation? _launcher;

    /// <summary>The launcher that runs; null while there is none.</summary>
    public Incarnation? Launcher
    {
        get => _launcher;
        set => _launcher = value;
    }

    /// <summary>Moves on until something is reached, or nothing more will happen.</summary>
    /// <param name="isReached">Is asked whenever nothing more can happen at an instant.</param>
    /// <param name="cancellationToken">Cancels it between two steps.</param>
    public Task<DriveEnd> RunAsync(Func<bool> isReached, CancellationToken cancellationToken) => OnOwnThread(
        () =>
        {
            long limit = clock.Ticks + longest.Ticks;
            while (true)
            {
                Settle(cancellationToken);
                if (isReached())
                {
                    return DriveEnd.Reached;
                }

                lock (clock.Gate)
                {
                    // The lease of a launcher that was killed is something to wait for, and heartbeats end it.
                    bool recovers = _launcher is { Conductor.IsEnded: false } && store.CountOpenSessions() > 1;
                    if (_launcher?.Conductor.IsIdle != false && !recovers)
                    {
                        return DriveEnd.Idle;
                    }

                    if (!clock.HasEventsAhead && !recovers)
                    {
                        return DriveEnd.NothingAhead;
                    }

                    if (clock.Next!.Due > limit)
                    {
                        return DriveEnd.TooLong;
                    }

                    clock.MoveTo(clock.Next.Due);
                }
            }
        },
        cancellationToken);

    /// <summary>Lets time pass, with all that happens meanwhile.</summary>
    public Task AdvanceAsync(TimeSpan span, CancellationToken cancellationToken) => OnOwnThread(
        () =>
        {
            long end = clock.Ticks + span.Ticks;
            while (true)
            {
                Settle(cancellationToken);
                lock (clock.Gate)
                {
                    if (clock.Ticks == end)
                    {
                        return true;
                    }

                    clock.MoveTo(Math.Min(end, clock.Next?.Due ?? end));
                }
            }
        },
        cancellationToken);

    private void Settle(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration onCancel = cancellationToken.Register(() =>
        {
            lock (clock.Gate)
            {
                Monitor.PulseAll(clock.Gate);
            }
        });
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Incarnation? launcher = _launcher;
            Work? work = null;
            if (launcher is not null)
            {
                lock (clock.Gate)
                {
                    WaitUntilCalm(launcher, cancellationToken);
                    work = launcher.Conductor.TakeNext();
                }
            }

            if (work is not null)
            {
                work.Begin(launcher!.Conductor.Fail);
            }
            else if (launcher?.News.HasNews == true)
            {
                _ = launcher.News.TellAsync();
            }
            else if (TakeDue() is { } timer)
            {
                timer.Fire();
            }
            else
            {
                return;
            }
        }
    }

    // The only wait for real time: for code that is at work.
    private void WaitUntilCalm(Incarnation launcher, CancellationToken cancellationToken)
    {
        long since = TimeProvider.System.GetTimestamp();
        while (!launcher.Conductor.IsCalm || !launcher.News.IsCalm)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TimeSpan left = patience - TimeProvider.System.GetElapsedTime(since);
            if (left <= TimeSpan.Zero && !Debugger.IsAttached)
            {
                throw new TimeoutException(DescribeStuck(launcher));
            }

            Monitor.Wait(clock.Gate, left > TimeSpan.Zero ? left : patience);
        }

        if (launcher.Conductor.Failure is { } failure)
        {
            throw failure as BalsamAssertionException ?? (Exception)new BalsamException($"The launcher failed beside its loop: {failure.Message}", failure);
        }
    }

    private string DescribeStuck(Incarnation launcher)
    {
        Work[] stuck = [.. launcher.Conductor.Begun.Where(static work => work.IsAtWork)];
        string seconds = FormattableString.Invariant($"{patience.TotalSeconds} seconds of real time (BalsamTestHostOptions.Patience)");
        return stuck.Length == 0
            ? $"The launcher has not come to rest for {seconds}. It is {launcher.Launcher.Status}"
            : $"{string.Join(", ", stuck.Select(static work => work.ToString()))}: no end for {seconds}. What waits for time must wait on the TimeProvider from dependency injection, "
                + "as Task.Delay(time, timeProvider) does; what waits for something else must get it; what takes long for good reason needs more patience.";
    }

    private VirtualTimer? TakeDue()
    {
        lock (clock.Gate)
        {
            return clock.TakeDue();
        }
    }

    // It blocks while code is at work, and must keep no thread of the pool from that.
    private static Task<T> OnOwnThread<T>(Func<T> drive, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(drive, cancellationToken, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
}
