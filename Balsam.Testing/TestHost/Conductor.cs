using Balsam.Launch.Lifecycle;

namespace Balsam.Testing;

/// <summary>Knows of one launcher whether it has anything left to do now, and begins what goes on beside it, one thing at a time.</summary>
internal sealed class Conductor(VirtualClock clock, int mostAttempts) : ILauncherConductor
{
    private readonly Queue<Work> _queued = [];
    private readonly List<Work> _begun = [];
    private long _posted;
    private long _read = -1;
    private bool _isIdle;
    private bool _isEnded;
    private bool _isDead;
    private Exception? _failure;

    /// <summary>What has begun and is not over.</summary>
    public IReadOnlyList<Work> Begun => _begun;

    /// <summary>Whether nothing runs, and nothing waits for its time.</summary>
    public bool IsIdle => _isEnded || (_isIdle && _begun.Count == 0);

    public bool IsEnded => _isEnded;

    public Exception? Failure => _failure;

    /// <summary>Whether the loop waits for a message and everything that was begun waits for virtual time.</summary>
    public bool IsCalm
    {
        get
        {
            _begun.RemoveAll(static work => work.IsDone);
            return (_isEnded || _read == _posted) && _begun.TrueForAll(static work => work.IsWaitingForTime);
        }
    }

    public void Run(Job job, string what, Func<Task> work)
    {
        CheckAttempt(job, job.Attempt);
        lock (clock.Gate)
        {
            _queued.Enqueue(new Work(clock, job, what, work));
            Monitor.PulseAll(clock.Gate);
        }
    }

    public bool Admit()
    {
        lock (clock.Gate)
        {
            _posted += _isDead ? 0 : 1;
            return !_isDead;
        }
    }

    public void Rest(long read, bool idle)
    {
        lock (clock.Gate)
        {
            _read = read;
            _isIdle = idle;
            Monitor.PulseAll(clock.Gate);
        }
    }

    public void End()
    {
        lock (clock.Gate)
        {
            _isEnded = true;
            Monitor.PulseAll(clock.Gate);
        }
    }

    /// <summary>The launcher hears nothing from now on, and nothing begins.</summary>
    public void Die()
    {
        lock (clock.Gate)
        {
            _isDead = true;
            _isEnded = true;
            _queued.Clear();
            _begun.Clear();
        }
    }

    /// <summary>Takes what is to begin next; null when there is nothing.</summary>
    public Work? TakeNext()
    {
        if (!_queued.TryDequeue(out Work? work))
        {
            return null;
        }

        _begun.Add(work);
        return work;
    }

    public void Fail(Exception exception) => _failure ??= exception;

    /// <summary>Ends the drive when a job is restarted for ever: at no cost of time, the clock would not.</summary>
    public void CheckAttempt(Job job, int attempt)
    {
        if (attempt > mostAttempts)
        {
            Fail(new BalsamAssertionException(FormattableString.Invariant(
                $"Job {job.Id} ({job.Application} in {job.Workdir}) was started {attempt} times; BalsamTestHostOptions.MostAttempts allows {mostAttempts}. What decides on its restarts, a hook or RetryPolicy, never gives up.")));
        }
    }
}
