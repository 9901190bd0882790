using System.Runtime.InteropServices;
using System.Text;

namespace Balsam.Launch.Running;

/// <summary>Finds processes by a variable in their environment, wherever they hang in the process tree, and ends them (Linux; elsewhere finds none).</summary>
/// <remarks>
/// The environment that a process was started with is inherited through any number of forks, also through setsid and after the parent's death; a
/// process escapes only by starting programs with an emptied environment. A scan reads one small file a process (about 5 ms per 110 processes).
/// </remarks>
internal static class Orphans
{
    private const int MaximumRounds = 20;
    private const int MaximumLooks = 100;
    private const int MaximumCommandLength = 200;
    private const int PatienceMilliseconds = 2_000;
    private const int PauseMilliseconds = 10;

    /// <summary>Sends SIGKILL to every process that has the variable with this value, until a scan finds none.</summary>
    /// <param name="variable">The variable's name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="except">Processes to leave alone; this one always is.</param>
    /// <returns>The processes that were ended.</returns>
    public static IReadOnlyList<Orphan> FindAndKill(string variable, string value, IReadOnlySet<int> except) =>
        FindAndKill(variable, new HashSet<string>(StringComparer.Ordinal) { value }, except);

    /// <summary>The same for several values at once.</summary>
    public static IReadOnlyList<Orphan> FindAndKill(string variable, IReadOnlySet<string> values, IReadOnlySet<int> except)
    {
        var ended = new Dictionary<int, Orphan>();
        if (!OperatingSystem.IsLinux() || values.Count == 0)
        {
            return [];
        }

        var reader = new ProcReader();
        byte[] needle = Encoding.UTF8.GetBytes(variable + "=");
        long patience = Environment.TickCount64 + PatienceMilliseconds;
        for (int round = 0; round < MaximumRounds; round++)
        {
            bool found = false;
            foreach (int pid in ProcReader.AllPids())
            {
                if (pid != Environment.ProcessId && !except.Contains(pid) && Matches(reader, pid, needle, values))
                {
                    found |= Kill(reader, pid, needle, values, ended, patience);
                }
            }

            if (!found)
            {
                break;
            }
        }

        return [.. ended.Values];
    }

    // A dead process has no environment any more, so zombies do not match. Nor has a living one in the middle of exec, which is waited for.
    private static bool Matches(ProcReader reader, int pid, ReadOnlySpan<byte> needle, IReadOnlySet<string> values)
    {
        for (int look = 0; look < MaximumLooks; look++)
        {
            if (!reader.TryRead(pid, "environ"u8, out ReadOnlySpan<byte> environment))
            {
                return false;
            }

            if (environment.Length > 0)
            {
                return ProcReader.TryGetVariable(environment, needle, out ReadOnlySpan<byte> value) && values.Contains(Encoding.UTF8.GetString(value));
            }

            if (!ProcReader.IsStartingProgram(reader.Read(pid, "stat"u8)))
            {
                // The exec may have ended between the two readings.
                return ProcReader.TryGetVariable(reader.Read(pid, "environ"u8), needle, out ReadOnlySpan<byte> late)
                    && values.Contains(Encoding.UTF8.GetString(late));
            }

            LibC.Pause(1);
        }

        return false;
    }

    // The descriptor pins the process: once it is open, a second look at the environment tells whether the id still means the process that was found.
    private static bool Kill(ProcReader reader, int pid, ReadOnlySpan<byte> needle, IReadOnlySet<string> values, Dictionary<int, Orphan> ended, long patience)
    {
        int pidFd = LibC.OpenPidFd(pid);
        if (pidFd < 0)
        {
            return Marshal.GetLastPInvokeError() != Errno.NoProcess && KillById(reader, pid, ended);
        }

        try
        {
            if (!Matches(reader, pid, needle, values))
            {
                return false;
            }

            string command = CommandOf(reader, pid);
            if (LibC.SignalPidFd(pidFd, LibC.SigKill) != 0)
            {
                return false;
            }

            ended.TryAdd(pid, new Orphan(pid, command));
            _ = LibC.WaitReadable(pidFd, (int)Math.Max(0, patience - Environment.TickCount64));
            return true;
        }
        finally
        {
            _ = LibC.Close(pidFd);
        }
    }

    // Kernels before 5.3 have no such descriptors; the id has been looked at a moment ago.
    private static bool KillById(ProcReader reader, int pid, Dictionary<int, Orphan> ended)
    {
        var orphan = new Orphan(pid, CommandOf(reader, pid));
        if (LibC.Kill(pid, LibC.SigKill) != 0)
        {
            return false;
        }

        ended.TryAdd(pid, orphan);
        LibC.Pause(PauseMilliseconds);
        return true;
    }

    private static string CommandOf(ProcReader reader, int pid)
    {
        ReadOnlySpan<byte> line = reader.Read(pid, "cmdline"u8);
        string text = Encoding.UTF8.GetString(line[..Math.Min(line.Length, MaximumCommandLength)]);
        return text.TrimEnd('\0').Replace('\0', ' ');
    }
}
