namespace Balsam.Launch.Packing;

/// <content>When nodes become free, as far as that is expected.</content>
public sealed partial class Inventory
{
    private const long Unsure = -1;

    // For each node the latest end of its jobs, 0 when it is empty, Unsure when it must be looked up anew.
    private readonly long[] _latestEnds;

    /// <summary>The latest end of the jobs on a node, unknown ends behind all known ones; 0 when the node is empty.</summary>
    internal long LatestEndOn(int node)
    {
        ref long latest = ref _latestEnds[node];
        if (latest == Unsure)
        {
            latest = 0;
            for (int entry = _nodes[node].LatestJob; entry >= 0; entry = _jobs[entry].Earlier)
            {
                latest = Math.Max(latest, _jobs[entry].End);
            }
        }

        return latest;
    }

    /// <summary>Whether it is known of all jobs when they are expected to end.</summary>
    internal bool KnowsAllEnds()
    {
        for (int node = 0; node < _nodes.Length; node++)
        {
            if (LatestEndOn(node) >= RunningJob.UnknownEnd)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Places what runs here on an inventory of the same nodes on which nothing runs, and notes the ends.</summary>
    internal void ReplayOn(Inventory stage, PriorityQueue<Allocation, long> ends, long now)
    {
        stage.Offered = Offered;
        stage.Planner.Forget();
        for (int node = 0; node < _nodes.Length; node++)
        {
            for (int entry = _nodes[node].LatestJob; entry >= 0; entry = _jobs[entry].Earlier)
            {
                ref readonly RunningJob job = ref _jobs[entry];
                if (job.Node == node)
                {
                    ends.Enqueue(stage.PlaceSame(job, _jobs.GpusOf(entry)), Math.Max(now, job.End));
                }
            }
        }
    }

    private void Placed(int node, in RunningJob job, bool keepsReservation)
    {
        _index.Update(node, _nodes[node], job);
        ref long latest = ref _latestEnds[node];
        if (latest != Unsure && latest < job.End)
        {
            latest = job.End;
        }

        Planner.Current?.Touch(node, keepsIt: keepsReservation);
    }

    private void Released(int node, in RunningJob job)
    {
        NodeLedger ledger = _nodes[node];
        _index.Update(node, ledger, job);
        ref long latest = ref _latestEnds[node];
        if (ledger.JobCount == 0)
        {
            latest = 0;
        }
        else if (latest == job.End)
        {
            latest = Unsure;
        }

        Planner.Current?.Touch(node, keepsIt: true);
    }
}
