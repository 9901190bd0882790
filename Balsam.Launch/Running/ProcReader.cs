using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace Balsam.Launch.Running;

/// <summary>Reads the small files of /proc without exceptions for processes that have gone. Belongs to one thread.</summary>
internal sealed unsafe class ProcReader
{
    private const int MaximumLength = 8 << 20;
    private byte[] _buffer = new byte[16 * 1024];

    /// <summary>The ids of all processes that can be seen.</summary>
    public static IEnumerable<int> AllPids()
    {
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), out int pid))
            {
                yield return pid;
            }
        }
    }

    /// <summary>The content of <c>/proc/pid/file</c>; empty when it cannot be read. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Read(int pid, ReadOnlySpan<byte> file) => TryRead(pid, file, out ReadOnlySpan<byte> content) ? content : default;

    /// <summary>Reads <c>/proc/pid/file</c>; false when this account may not, or there is no such process.</summary>
    public bool TryRead(int pid, ReadOnlySpan<byte> file, out ReadOnlySpan<byte> content)
    {
        Span<byte> path = stackalloc byte[64];
        path.Clear();
        "/proc/"u8.CopyTo(path);
        _ = Utf8Formatter.TryFormat(pid, path[6..], out int digits);
        path[6 + digits] = (byte)'/';
        file.CopyTo(path[(7 + digits)..]);
        int fd;
        fixed (byte* pointer = path)
        {
            fd = LibC.Open(pointer, LibC.OpenReadOnly | LibC.OpenCloseOnExec, 0);
        }

        content = default;
        if (fd < 0)
        {
            return false;
        }

        try
        {
            content = ReadAll(fd);
            return true;
        }
        finally
        {
            _ = LibC.Close(fd);
        }
    }

    /// <summary>The value of a variable in the content of an <c>environ</c> file.</summary>
    public static bool TryGetVariable(ReadOnlySpan<byte> environment, ReadOnlySpan<byte> nameAndEquals, out ReadOnlySpan<byte> value)
    {
        int from = 0;
        while (true)
        {
            int at = environment[from..].IndexOf(nameAndEquals);
            if (at < 0)
            {
                value = default;
                return false;
            }

            from += at;
            ReadOnlySpan<byte> rest = environment[(from + nameAndEquals.Length)..];
            if (from == 0 || environment[from - 1] == 0)
            {
                int end = rest.IndexOf((byte)0);
                value = end < 0 ? rest : rest[..end];
                return true;
            }

            from++;
        }
    }

    /// <summary>The process group in the content of a <c>stat</c> file, unless the process is dead already.</summary>
    public static bool TryGetLiveGroup(ReadOnlySpan<byte> stat, out int group)
    {
        group = 0;

        // pid (name) state parent group …; the name may hold anything, parentheses too.
        int nameEnd = stat.LastIndexOf((byte)')');
        if (nameEnd < 0 || stat.Length < nameEnd + 4 || stat[nameEnd + 2] is (byte)'Z' or (byte)'X')
        {
            return false;
        }

        ReadOnlySpan<byte> rest = stat[(nameEnd + 4)..];
        int parentEnd = rest.IndexOf((byte)' ');
        return parentEnd > 0 && Utf8Parser.TryParse(rest[(parentEnd + 1)..], out group, out _);
    }

    /// <summary>Parent and start in the content of a <c>stat</c> file, unless the process is dead already.</summary>
    public static bool TryGetIdentity(ReadOnlySpan<byte> stat, out ProcessIdentity identity)
    {
        const int parent = 1;
        const int start = 19;
        identity = default;
        if (!TryGetLiveGroup(stat, out _))
        {
            return false;
        }

        int parentId = 0;
        int number = 0;
        ReadOnlySpan<byte> rest = stat[(stat.LastIndexOf((byte)')') + 2)..];
        foreach (Range field in rest.Split((byte)' '))
        {
            if (number == parent && !Utf8Parser.TryParse(rest[field], out parentId, out _))
            {
                return false;
            }

            if (number++ == start)
            {
                bool isNumber = Utf8Parser.TryParse(rest[field], out long ticks, out _);
                identity = new ProcessIdentity(parentId, ticks);
                return isNumber;
            }
        }

        return false;
    }

    /// <summary>The soft limit on realtime processor time in the content of a <c>limits</c> file; false when there is none.</summary>
    public static bool TryGetRealtimeLimit(ReadOnlySpan<byte> limits, out ulong microseconds)
    {
        microseconds = 0;
        ReadOnlySpan<byte> name = "\nMax realtime timeout"u8;
        int at = limits.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(limits[(at + name.Length)..].TrimStart((byte)' '), out microseconds, out _);
    }

    /// <summary>Whether a <c>stat</c> file is that of a process in the middle of exec, whose environment cannot be seen for a moment.</summary>
    public static bool IsStartingProgram(ReadOnlySpan<byte> stat)
    {
        const int parent = 1;
        const int environmentEnd = 48;
        const int kernelThreads = 2;
        int nameEnd = stat.LastIndexOf((byte)')');
        if (nameEnd < 0 || !TryGetLiveGroup(stat, out _))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = stat[(nameEnd + 2)..];
        int number = 0;
        foreach (Range field in rest.Split((byte)' '))
        {
            if (number == parent && Utf8Parser.TryParse(rest[field], out int parentId, out _) && parentId is kernelThreads or 0)
            {
                return false;
            }

            if (number++ == environmentEnd)
            {
                return rest[field].SequenceEqual("0"u8);
            }
        }

        return false;
    }

    private ReadOnlySpan<byte> ReadAll(int fd)
    {
        int length = 0;
        while (true)
        {
            if (length == _buffer.Length)
            {
                if (length >= MaximumLength)
                {
                    return _buffer;
                }

                Array.Resize(ref _buffer, length * 2);
            }

            nint got;
            fixed (byte* pointer = &_buffer[length])
            {
                got = LibC.Read(fd, pointer, _buffer.Length - length);
            }

            if (got > 0)
            {
                length += (int)got;
            }
            else if (got == 0 || Marshal.GetLastPInvokeError() != Errno.Interrupted)
            {
                return _buffer.AsSpan(0, length);
            }
        }
    }
}
