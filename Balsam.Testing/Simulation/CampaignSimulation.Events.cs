using System.Runtime.InteropServices;
using Balsam.Launch.Packing;

namespace Balsam.Testing.Simulation;

/// <content>What happens at instants: runs start and end, nodes fail, allocations come and go.</content>
internal sealed partial class CampaignSimulation
{
    private static readonly int Kinds = Enum.GetValues<SimulationEventKind>().Length;

    // By instant, then by kind, then in the order in which they were scheduled.
    private readonly PriorityQueue<(int First, int Second), (long InstantAndKind, long Order)> _events = new();
    private readonly List<(int Job, FailureKind? Failure, JobState? State)> _writes = [];
    private readonly List<(int Job, FailureKind? Failure)> _settling = [];
    private readonly Stack<int> _final = new();
    private readonly Stack<int> _freePlaces = new();
    private RunInSimulation[] _places = new RunInSimulation[16];
    private int _usedPlaces;
    private long _scheduled;

    // A failure of a node alone lets nothing go on.
    private bool HasProspects => _events.Count > _nodeFailures;

    private void Schedule(SimulationEventKind kind, long at, int first, int second = 0) =>
        _events.Enqueue((first, second), ((at * Kinds) + (int)kind, _scheduled++));

    private long? NextInstant() => _events.TryPeek(out _, out (long InstantAndKind, long Order) next) ? next.InstantAndKind / Kinds : null;

    private void HandleInstant()
    {
        while (_events.TryPeek(out (int First, int Second) what, out (long InstantAndKind, long Order) next) && next.InstantAndKind / Kinds == _now)
        {
            _events.Dequeue();
            Handle((SimulationEventKind)(next.InstantAndKind % Kinds), what.First, what.Second);
        }
    }

    private void Handle(SimulationEventKind kind, int first, int second)
    {
        switch (kind)
        {
            case SimulationEventKind.RunEnd when _places[first].GoesOn && _places[first].Generation == second:
                EndRun(first, _places[first].Failure, _places[first].ExitCode);
                break;
            case SimulationEventKind.Settle:
                _writes.Add((_settling[first].Job, _settling[first].Failure, null));
                break;
            case SimulationEventKind.Repair:
                Repair(first);
                break;
            case SimulationEventKind.NodeFailure:
                FailNode(first, second);
                break;
            case SimulationEventKind.LauncherEnd when _launchers[first].Ended is null:
                EndLauncher(_launchers[first]);
                break;
            case SimulationEventKind.LauncherStart:
                OpenLauncher(first, second);
                break;
            case SimulationEventKind.Due:
                _account.AskedAgain -= _graph.CoresOf(first);
                Queue(first, JobState.RestartReady);
                break;
        }
    }

    private void Start(LauncherInSimulation launcher, PlacedCandidate placed)
    {
        int job = JobOf(placed.Candidate);
        LeaveQueue(launcher, job);
        launcher.Starts++;
        int attempt = ++_attempts[job];
        if (attempt > MostAttempts)
        {
            throw new InvalidOperationException(FormattableString.Invariant(
                $"Job [{job}] ({_graph.Jobs[job].Application}) was started {MostAttempts} times without coming to an end: its runs are cut off each time. Give it a retry policy, a longer time limit, or launchers that live longer."));
        }

        _random.Begin(_seed, job, attempt);
        DrawnRun drawn = (_graph.Jobs[job].RunTime ?? _options.RunTime).Draw(_graph.Jobs[job], _random);
        ArgumentOutOfRangeException.ThrowIfLessThan(drawn.Duration, TimeSpan.Zero);
        TimeSpan duration = drawn.Duration + _options.Overhead.Start;
        FailureKind? failure = drawn.ExitCode == 0 ? null : FailureKind.ExitCode;
        if (_graph.Jobs[job].Resources.TimeLimit is { } limit && duration > limit)
        {
            (duration, failure) = (limit, FailureKind.TimeLimit);
        }

        int place = _freePlaces.TryPop(out int free) ? free : _usedPlaces++;
        if (place == _places.Length)
        {
            Array.Resize(ref _places, place * 2);
        }

        ref RunInSimulation run = ref _places[place];
        run = new RunInSimulation
        {
            Launcher = launcher, Allocation = placed.Allocation, Job = job, Run = _runs.Count, Start = _now, Cores = CoresOf(launcher, placed),
            Failure = failure, ExitCode = failure == FailureKind.ExitCode ? drawn.ExitCode : 0, Generation = run.Generation, GoesOn = true,
        };
        _account.Held += run.Cores;
        _runs.Add(new SimulatedRun(job, attempt, launcher.Number, new TimeSpan(_now), default, null, 0));
        _history?.Start(job, placed.Allocation.Placement, _now);
        Schedule(SimulationEventKind.RunEnd, _now + duration.Ticks, place, run.Generation);
    }

    // A job on several nodes has all of each.
    private static long CoresOf(LauncherInSimulation launcher, PlacedCandidate placed)
    {
        if (launcher.Inventory.JobAt(placed.Allocation.Entry).Nodes is not { } nodes)
        {
            return placed.Candidate.Resources.CoresPerNode;
        }

        long cores = 0;
        foreach (int node in nodes)
        {
            cores += launcher.Inventory.Nodes[node].CoreIds.Length;
        }

        return cores;
    }

    private void EndRun(int place, FailureKind? failure, int exitCode)
    {
        ref RunInSimulation run = ref _places[place];
        run.GoesOn = false;
        run.Generation++;
        LauncherInSimulation launcher = run.Launcher;
        launcher.Inventory.Release(run.Allocation);
        launcher.MayPack = true;
        launcher.MayClaim = true;
        _account.Held -= run.Cores;
        long ticks = _now - run.Start;
        _account.End(run.Cores, ticks, Math.Min(ticks, _options.Overhead.Start.Ticks), succeeded: failure is null);
        ref SimulatedRun record = ref CollectionsMarshal.AsSpan(_runs)[run.Run];
        record = record with { End = new TimeSpan(_now), Failure = failure, ExitCode = exitCode };
        int job = run.Job;
        _freePlaces.Push(place);
        _history?.End(job, failure, exitCode, _now);
        if (_options.Overhead.Finish > TimeSpan.Zero)
        {
            _settling.Add((job, failure));
            Schedule(SimulationEventKind.Settle, _now + _options.Overhead.Finish.Ticks, _settling.Count - 1);
        }
        else
        {
            _writes.Add((job, failure, null));
        }
    }

    // What the launcher writes at the end of its turn: ended jobs leave their states, and their children are woken.
    private bool Write()
    {
        if (_writes.Count == 0)
        {
            return false;
        }

        for (int i = 0; i < _writes.Count; i++)
        {
            (int job, FailureKind? failure, JobState? state) = _writes[i];
            if (state is { } given)
            {
                Finish(job, given);
            }
            else
            {
                Settle(job, failure);
            }
        }

        _writes.Clear();
        WakeLaunchers();
        return true;
    }

    // As the launcher does for applications without hooks of their own.
    private void Settle(int job, FailureKind? failure)
    {
        HookOutcome outcome = failure switch
        {
            null => PostprocessOutcome.Done,
            FailureKind.ExitCode => RetryPolicy.OnError(RetryOf(job), _attempts[job], _history?.FailureOf(job)),
            _ => RetryPolicy.OnTimeout(RetryOf(job), _attempts[job], _history?.FailureOf(job)),
        };
        _history?.Settle(job, outcome, _now);
        if (outcome.Trigger != JobTrigger.RetryRequested)
        {
            Finish(job, failure is null ? JobState.JobFinished : JobState.Failed);
        }
        else if (outcome.Delay is { } delay && delay > TimeSpan.Zero && DueAfter(delay) is var due && due > _now)
        {
            _states[job] = JobState.RestartReady;
            _account.AskedAgain += _graph.CoresOf(job);
            Schedule(SimulationEventKind.Due, due, job);
        }
        else
        {
            Queue(job, JobState.RestartReady);
        }
    }

    private RetryPolicy? RetryOf(int job) => _options.Retries.GetValueOrDefault(_graph.Jobs[job].Application);

    private long DueAfter(TimeSpan delay) => (_options.SubmittedAt.AddTicks(_now) + delay).ToStoredInstant().UtcTicks - _options.SubmittedAt.UtcTicks;

    private void Finish(int job, JobState state)
    {
        _states[job] = state;
        _unfinished--;
        _final.Push(job);
        while (_final.TryPop(out int parent))
        {
            foreach (SimulatedParent child in _graph.ChildrenOf(parent))
            {
                FollowEdge(parent, child);
            }
        }
    }

    private void FollowEdge(int parent, SimulatedParent child)
    {
        if (_states[child.Job] != JobState.AwaitingParents)
        {
            return;
        }

        DependencyVerdict verdict = DependencyRules.Judge(child.Condition, _states[parent]);
        if (verdict == DependencyVerdict.Broken)
        {
            _history?.FailChild(child.Job, parent, _now);
            _account.AskedByChildren -= _graph.CoresOf(child.Job);
            _states[child.Job] = JobState.Failed;
            _unfinished--;
            _final.Push(child.Job);
        }
        else if (verdict == DependencyVerdict.Satisfied && --_pending[child.Job] == 0)
        {
            _account.AskedByChildren -= _graph.CoresOf(child.Job);
            MakeReady(child.Job);
        }
    }
}
