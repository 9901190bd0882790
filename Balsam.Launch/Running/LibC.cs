using System.Runtime.InteropServices;
using System.Text;

namespace Balsam.Launch.Running;

/// <summary>The functions of the C library that the runner needs (Linux; structures are handed over as raw memory).</summary>
internal static unsafe partial class LibC
{
    public const int OpenReadOnly = 0;
    public const int OpenWriteOnly = 1;
    public const int OpenCreate = 0x40;
    public const int OpenExclusive = 0x80;
    public const int OpenAppend = 0x400;
    public const int OpenNonBlocking = 0x800;
    public const int OpenCloseOnExec = 0x80000;
    public const int OpenPath = 0x200000;
    public const int AtWorkingDirectory = -100;
    public const int RemoveDirectory = 0x200;

    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int SigChild = 17;
    public const int SigContinue = 18;
    public const int SigStop = 19;

    private const string Library = "libc";
    private const int SysPidFdSendSignal = 424;
    private const int SysPidFdOpen = 434;
    private const int AtEffectiveAccess = 0x200;
    private const int ExecuteAccess = 1;
    private const uint RenameNoReplace = 1;
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // Two flags that some processors number in their own way.
    private static readonly bool HasOwnFlags =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Armv6 or Architecture.Ppc64le;

    public static int OpenDirectory { get; } = HasOwnFlags ? 0x4000 : 0x10000;

    public static int OpenNoFollow { get; } = HasOwnFlags ? 0x8000 : 0x20000;

    // posix_spawn waits until the child has called exec, so its GC transition must not be suppressed.
    [LibraryImport(Library, EntryPoint = "posix_spawn")]
    public static partial int Spawn(int* pid, byte* path, void* fileActions, void* attributes, byte** argv, byte** envp);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int InitActions(void* fileActions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int DestroyActions(void* fileActions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int AddDup2(void* fileActions, int source, int target);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_addfchdir_np")]
    public static partial int AddFchdir(void* fileActions, int directory);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_init")]
    public static partial int InitAttributes(void* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_destroy")]
    public static partial int DestroyAttributes(void* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setflags")]
    public static partial int SetFlags(void* attributes, short flags);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigmask")]
    public static partial int SetSignalMask(void* attributes, void* set);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int SetSignalDefaults(void* attributes, void* set);

    [LibraryImport(Library, EntryPoint = "sigemptyset")]
    public static partial int EmptySignalSet(void* set);

    [LibraryImport(Library, EntryPoint = "sigfillset")]
    public static partial int FillSignalSet(void* set);

    [LibraryImport(Library, EntryPoint = "sigaction")]
    public static partial int SignalAction(int signal, void* action, void* previous);

    [LibraryImport(Library, EntryPoint = "signal")]
    public static partial nint SetSignalHandler(int signal, nint handler);

    [LibraryImport(Library, EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport(Library, EntryPoint = "wait4", SetLastError = true)]
    public static partial int Wait4(int pid, int* status, int options, void* usage);

    [LibraryImport(Library, EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitId(int idType, int id, void* info, int options);

    [LibraryImport(Library, EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeDirectoryAt(int directory, string name, uint mode);

    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenAt(int directory, string name, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true)]
    public static partial int Open(byte* path, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int UnlinkAt(int directory, string name, int flags);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int fd, void* buffer, nint count);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int fd, void* buffer, nint count);

    [LibraryImport(Library, EntryPoint = "close")]
    public static partial int Close(int fd);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint initial, int flags);

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int fd, void* change);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, void* events, int capacity, int milliseconds);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(void* fds, nuint count, int milliseconds);

    [LibraryImport(Library, EntryPoint = "sched_getaffinity", SetLastError = true)]
    public static partial int GetAffinity(int pid, nuint bytes, void* mask);

    [LibraryImport(Library, EntryPoint = "sched_setaffinity", SetLastError = true)]
    public static partial int SetAffinity(int pid, nuint bytes, void* mask);

    /// <summary>Sets the soft limit on realtime processor time of a process (0 for this one), unless its hard limit is lower or the system does not allow it.</summary>
    /// <returns>The limit before; null when it was not changed.</returns>
    public static ulong? LimitRealtime(int pid, ulong microseconds)
    {
        const int realtime = 15;
        ulong* limit = stackalloc ulong[2];
        if (!Environment.Is64BitProcess || ProcessLimit(pid, realtime, null, limit) != 0 || limit[1] < microseconds)
        {
            return null;
        }

        ulong before = limit[0];
        limit[0] = microseconds;
        return ProcessLimit(pid, realtime, limit, null) == 0 ? before : null;
    }

    /// <summary>Opens a descriptor that becomes readable when the process ends; -1 on failure.</summary>
    public static int OpenPidFd(int pid) => (int)SystemCall(SysPidFdOpen, pid, 0, 0, 0);

    /// <summary>Sends descriptors into a new socket, where they stay open until it is read or closed; 253 at most. The caller's own are left to him.</summary>
    /// <returns>The socket to close; -1 when the system refuses.</returns>
    public static int SendAway(ReadOnlySpan<int> descriptors)
    {
        const int unixDomain = 1;
        const int streamNonBlockingCloseOnExec = 1 | 0x800 | 0x80000;
        const int socketLevel = 1;
        const int rights = 1;
        int* pair = stackalloc int[2];

        // The structures below are those of 64-bit systems.
        if (!Environment.Is64BitProcess || SocketPair(unixDomain, streamNonBlockingCloseOnExec, 0, pair) != 0)
        {
            return -1;
        }

        // A control message: its length, level and type, the descriptors. It travels with one byte of data.
        int length = (2 * sizeof(long)) + (descriptors.Length * sizeof(int));
        long* control = stackalloc long[(length + sizeof(long) - 1) / sizeof(long)];
        control[0] = length;
        ((int*)control)[2] = socketLevel;
        ((int*)control)[3] = rights;
        descriptors.CopyTo(new Span<int>(control + 2, descriptors.Length));
        long data = 0;
        long* part = stackalloc long[] { (nint)(&data), 1 };
        long* message = stackalloc long[] { 0, 0, (nint)part, 1, (nint)control, length, 0 };
        bool sent = SendMessage(pair[0], message, 0) == 1;
        _ = Close(pair[0]);
        if (sent)
        {
            return pair[1];
        }

        _ = Close(pair[1]);
        return -1;
    }

    /// <summary>How many descriptors this process may have open.</summary>
    public static long MostDescriptors()
    {
        const int openFiles = 7;
        nuint* limit = stackalloc nuint[2];
        return ResourceLimit(openFiles, limit) == 0 ? (long)Math.Min(limit[0], int.MaxValue) : 0;
    }

    /// <summary>Signals the very process that the descriptor stands for, whatever has become of its id.</summary>
    public static int SignalPidFd(int pidFd, int signal) => (int)SystemCall(SysPidFdSendSignal, pidFd, signal, 0, 0);

    /// <summary>Waits until the descriptor is readable; false when the time is over.</summary>
    public static bool WaitReadable(int fd, int milliseconds)
    {
        const long pollIn = 1;
        long request = (uint)fd | (pollIn << 32);
        return Poll(&request, 1, milliseconds) > 0;
    }

    /// <summary>Lets the calling thread wait where there is nothing to wait for but the kernel.</summary>
    public static void Pause(int milliseconds) => _ = Poll(null, 0, milliseconds);

    /// <summary>Whether this process may execute the file.</summary>
    public static bool MayExecute(string path) =>
        OperatingSystem.IsLinux() ? AccessAt(AtWorkingDirectory, path, ExecuteAccess, AtEffectiveAccess) == 0
        : OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & AnyExecute) != 0;

    /// <summary>Whether a name in a directory is a symbolic link.</summary>
    public static bool IsLink(int directory, string name)
    {
        byte* target = stackalloc byte[1];
        return ReadLinkAt(directory, name, target, 1) >= 0;
    }

    /// <summary>Renames a file within a directory and fails with <see cref="Errno.Exists"/> rather than replace another one.</summary>
    /// <returns>0, or the error number.</returns>
    public static int RenameWithoutReplacing(int directory, string from, string to) =>
        RenameAt2(directory, from, directory, to, RenameNoReplace) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Renames a file and fails with <see cref="Errno.Exists"/> rather than replace another one.</summary>
    /// <returns>0, or the error number.</returns>
    public static int RenameWithoutReplacing(string from, string to) =>
        RenameAt2(AtWorkingDirectory, from, AtWorkingDirectory, to, RenameNoReplace) == 0 ? 0 : Marshal.GetLastPInvokeError();

    [LibraryImport(Library, EntryPoint = "prlimit", SetLastError = true)]
    private static partial int ProcessLimit(int pid, int resource, void* changed, void* previous);

    [LibraryImport(Library, EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int ResourceLimit(int resource, nuint* limit);

    [LibraryImport(Library, EntryPoint = "socketpair", SetLastError = true)]
    private static partial int SocketPair(int domain, int type, int protocol, int* pair);

    [LibraryImport(Library, EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(int socket, void* message, int flags);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport(Library, EntryPoint = "faccessat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AccessAt(int directory, string path, int mode, int flags);

    [LibraryImport(Library, EntryPoint = "readlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ReadLinkAt(int directory, string name, byte* target, nuint size);

    [LibraryImport(Library, EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt2(int fromDirectory, string from, int toDirectory, string to, uint flags);
}
