using Balsam.Launch;
using Balsam.Launch.Packing;

namespace Balsam.Testing.Simulation;

/// <summary>One simulation of a campaign: what happens, instant by instant.</summary>
/// <remarks>
/// At an instant everything that ends is booked first; then launchers take their turns as the real one does: claim, pack, write, until nothing is written any more. What ends wakes its
/// children by the write, so what waited already is packed before them.
/// </remarks>
internal sealed partial class CampaignSimulation
{
    private const int MostAttempts = 1000;

    private readonly CampaignGraph _graph;
    private readonly SimulationOptions _options;
    private readonly int _seed;
    private readonly SimulationHistory? _history;
    private readonly SeededRandom _random = new();
    private readonly UseAccount _account = new();
    private readonly ReadyJobs _ready;
    private readonly JobState[] _states;
    private readonly int[] _pending;
    private readonly int[] _attempts;
    private readonly List<LauncherInSimulation> _launchers = [];
    private readonly List<LauncherInSimulation> _active = [];
    private readonly List<SimulatedRun> _runs = [];
    private readonly List<StepOfCores> _steps = [];
    private readonly HashSet<int> _tooLong = [];
    private long _now;
    private int _unfinished;

    public CampaignSimulation(CampaignGraph graph, SimulationOptions options, int seed)
    {
        _graph = graph;
        _options = options;
        _seed = seed;
        _history = options.KeepHistory ? new SimulationHistory(graph, options.SubmittedAt) : null;
        _ready = new ReadyJobs(graph);
        _states = new JobState[graph.Jobs.Length];
        _pending = [.. graph.ParentCounts];
        _attempts = new int[graph.Jobs.Length];
        _unfinished = graph.Jobs.Length;
    }

    public SimulatedCampaign Run(CancellationToken cancellationToken)
    {
        Submit();
        while (_unfinished > 0 && HasProspects && NextInstant() is { } instant)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _account.Pass(instant - _now);
            _now = instant;
            HandleInstant();
            TakeTurns();
            NoteCores();
        }

        foreach (LauncherInSimulation launcher in _active.ToArray())
        {
            Close(launcher);
        }

        NoteCores();
        return new SimulatedCampaign(
            _graph, _options, _seed, _states, _runs, _steps, _account.ToUse(), _history,
            [.. _launchers.Select(launcher => new SimulatedLauncher(launcher.Allocation, new TimeSpan(launcher.Start), new TimeSpan(launcher.Ended ?? _now)))]);
    }

    private void Submit()
    {
        for (int job = 0; job < _states.Length; job++)
        {
            if (_pending[job] == 0)
            {
                MakeReady(job);
            }
            else
            {
                _states[job] = JobState.AwaitingParents;
                _account.AskedByChildren += _graph.CoresOf(job);
            }
        }

        for (int source = 0; source < _options.Allocations.Count; source++)
        {
            Schedule(SimulationEventKind.LauncherStart, _options.Allocations[source].QueueWait.Ticks, source, 1);
        }
    }

    private void MakeReady(int job)
    {
        _history?.Ready(job, _now);
        Queue(job, JobState.Preprocessed);
    }

    private void Queue(int job, JobState state)
    {
        _states[job] = state;
        _account.AskedNow += _graph.CoresOf(job);
        _ready.Add(job);
        WakeLaunchers();
    }

    private void WakeLaunchers()
    {
        foreach (LauncherInSimulation launcher in _active)
        {
            launcher.MayClaim = true;
        }
    }

    private void TakeTurns()
    {
        bool wrote = true;
        while (wrote || _active.Exists(launcher => launcher.MayClaim))
        {
            wrote = false;
            foreach (LauncherInSimulation launcher in _active)
            {
                Claim(launcher);
                int started = Pack(launcher);
                wrote |= started > 0;
                launcher.MayClaim |= started > 0;
            }

            wrote |= Write();
        }
    }

    private void Claim(LauncherInSimulation launcher)
    {
        if (!launcher.MayClaim)
        {
            return;
        }

        launcher.MayClaim = false;
        ClaimWindow window = ClaimWindow.Of(launcher.Inventory.FreeCores, launcher.Backlog.Count);
        int claimed = _ready.Take(window.Limit, window.Slots, launcher.Backlog);
        launcher.MayPack |= claimed > 0;
        launcher.MayClaim |= window.MayHoldMore(claimed);
    }

    private bool IsAwaited(int job)
    {
        foreach (SimulatedParent child in _graph.ChildrenOf(job))
        {
            if (_states[child.Job] == JobState.AwaitingParents)
            {
                return true;
            }
        }

        return false;
    }

    private int Pack(LauncherInSimulation launcher)
    {
        // Without a free core nothing can be placed, whatever the policy.
        if (launcher.Backlog.Count == 0 || launcher.Inventory.FreeCores == 0 || !(launcher.MayPack || launcher.EndsAt is not null))
        {
            return 0;
        }

        launcher.MayPack = false;
        TimeSpan? remaining = launcher.EndsAt is { } end ? new TimeSpan(end - _now) : null;
        PackingPlan plan = _options.Policy.Pack(launcher.Inventory, launcher.Backlog.Offer(), _options.SubmittedAt.AddTicks(_now), remaining);
        foreach (PlacedCandidate placed in plan.Placed)
        {
            Start(launcher, placed);
        }

        _tooLong.Clear();
        foreach (WaitingCandidate waiting in plan.Waiting)
        {
            int job = JobOf(waiting.Candidate);
            if (waiting.Obstacle.IsPermanent)
            {
                LeaveQueue(launcher, job);
                launcher.MayPack = true;
                _history?.FailStart(job, waiting.Obstacle.Sentence, _now);
                _writes.Add((job, null, JobState.Failed));
            }
            else if (waiting.Obstacle.Kind == PackingObstacleKind.WallTimeTooLong)
            {
                _tooLong.Add(_graph.ShapeOf[job]);
            }
        }

        _account.AskedTooLate -= launcher.AskedTooLate;
        launcher.AskedTooLate = _tooLong.Sum(shape => _graph.CoresOfShape[shape] * launcher.Backlog.CountOf(shape));
        _account.AskedTooLate += launcher.AskedTooLate;
        return plan.Placed.Count;
    }

    private void LeaveQueue(LauncherInSimulation launcher, int job)
    {
        _account.AskedNow -= _graph.CoresOf(job);
        launcher.Backlog.Remove(job);
        _states[job] = JobState.Running;
    }

    private static int JobOf(PackingCandidate candidate) => (int)candidate.Id - 1;

    private void NoteCores()
    {
        if (_steps.Count > 0 && _steps[^1].At == _now)
        {
            _steps.RemoveAt(_steps.Count - 1);
        }

        var step = new StepOfCores(_now, _account.Held, _account.Offered);
        if (_steps.Count == 0 || _steps[^1].Busy != step.Busy || _steps[^1].Offered != step.Offered)
        {
            _steps.Add(step);
        }
    }
}
