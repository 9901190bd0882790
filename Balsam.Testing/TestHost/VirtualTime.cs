namespace Balsam.Testing;

/// <summary>The time of one launcher on a virtual clock. When the launcher is killed, its timers never fire.</summary>
internal sealed class VirtualTime(VirtualClock clock) : TimeProvider
{
    private volatile bool _isDead;

    public bool IsDead => _isDead;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => clock.Now;

    public override long GetTimestamp() => clock.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, clock, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Sets a timer that fires once; among those of the same instant the lot decides.</summary>
    public ITimer Schedule(TimeSpan delay, ulong lot, Action callback)
    {
        var timer = new VirtualTimer(this, clock, static callback => ((Action)callback!)(), callback, lot);
        timer.Change(delay, Timeout.InfiniteTimeSpan);
        return timer;
    }

    public void Die()
    {
        _isDead = true;
        clock.RemoveAllOf(this);
    }
}
