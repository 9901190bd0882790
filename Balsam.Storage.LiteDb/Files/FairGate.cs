namespace Balsam.Storage.LiteDb.Files;

/// <summary>
/// A lock that is given in the order of asking: readers in a tight loop would starve the one writer at a lock of the runtime. A thread that
/// holds it may enter again.
/// </summary>
internal sealed class FairGate
{
    private const int Spins = 30;

    private readonly object _turns = new();
    private long _next;
    private long _serving;
    private int _owner;
    private int _depth;

    /// <summary>Says whether this thread holds it.</summary>
    public bool IsHeldByCurrentThread => Volatile.Read(ref _owner) == Environment.CurrentManagedThreadId;

    /// <summary>How many threads hold it or wait for it.</summary>
    public long Asking => Interlocked.Read(ref _next) - Interlocked.Read(ref _serving);

    /// <summary>Waits for the turn; disposing ends it.</summary>
    public Turn Enter()
    {
        if (!IsHeldByCurrentThread)
        {
            WaitForTurn();
            Volatile.Write(ref _owner, Environment.CurrentManagedThreadId);
        }

        _depth++;
        return new Turn(this);
    }

    private void WaitForTurn()
    {
        long mine = Interlocked.Increment(ref _next) - 1;
        var spinner = default(SpinWait);
        while (Volatile.Read(ref _serving) != mine && spinner.Count < Spins)
        {
            spinner.SpinOnce(sleep1Threshold: -1);
        }

        if (Volatile.Read(ref _serving) == mine)
        {
            return;
        }

        lock (_turns)
        {
            while (_serving != mine)
            {
                Monitor.Wait(_turns);
            }
        }
    }

    private void Exit()
    {
        if (--_depth > 0)
        {
            return;
        }

        Volatile.Write(ref _owner, 0);
        lock (_turns)
        {
            _serving++;
            Monitor.PulseAll(_turns);
        }
    }

    /// <summary>One holding of the gate.</summary>
    public readonly ref struct Turn(FairGate gate)
    {
        /// <summary>Ends it.</summary>
        public void Dispose() => gate.Exit();
    }
}
