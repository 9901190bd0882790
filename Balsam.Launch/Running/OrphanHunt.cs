using System.Runtime.InteropServices;
using System.Text;

namespace Balsam.Launch.Running;

/// <summary>One search for processes by their marks. Belongs to one thread.</summary>
/// <remarks>
/// What is found is stopped first: a stopped process starts no other, so that passes over the processes that have come since find an end. A descriptor pins each: once it is open, a second look
/// tells whether the number still means the process that was found.
/// </remarks>
internal sealed class OrphanHunt(OrphanMarks marks)
{
    private const int MaximumPasses = 50;
    private const int MaximumLooks = 100;
    private const int MaximumCommandLength = 200;
    private const int PatienceMilliseconds = 2_000;
    private const int PauseMilliseconds = 10;
    private const int NoDescriptor = -1;

    private readonly ProcReader _reader = new();
    private readonly Dictionary<int, (int Descriptor, Orphan Orphan)> _caught = [];
    private readonly Dictionary<int, ProcessIdentity> _unmarked = [];
    private readonly long _patience = Environment.TickCount64 + PatienceMilliseconds;

    /// <summary>Finds and stops; ends when a pass finds nothing new, and has missed nothing that came and went.</summary>
    /// <returns>Whether anything was found.</returns>
    public bool StopAll()
    {
        HashSet<int> seen = [Environment.ProcessId, .. marks.Except];
        _unmarked.Clear();
        for (int pass = 0; pass < MaximumPasses; pass++)
        {
            int before = _caught.Count;
            bool missed = false;

            // The newest first: a process that only starts the next one and ends is met while it lives.
            foreach (int pid in ProcReader.AllPids().OrderDescending())
            {
                missed |= seen.Add(pid) && !Look(pid);
            }

            CatchChildren();
            if (_caught.Count == before && !missed)
            {
                break;
            }
        }

        return _caught.Count > 0;
    }

    /// <summary>Kills what is stopped and waits for its end.</summary>
    public void EndAll(Dictionary<int, Orphan> ended)
    {
        foreach ((int pid, (int descriptor, Orphan orphan)) in _caught)
        {
            if ((descriptor == NoDescriptor ? LibC.Kill(pid, LibC.SigKill) : LibC.SignalPidFd(descriptor, LibC.SigKill)) == 0)
            {
                ended.TryAdd(pid, orphan);
            }
        }

        foreach ((int descriptor, _) in _caught.Values)
        {
            if (descriptor == NoDescriptor)
            {
                LibC.Pause(PauseMilliseconds);
                continue;
            }

            _ = LibC.WaitReadable(descriptor, (int)Math.Max(0, _patience - Environment.TickCount64));
            _ = LibC.Close(descriptor);
        }

        _caught.Clear();
    }

    /// <returns>Whether the process was still there.</returns>
    private bool Look(int pid)
    {
        switch (Judge(pid))
        {
            case ProcessVerdict.Gone:
                return false;
            case ProcessVerdict.Ours:
                Catch(pid, null);
                return true;
            case ProcessVerdict.Unmarked:
                if (ProcReader.TryGetIdentity(_reader.Read(pid, "stat"u8), out ProcessIdentity identity))
                {
                    _unmarked[pid] = identity;
                }

                return true;
            default:
                return true;
        }
    }

    // A dead process has no environment any more. Nor has a living one in the middle of exec, which is waited for unless its limit tells already.
    private ProcessVerdict Judge(int pid)
    {
        for (int look = 0; look < MaximumLooks; look++)
        {
            bool readable = _reader.TryRead(pid, "environ"u8, out ReadOnlySpan<byte> environment);
            if (environment.Length > 0 && marks.Judge(environment) is not ProcessVerdict.Unmarked and var verdict)
            {
                return verdict;
            }

            bool isEmpty = environment.Length == 0;
            ReadOnlySpan<byte> stat = _reader.Read(pid, "stat"u8);
            if (stat.Length == 0)
            {
                return ProcessVerdict.Gone;
            }

            // What is dead has started others before, perhaps.
            if (!ProcReader.TryGetIdentity(stat, out _))
            {
                return ProcessVerdict.Gone;
            }

            bool isStarting = isEmpty && readable && ProcReader.IsStartingProgram(stat);
            if (ProcReader.TryGetRealtimeLimit(_reader.Read(pid, "limits"u8), out ulong limit) && marks.OurLimit(limit))
            {
                return ProcessVerdict.Ours;
            }

            if (!isStarting)
            {
                // The exec may have ended between the two readings.
                return isEmpty && readable ? marks.Judge(_reader.Read(pid, "environ"u8)) : ProcessVerdict.Unmarked;
            }

            LibC.Pause(1);
        }

        return ProcessVerdict.Unmarked;
    }

    // What stands below a process that was found is the same run's, even where it has shed every mark.
    private void CatchChildren()
    {
        int before;
        do
        {
            before = _caught.Count;
            foreach ((int pid, ProcessIdentity identity) in _unmarked)
            {
                if (!_caught.ContainsKey(pid) && _caught.ContainsKey(identity.Parent))
                {
                    Catch(pid, identity);
                }
            }
        }
        while (_caught.Count > before);
    }

    private void Catch(int pid, ProcessIdentity? child)
    {
        int descriptor = LibC.OpenPidFd(pid);
        if (descriptor < 0)
        {
            // Kernels before 5.3 have no such descriptors; the process has been looked at a moment ago.
            if (Marshal.GetLastPInvokeError() != Errno.NoProcess && LibC.Kill(pid, LibC.SigStop) == 0)
            {
                _caught[pid] = (NoDescriptor, new Orphan(pid, CommandOf(pid)));
            }

            return;
        }

        bool isStillIt = child is { } identity
            ? ProcReader.TryGetIdentity(_reader.Read(pid, "stat"u8), out ProcessIdentity now) && now == identity
            : Judge(pid) == ProcessVerdict.Ours;
        if (isStillIt && LibC.SignalPidFd(descriptor, LibC.SigStop) == 0)
        {
            _caught[pid] = (descriptor, new Orphan(pid, CommandOf(pid)));
        }
        else
        {
            _ = LibC.Close(descriptor);
        }
    }

    private string CommandOf(int pid)
    {
        ReadOnlySpan<byte> line = _reader.Read(pid, "cmdline"u8);
        string text = Encoding.UTF8.GetString(line[..Math.Min(line.Length, MaximumCommandLength)]);
        return text.TrimEnd('\0').Replace('\0', ' ');
    }
}
