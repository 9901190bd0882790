namespace Balsam.Testing;

/// <summary>A timer of virtual time.</summary>
internal sealed class VirtualTimer : ITimer
{
    /// <summary>By time, then by lot, then as they were set.</summary>
    public static readonly Comparer<VirtualTimer> Order = Comparer<VirtualTimer>.Create(static (one, other) =>
        one.Due != other.Due ? one.Due.CompareTo(other.Due)
        : one.Lot != other.Lot ? one.Lot.CompareTo(other.Lot)
        : one.Sequence.CompareTo(other.Sequence));

    private readonly VirtualClock _clock;
    private readonly TimerCallback _callback;
    private readonly object? _state;
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private readonly Work? _owner;

    // A limit on how long something else may take is not waited for: it must not run out because a file was slow.
    private readonly bool _isLimit;
    private bool _isPending;
    private bool _isDisposed;

    public VirtualTimer(VirtualTime time, VirtualClock clock, TimerCallback callback, object? state, ulong lot = 0)
    {
        Time = time;
        Lot = lot;
        _clock = clock;
        _callback = callback;
        _state = state;
        _owner = clock.Current.Value;
        _isLimit = IsLimit(state);
    }

    public VirtualTime Time { get; }

    /// <summary>What decides between timers of the same instant.</summary>
    public ulong Lot { get; }

    public long Due { get; set; }

    public long Sequence { get; set; }

    /// <summary>In ticks; zero for a timer that fires once.</summary>
    public long Period { get; private set; }

    /// <summary>Whether it only repeats itself, and so is no sign that anything will happen.</summary>
    public bool IsBackground => Period > 0 && _owner is null;

    public bool IsPending
    {
        get => _isPending;
        set
        {
            if (_isPending != value)
            {
                _isPending = value;
                if (!_isLimit)
                {
                    _owner?.CountWait(value ? 1 : -1);
                }
            }
        }
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        lock (_clock.Gate)
        {
            if (_isDisposed)
            {
                return false;
            }

            _clock.Remove(this);
            Period = period > TimeSpan.Zero ? period.Ticks : 0;
            if (dueTime >= TimeSpan.Zero && !Time.IsDead)
            {
                _clock.Add(this, _clock.Ticks + dueTime.Ticks);
            }

            return true;
        }
    }

    /// <summary>Calls back. What the launcher set is called here; what the code of a hook or function set, elsewhere, for it may block.</summary>
    public void Fire()
    {
        if (_owner is null)
        {
            Call();
            return;
        }

        _owner.Enter();
        ThreadPool.UnsafeQueueUserWorkItem(
            static timer =>
            {
                timer.Call();
                timer._owner!.Leave();
            },
            this,
            preferLocal: false);
    }

    public void Dispose()
    {
        lock (_clock.Gate)
        {
            _isDisposed = true;
            _clock.Remove(this);
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Call()
    {
        if (_context is null)
        {
            _callback(_state);
        }
        else
        {
            ExecutionContext.Run(_context, static timer => ((VirtualTimer)timer!)._callback(((VirtualTimer)timer)._state), this);
        }
    }

    // CancellationTokenSource, and the promise of Task.WaitAsync, which unlike that of Task.Delay may have a result.
    private static bool IsLimit(object? state) => state is CancellationTokenSource || (state is Task promise && promise.GetType().BaseType is { IsGenericType: true });
}
