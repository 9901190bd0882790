using System.Runtime.InteropServices;

namespace Balsam.Launch.Running;

/// <summary>What every child starts with: a session and process group of its own, no blocked signal, every signal at its default.</summary>
/// <remarks>
/// A session of its own (setsid) makes the child the leader of a process group of its own as well, so that one kill reaches the tree. It also has
/// no terminal: a program that asks for a password on <c>/dev/tty</c> fails at once, where in a mere process group it would be stopped for ever.
/// .NET ignores SIGPIPE, which children would inherit; hence the defaults.
/// </remarks>
internal sealed unsafe class SpawnAttributes : IDisposable
{
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;
    private const int GenerousSize = 1024;
    private const int SignalSetSize = 128;

    public SpawnAttributes()
    {
        Pointer = NativeMemory.AllocZeroed(GenerousSize);
        byte* set = stackalloc byte[SignalSetSize];
        _ = LibC.InitAttributes(Pointer);
        _ = LibC.SetFlags(Pointer, SetSignalDefaults | SetSignalMask | SetSession);
        _ = LibC.EmptySignalSet(set);
        _ = LibC.SetSignalMask(Pointer, set);
        _ = LibC.FillSignalSet(set);
        _ = LibC.SetSignalDefaults(Pointer, set);
    }

    /// <summary>The <c>posix_spawnattr_t</c>.</summary>
    public void* Pointer { get; private set; }

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
