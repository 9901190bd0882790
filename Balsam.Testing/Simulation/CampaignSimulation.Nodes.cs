using Balsam.Launch.Packing;

namespace Balsam.Testing.Simulation;

/// <content>Allocations that come and go, and nodes that fail.</content>
internal sealed partial class CampaignSimulation
{
    // Numbers that no job has, for the random numbers of node failures.
    private const long FailureStream = -1;

    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(365_000);

    private readonly List<(LauncherInSimulation Launcher, int Node, Allocation Place)> _repairs = [];
    private int _nodes;
    private int _failure;

    // How many failures of nodes are scheduled, those counted that a change of the nodes has made void.
    private int _nodeFailures;

    private void OpenLauncher(int source, int repeat)
    {
        var launcher = new LauncherInSimulation(_graph, _options.Allocations[source], _launchers.Count, source, repeat, _now, IsAwaited);
        _launchers.Add(launcher);
        _active.Add(launcher);
        _account.Open(launcher.Inventory.TotalCores, launcher.Inventory.Nodes.Length);
        ChangeNodes(launcher.Inventory.Nodes.Length);
        if (launcher.EndsAt is { } end)
        {
            Schedule(SimulationEventKind.LauncherEnd, end, launcher.Number);
        }
    }

    // What waits goes back to the queue; what runs is cut off.
    private void EndLauncher(LauncherInSimulation launcher)
    {
        foreach (int job in launcher.Backlog.Jobs)
        {
            _ready.Add(job);
        }

        WakeLaunchers();
        for (int place = 0; place < _usedPlaces; place++)
        {
            if (_places[place].GoesOn && _places[place].Launcher == launcher)
            {
                EndRun(place, FailureKind.LauncherStopped, 0);
            }
        }

        Close(launcher);

        // Where the last one could start nothing, and nothing else can happen, the next could not either.
        bool another = launcher.Repeat < launcher.Allocation.Repeats && (launcher.Starts > 0 || HasProspects);
        if (another)
        {
            Schedule(SimulationEventKind.LauncherStart, _now + launcher.Allocation.QueueWait.Ticks, launcher.Source, launcher.Repeat + 1);
        }
    }

    private void Close(LauncherInSimulation launcher)
    {
        launcher.Ended = _now;
        _active.Remove(launcher);
        _account.AskedTooLate -= launcher.AskedTooLate;
        _account.Close(launcher.Inventory.TotalCores, launcher.Inventory.Nodes.Length);
        _account.Down -= launcher.Down;
        ChangeNodes(-launcher.Inventory.Nodes.Length);
    }

    // The failures of all nodes together are exponential too; when their number changes, the next is drawn anew.
    private void ChangeNodes(int change)
    {
        _nodes += change;
        ScheduleFailure();
    }

    private void ScheduleFailure()
    {
        _failure++;
        if (_options.NodeFailures is not { } failures || _nodes == 0)
        {
            return;
        }

        _random.Begin(_seed, FailureStream, _failure);
        double wait = -Math.Log(1 - _random.NextDouble()) * failures.MeanTimeBetween.Ticks / _nodes;
        if (wait < LongestWait.Ticks)
        {
            _nodeFailures++;
            Schedule(SimulationEventKind.NodeFailure, _now + (long)wait, _failure, _random.Next(_nodes));
        }
    }

    private void FailNode(int failure, int node)
    {
        _nodeFailures--;
        if (failure != _failure)
        {
            return;
        }

        int launcher = 0;
        for (; node >= _active[launcher].Inventory.Nodes.Length; launcher++)
        {
            node -= _active[launcher].Inventory.Nodes.Length;
        }

        FailNode(_active[launcher], node);
        ScheduleFailure();
    }

    // The node is given to a job that nobody submitted, until it is repaired.
    private void FailNode(LauncherInSimulation launcher, int node)
    {
        if (launcher.Inventory.Ledgers[node].LatestJob is var entry && entry >= 0 && launcher.Inventory.JobAt(entry).Id < 0)
        {
            return;
        }

        while ((entry = launcher.Inventory.Ledgers[node].LatestJob) >= 0)
        {
            int job = (int)launcher.Inventory.JobAt(entry).Id - 1;
            EndRun(Array.FindIndex(_places, 0, _usedPlaces, run => run.GoesOn && run.Job == job), FailureKind.LauncherLost, 0);
        }

        int cores = launcher.Inventory.Nodes[node].CoreIds.Length;
        long end = _now + _options.NodeFailures!.Repair.Ticks;
        var gone = new PackingCandidate(-1 - node, new JobResources { RanksPerNode = cores, PackingCount = 1 });
        _repairs.Add((launcher, node, launcher.Inventory.PlaceOn(node, gone, _options.SubmittedAt.UtcTicks + end, keepsReservation: false)));
        launcher.Down += cores;
        _account.Down += cores;
        Schedule(SimulationEventKind.Repair, end, _repairs.Count - 1);
    }

    private void Repair(int repair)
    {
        (LauncherInSimulation launcher, int node, Allocation place) = _repairs[repair];
        if (launcher.Ended is null)
        {
            int cores = launcher.Inventory.Nodes[node].CoreIds.Length;
            launcher.Inventory.Release(place);
            launcher.Down -= cores;
            launcher.MayPack = true;
            launcher.MayClaim = true;
            _account.Down -= cores;
        }
    }
}
