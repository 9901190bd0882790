namespace Balsam.Testing;

/// <summary>A clock that moves only when it is told to, with the timers that wait for it. What happens at one instant happens in a fixed order.</summary>
/// <param name="start">What it shows first.</param>
internal sealed class VirtualClock(DateTimeOffset start)
{
    private readonly SortedSet<VirtualTimer> _timers = new(VirtualTimer.Order);
    private long _ticks = start.UtcTicks;
    private long _sequence;

    /// <summary>Guards the timers and everything that conductors keep; pulsed whenever something changes.</summary>
    public object Gate { get; } = new();

    /// <summary>Which work runs on a thread, wherever its continuations go.</summary>
    public AsyncLocal<Work?> Current { get; } = new(static change =>
    {
        change.PreviousValue?.Leave();
        change.CurrentValue?.Enter();
    });

    public long Ticks => Volatile.Read(ref _ticks);

    public DateTimeOffset Now => new(Ticks, TimeSpan.Zero);

    /// <summary>The timer that is due first; null when there is none.</summary>
    public VirtualTimer? Next => _timers.Min;

    /// <summary>Whether something other than a heartbeat is ahead.</summary>
    public bool HasEventsAhead => _timers.Any(timer => !timer.IsBackground);

    public void MoveTo(long ticks) => Volatile.Write(ref _ticks, Math.Max(_ticks, ticks));

    public void Add(VirtualTimer timer, long due)
    {
        lock (Gate)
        {
            timer.Due = due;
            timer.Sequence = ++_sequence;
            _timers.Add(timer);
            timer.IsPending = true;
            Monitor.PulseAll(Gate);
        }
    }

    public void Remove(VirtualTimer timer)
    {
        lock (Gate)
        {
            if (_timers.Remove(timer))
            {
                timer.IsPending = false;
                Monitor.PulseAll(Gate);
            }
        }
    }

    public void RemoveAllOf(VirtualTime time)
    {
        lock (Gate)
        {
            foreach (VirtualTimer timer in _timers.Where(timer => timer.Time == time).ToArray())
            {
                Remove(timer);
            }
        }
    }

    /// <summary>Takes the next timer that is due now, winding it up again when it is periodic; null when none is.</summary>
    public VirtualTimer? TakeDue()
    {
        if (Next is not { } timer || timer.Due > Ticks)
        {
            return null;
        }

        Remove(timer);
        if (timer.Period > 0)
        {
            Add(timer, timer.Due + timer.Period);
        }

        return timer;
    }
}
