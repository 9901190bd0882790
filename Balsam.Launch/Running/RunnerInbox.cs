using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Balsam.Launch.Running;

/// <summary>The way into the runner's thread: a queue, and an eventfd that wakes it at most once per batch.</summary>
internal sealed unsafe class RunnerInbox : IDisposable
{
    private const int CloseOnExecNonBlocking = 0x80800;
    private readonly ConcurrentQueue<RunnerCommand> _commands = new();
    private readonly Lock _lock = new();
    private int _readerThread;
    private int _wakePending;
    private bool _closed;

    public RunnerInbox()
    {
        Descriptor = LibC.EventFd(0, CloseOnExecNonBlocking);
        if (Descriptor < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Is readable when there is something to take.</summary>
    public int Descriptor { get; }

    public bool IsEmpty => _commands.IsEmpty;

    /// <summary>Makes the calling thread the reader: what it puts in itself needs no wake-up.</summary>
    public void ReadHere() => Volatile.Write(ref _readerThread, Environment.CurrentManagedThreadId);

    public void Put(RunnerCommand command)
    {
        _commands.Enqueue(command);
        if (Environment.CurrentManagedThreadId == Volatile.Read(ref _readerThread) || Interlocked.Exchange(ref _wakePending, 1) != 0)
        {
            return;
        }

        lock (_lock)
        {
            if (!_closed)
            {
                ulong one = 1;
                _ = LibC.Write(Descriptor, &one, sizeof(ulong));
            }
        }
    }

    public bool TryTake(out RunnerCommand command) => _commands.TryDequeue(out command);

    /// <summary>Resets the wake-up; to be called before taking.</summary>
    public void Drain()
    {
        ulong count;
        _ = LibC.Read(Descriptor, &count, sizeof(ulong));
        Interlocked.Exchange(ref _wakePending, 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            if (!_closed)
            {
                _closed = true;
                _ = LibC.Close(Descriptor);
            }
        }
    }
}
