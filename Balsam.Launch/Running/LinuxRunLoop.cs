using System.Diagnostics.CodeAnalysis;

namespace Balsam.Launch.Running;

/// <summary>The work of the runner's thread: start, wait, reap, report.</summary>
/// <remarks>
/// <para>Starting and reaping share one thread because that is fastest: two threads reach two thirds of its throughput.</para>
/// <para>
/// What is left of a run's process group when its leader ends is killed before the leader is reaped, since until then its id, and so the group's,
/// cannot be given to another process. After a signal it is not killed but waited for: a shell dies of SIGTERM at once, while the program it
/// started may still be saving its work; the run is over when the group is empty, or when it is told to kill. Processes that have left the group
/// are found by their marks (<see cref="OrphanMarks"/>) and killed before a signaled run is reported, so that nothing of it can meet the next attempt.
/// That takes a look at all processes, which is too dear for every exit, and a run that ended by itself may have started a daemon on purpose; such a
/// daemon ends before the run's next attempt begins.
/// </para>
/// <para>
/// Looks at all processes are made for all who need one together, and take a third of this thread's time at most: with ten thousand processes a look takes half a second, and
/// when thousands are ended at once, a look for each few that came together would take minutes.
/// </para>
/// </remarks>
internal sealed class LinuxRunLoop : IDisposable
{
    private const int CommandsPerTurn = 32;
    private const int StopPatienceMilliseconds = 30_000;
    private const int PausePerLook = 2;
    private const ulong InboxNumber = 0;

    private readonly RunnerInbox _inbox;
    private readonly Epoll _epoll = new();
    private readonly RunMarker _marker = new();
    private readonly Spawner _spawner;
    private readonly ProcessGroups _groups = new();
    private readonly Dictionary<long, LinuxRun> _runs = [];
    private readonly ExitWatches _exits;
    private readonly Dictionary<ulong, (LinuxRun Run, bool Leader)> _watches = [];
    private readonly List<LinuxRun> _groupsToCheck = [];
    private readonly Dictionary<long, (LinuxRun Run, RunRequest Request)> _retries = [];
    private readonly List<Exception> _faults = [];
    private long? _stopDeadline;
    private long _nextLook;

    public LinuxRunLoop(RunnerInbox inbox)
    {
        _inbox = inbox;
        _spawner = new Spawner(_marker);
        _exits = new ExitWatches(_epoll);
        _ = _epoll.TryWatch(inbox.Descriptor, InboxNumber);
    }

    /// <summary>What callbacks threw.</summary>
    public IReadOnlyList<Exception> Faults => _faults;

    /// <summary>Works until it is told to stop and nothing runs any more.</summary>
    public void Run()
    {
        _inbox.ReadHere();
        while (_stopDeadline is null || _runs.Count > 0)
        {
            int events = _epoll.Wait(Timeout());
            for (int i = 0; i < events; i++)
            {
                OnReadable(_epoll.Number(i));
            }

            for (int i = 0; i < CommandsPerTurn && _inbox.TryTake(out RunnerCommand command); i++)
            {
                Execute(command);
            }

            CheckGroups();
            if (Environment.TickCount64 >= _stopDeadline)
            {
                Abandon(run => new RunExit
                {
                    RunId = run.RunId,
                    Kind = RunExitKind.Signaled,
                    Code = LibC.SigKill,
                    Pid = run.Pid,
                    Message = "The process did not end within 30 seconds of SIGKILL; it hangs inside the operating system, most likely in file access.",
                });
            }
        }
    }

    /// <summary>Kills and reports what still runs after a fault of the loop itself, processes that have left their groups too. Throws nothing.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "What made the loop fail may fail again; the ends must be told all the same.")]
    public void Fail(string reason)
    {
        try
        {
            foreach (LinuxRun run in _runs.Values)
            {
                _ = LibC.Kill(-run.Pid, LibC.SigKill);
            }

            _ = Orphans.FindAndKill(OrphanMarks.OfRuns(_marker, _runs.Values));
        }
        catch (Exception)
        {
            // The next launcher looks for orphans before it starts anything.
        }

        Abandon(run => new RunExit { RunId = run.RunId, Kind = RunExitKind.Lost, Pid = run.Pid, Message = reason });
    }

    private void Abandon(Func<LinuxRun, RunExit> exit)
    {
        foreach (LinuxRun run in _runs.Values.ToList())
        {
            _ = LibC.Kill(-run.Pid, LibC.SigKill);
            Report(run, exit(run));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _exits.Dispose();
        _spawner.Dispose();
        _epoll.Dispose();
    }

    private bool NeedsLook => _groupsToCheck.Count > 0 || _retries.Count > 0;

    private int Timeout()
    {
        long now = Environment.TickCount64;
        long due = Math.Min(_stopDeadline ?? long.MaxValue, NeedsLook ? _nextLook : long.MaxValue);
        return !_inbox.IsEmpty ? 0 : due == long.MaxValue ? -1 : (int)Math.Clamp(due - now, 0, StopPatienceMilliseconds);
    }

    private void Execute(RunnerCommand command)
    {
        switch (command.Kind)
        {
            case RunnerCommandKind.Start:
                Start(command.Request!, command.Ended!);
                break;
            case RunnerCommandKind.Stop:
                _stopDeadline = Environment.TickCount64 + StopPatienceMilliseconds;
                foreach (LinuxRun run in _runs.Values)
                {
                    Kill(run);
                }

                foreach (LinuxRun run in _retries.Values.Select(retry => retry.Run).ToList())
                {
                    _retries.Remove(run.RunId);
                    Call(run.Ended, RunnerMessages.Stopped.ToExit(run.RunId));
                }

                break;
            default:
                if (_retries.Remove(command.RunId, out (LinuxRun Run, RunRequest Request) retry))
                {
                    Call(retry.Run.Ended, RunnerMessages.EndedBeforeStart(command.RunId));
                }
                else if (_runs.TryGetValue(command.RunId, out LinuxRun? known))
                {
                    Execute(command.Kind, known);
                }

                break;
        }
    }

    private void Execute(RunnerCommandKind kind, LinuxRun run)
    {
        switch (kind)
        {
            case RunnerCommandKind.Terminate:
                run.Signaled = true;
                _ = LibC.Kill(-run.Pid, LibC.SigTerm);

                // A stopped process sees the signal only when it goes on.
                _ = LibC.Kill(-run.Pid, LibC.SigContinue);
                break;
            case RunnerCommandKind.Kill:
                Kill(run);
                break;
            default:
                OnLeaderEnded(run);
                break;
        }
    }

    private static void Kill(LinuxRun run)
    {
        run.Signaled = true;
        _ = LibC.Kill(-run.Pid, LibC.SigKill);
    }

    private void Start(RunRequest request, Action<RunExit> ended)
    {
        if (_stopDeadline is not null)
        {
            Call(ended, RunnerMessages.Stopped.ToExit(request.RunId));
        }
        else if (_runs.ContainsKey(request.RunId) || _retries.ContainsKey(request.RunId))
        {
            Call(ended, RunnerMessages.Duplicate(request.RunId).ToExit(request.RunId));
        }
        else if (request.Attempt > 1)
        {
            _retries.Add(request.RunId, (new LinuxRun(request.RunId, 0, ended) { Mark = request.Mark }, request));
        }
        else
        {
            Spawn(request, ended);
        }
    }

    private void Spawn(RunRequest request, Action<RunExit> ended)
    {
        int pid = TryStart(request, out StartFailure? failure);
        if (failure is not null)
        {
            Call(ended, failure.ToExit(request.RunId));
            return;
        }

        var run = new LinuxRun(request.RunId, pid, ended) { Mark = request.Mark };
        _runs.Add(run.RunId, run);
        if (!TryWatch(run, pid, leader: true))
        {
            AwaitOnOwnThread(run);
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "No fault of one job may end the thread that serves all.")]
    private int TryStart(RunRequest request, out StartFailure? failure)
    {
        try
        {
            return _spawner.Start(request, out failure);
        }
        catch (Exception exception)
        {
            failure = new StartFailure(0, $"The program '{request.FileName}' could not be started in '{request.Workdir}': {exception.Message}");
            return 0;
        }
    }

    private bool TryWatch(LinuxRun run, int pid, bool leader)
    {
        ulong number = _exits.TryAdd(pid);
        return number != InboxNumber && _watches.TryAdd(number, (run, leader));
    }

    // Kernels before 5.3 have no descriptors for processes, and a launcher may run out of descriptors. What is left of a signaled group is then
    // killed when the leader ends, as it cannot be waited for.
    private void AwaitOnOwnThread(LinuxRun run)
    {
        var waiter = new Thread(
            () =>
            {
                Reaper.AwaitEnd(run.Pid);
                _inbox.Put(new RunnerCommand(RunnerCommandKind.LeaderEnded, run.RunId));
            },
            maxStackSize: 128 * 1024)
        {
            IsBackground = true,
            Name = "Balsam process waiter",
        };
        waiter.Start();
    }

    private void OnReadable(ulong number)
    {
        if (number == InboxNumber)
        {
            _inbox.Drain();
            return;
        }

        if (!_watches.Remove(number, out (LinuxRun Run, bool Leader) watch))
        {
            return;
        }

        _exits.Remove(number);
        if (watch.Leader)
        {
            OnLeaderEnded(watch.Run);
        }
        else if (--watch.Run.WatchedMembers == 0)
        {
            _groupsToCheck.Add(watch.Run);
        }
    }

    private void OnLeaderEnded(LinuxRun run)
    {
        run.LeaderEnded = true;
        if (run.Signaled)
        {
            _groupsToCheck.Add(run);
        }
        else
        {
            Finish(run);
        }
    }

    // One look through all processes serves every run that was signaled and whose leader, or last known member, has ended since the last one, and every run that follows an earlier attempt.
    private void CheckGroups()
    {
        long start = Environment.TickCount64;
        if (!NeedsLook || start < _nextLook)
        {
            return;
        }

        Dictionary<int, LinuxRun> byGroup = _groupsToCheck.Where(run => _runs.ContainsKey(run.RunId)).ToDictionary(run => run.Pid);
        _groupsToCheck.Clear();
        foreach ((int pid, int group) in byGroup.Count == 0 ? [] : _groups.LiveMembers(byGroup.Keys.ToHashSet()))
        {
            LinuxRun run = byGroup[group];
            if (pid != run.Pid && TryWatch(run, pid, leader: false))
            {
                run.WatchedMembers++;
            }
        }

        List<LinuxRun> over = [.. byGroup.Values.Where(run => run.WatchedMembers == 0)];
        List<(LinuxRun Run, RunRequest Request)> retries = [.. _retries.Values];
        _retries.Clear();
        IEnumerable<LinuxRun> cleared = over.Concat(retries.Select(retry => retry.Run));
        _ = Orphans.FindAndKill(OrphanMarks.OfRuns(_marker, cleared));
        long end = Environment.TickCount64;
        _nextLook = end + (PausePerLook * (end - start));
        over.ForEach(Finish);
        retries.ForEach(retry => Spawn(retry.Request, retry.Run.Ended));
    }

    private void Finish(LinuxRun run)
    {
        _ = LibC.Kill(-run.Pid, LibC.SigKill);
        Report(run, Reaper.Reap(run));
    }

    private void Report(LinuxRun run, RunExit exit)
    {
        if (_runs.Remove(run.RunId))
        {
            Call(run.Ended, exit);
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Kept and thrown when the runner is disposed.")]
    private void Call(Action<RunExit> ended, RunExit exit)
    {
        try
        {
            ended(exit);
        }
        catch (Exception exception)
        {
            _faults.Add(exception);
        }
    }
}
