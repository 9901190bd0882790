using System.Runtime.InteropServices;

namespace Balsam.Launch.Running;

/// <summary>What every child starts with: a process group of its own, no terminal, no blocked signal, every signal at its default.</summary>
/// <remarks>
/// One kill reaches a whole process group. A launcher that has a terminal gives each child a session of its own too, which is a group as well: a
/// program that asks for a password on <c>/dev/tty</c> then fails at once, where as a background group it would be stopped for ever. Without a
/// terminal a session has no use and costs 5 to 8 % of the starts per second (the kernel makes a scheduling group for each).
/// .NET ignores SIGPIPE, which children would inherit; hence the defaults.
/// </remarks>
internal sealed unsafe class SpawnAttributes : IDisposable
{
    private const short SetGroup = 0x02;
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;
    private const int GenerousSize = 1024;
    private const int SignalSetSize = 128;

    /// <param name="newSession">Whether children get sessions of their own; see <see cref="HasTerminal"/>.</param>
    public SpawnAttributes(bool newSession)
    {
        Pointer = NativeMemory.AllocZeroed(GenerousSize);
        byte* set = stackalloc byte[SignalSetSize];
        _ = LibC.InitAttributes(Pointer);
        _ = LibC.SetFlags(Pointer, (short)(SetSignalDefaults | SetSignalMask | (newSession ? SetSession : SetGroup)));
        _ = LibC.EmptySignalSet(set);
        _ = LibC.SetSignalMask(Pointer, set);
        _ = LibC.FillSignalSet(set);
        _ = LibC.SetSignalDefaults(Pointer, set);
    }

    /// <summary>The <c>posix_spawnattr_t</c>.</summary>
    public void* Pointer { get; private set; }

    /// <summary>Whether this process has a controlling terminal.</summary>
    public static bool HasTerminal()
    {
        fixed (byte* terminal = "/dev/tty\0"u8)
        {
            int fd = LibC.Open(terminal, LibC.OpenReadOnly | LibC.OpenCloseOnExec | LibC.OpenNonBlocking, 0);
            if (fd >= 0)
            {
                _ = LibC.Close(fd);
            }

            return fd >= 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Pointer is not null)
        {
            _ = LibC.DestroyAttributes(Pointer);
            NativeMemory.Free(Pointer);
            Pointer = null;
        }
    }
}
