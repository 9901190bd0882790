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
/// That takes a look at all processes, which is too dear for every exit, and a run that ended by itself may have started a daemon on purpose: such
/// a daemon lives until the next attempt of its job, and is killed right before that starts.
/// </para>
/// </remarks>
internal sealed class LinuxRunLoop : IDisposable
{
    private const int CommandsPerTurn = 32;
    private const int StopPatienceMilliseconds = 30_000;
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
    private readonly List<RunnerCommand> _turn = [];
    private readonly RunNumbers _endedByThemselves = new();
    private readonly List<Exception> _faults = [];
    private long? _stopDeadline;

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

            ExecuteCommands();
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

            _ = Orphans.FindAndKill(RunMarker.Variable, _runs.Keys.Select(_marker.ValueOf).ToHashSet(StringComparer.Ordinal), NoProcesses);
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

    private int Timeout() =>
        !_inbox.IsEmpty ? 0
        : _stopDeadline is { } deadline ? (int)Math.Clamp(deadline - Environment.TickCount64, 0, StopPatienceMilliseconds)
        : -1;

    private void ExecuteCommands()
    {
        _turn.Clear();
        while (_turn.Count < CommandsPerTurn && _inbox.TryTake(out RunnerCommand command))
        {
            _turn.Add(command);
        }

        EndLeftovers();
        foreach (RunnerCommand command in _turn)
        {
            Execute(command);
        }
    }

    // What earlier attempts have left outside their groups must not meet the next ones. One look through all processes serves every start of the turn.
    private void EndLeftovers()
    {
        HashSet<string> markers = new(StringComparer.Ordinal);
        foreach (RunnerCommand command in _turn)
        {
            if (command.Kind == RunnerCommandKind.Start && _endedByThemselves.Contains(command.RunId) && !_runs.ContainsKey(command.RunId))
            {
                markers.Add(_marker.ValueOf(command.RunId));
            }
        }

        if (markers.Count > 0)
        {
            _ = Orphans.FindAndKill(RunMarker.Variable, markers, NoProcesses);
        }
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

                break;
            default:
                if (_runs.TryGetValue(command.RunId, out LinuxRun? known))
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
        StartFailure? failure;
        int pid = 0;
        if (_stopDeadline is not null)
        {
            failure = RunnerMessages.Stopped;
        }
        else if (_runs.ContainsKey(request.RunId))
        {
            failure = RunnerMessages.Duplicate(request.RunId);
        }
        else
        {
            pid = TryStart(request, out failure);
        }

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
            _endedByThemselves.Add(run.RunId);
            Finish(run);
        }
    }

    // One look through all processes serves every run that was signaled and whose leader, or last known member, has just ended.
    private void CheckGroups()
    {
        if (_groupsToCheck.Count == 0)
        {
            return;
        }

        Dictionary<int, LinuxRun> byGroup = _groupsToCheck.Where(run => _runs.ContainsKey(run.RunId)).ToDictionary(run => run.Pid);
        _groupsToCheck.Clear();
        foreach ((int pid, int group) in _groups.LiveMembers(byGroup.Keys.ToHashSet()))
        {
            LinuxRun run = byGroup[group];
            if (pid != run.Pid && TryWatch(run, pid, leader: false))
            {
                run.WatchedMembers++;
            }
        }

        List<LinuxRun> over = [.. byGroup.Values.Where(run => run.WatchedMembers == 0)];
        _ = Orphans.FindAndKill(OrphanMarks.OfRuns(_marker, over));
        over.ForEach(Finish);
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
