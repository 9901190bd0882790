using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Balsam.Launch.Running;

/// <summary>Waits for many descriptors at once.</summary>
/// <remarks>
/// A descriptor number may be used again while its old event is still in the batch, so events carry a number that is never used twice, and a
/// descriptor is taken out before it is closed.
/// </remarks>
internal sealed unsafe class Epoll : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int Add = 1;
    private const int Delete = 2;
    private const uint Readable = 1;
    private const uint OneShot = 1u << 30;
    private const int Capacity = 256;

    // The kernel packs the event on x86-64 only.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventSize - sizeof(ulong);

    private readonly int _fd;
    private byte* _events;

    public Epoll()
    {
        _fd = LibC.EpollCreate(CloseOnExec);
        if (_fd < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        _events = (byte*)NativeMemory.AllocZeroed((nuint)(EventSize * Capacity));
    }

    /// <summary>Starts to watch a descriptor for being readable, and to tell of it as long as it is, or once; false when the system refuses.</summary>
    public bool TryWatch(int fd, ulong number, bool once = false)
    {
        byte* change = stackalloc byte[16];
        *(uint*)change = once ? Readable | OneShot : Readable;
        *(ulong*)(change + DataOffset) = number;
        return LibC.EpollControl(_fd, Add, fd, change) == 0;
    }

    /// <summary>Stops watching; to be called before the descriptor is closed.</summary>
    public void Forget(int fd)
    {
        byte* unused = stackalloc byte[16];
        _ = LibC.EpollControl(_fd, Delete, fd, unused);
    }

    /// <summary>Waits; -1 means without end.</summary>
    /// <returns>How many events there are; see <see cref="Number"/>.</returns>
    public int Wait(int milliseconds)
    {
        int count = LibC.EpollWait(_fd, _events, Capacity, milliseconds);
        if (count < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            return errno == Errno.Interrupted ? 0 : throw new Win32Exception(errno);
        }

        return count;
    }

    /// <summary>The number of the descriptor of an event.</summary>
    public ulong Number(int index) => *(ulong*)(_events + (index * EventSize) + DataOffset);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_events is not null)
        {
            _ = LibC.Close(_fd);
            NativeMemory.Free(_events);
            _events = null;
        }
    }
}
