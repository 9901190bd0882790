namespace Balsam.Launch.Packing;

/// <content>How a place is found and taken.</content>
public sealed partial class Inventory
{
    private const int MostRowsOnStack = 64;

    private readonly List<int> _found = [];

    /// <summary>Keeps nodes for the first job that has to wait.</summary>
    internal ReservationPlanner Planner { get; }

    /// <summary>Chooses how to choose among those that wait.</summary>
    internal Rehearsal Rehearsal { get; }

    internal ReadOnlySpan<NodeLedger> Ledgers => _nodes;

    internal NodeIndex Index => _index;

    internal ref readonly RunningJob JobAt(int entry) => ref _jobs[entry];

    internal ReadOnlySpan<ushort> GpusOf(int entry) => _jobs.GpusOf(entry);

    /// <summary>A ledger for computing what would be free on a node.</summary>
    internal NodeLedger NewLedger(int node) => new(Nodes[node], _names);

    /// <summary>The first node from <paramref name="from"/> on, outside of <paramref name="except"/>, that has room for a demand; or -1.</summary>
    internal int FindNode(Demand demand, int from, ulong[]? except)
    {
        int most = NodeIndex.MostRows + demand.Custom.Length;
        Span<int> rows = most <= MostRowsOnStack ? stackalloc int[most] : new int[most];
        int count = _index.RowsOf(demand, rows);
        if (count < 0)
        {
            return -1;
        }

        rows = rows[..count];
        int node = _index.Next(rows, from, except);
        while (node >= 0 && !_nodes[node].Fits(demand))
        {
            node = _index.Next(rows, node + 1, except);
        }

        return node;
    }

    /// <summary>Adds nodes outside of <paramref name="except"/> that have room until there are <paramref name="most"/> in the list.</summary>
    internal void FindNodes(Demand demand, int most, ulong[]? except, List<int> found)
    {
        for (int node = -1; found.Count < most;)
        {
            node = FindNode(demand, node + 1, except);
            if (node < 0)
            {
                return;
            }

            found.Add(node);
        }
    }

    /// <summary>Adds nodes that could hold one node's part of a demand if they were empty, until there are <paramref name="most"/> in the list.</summary>
    internal void FindCapable(Demand demand, int most, List<int> found)
    {
        int mostRows = NodeIndex.MostRows + demand.Custom.Length;
        Span<int> rows = mostRows <= MostRowsOnStack ? stackalloc int[mostRows] : new int[mostRows];
        int count = _capacity.RowsOf(demand, rows);
        for (int node = -1; count >= 0 && found.Count < most;)
        {
            node = _capacity.Next(rows[..count], node + 1, null);
            if (node < 0)
            {
                return;
            }

            if (_nodes[node].FitsWhenEmpty(demand))
            {
                found.Add(node);
            }
        }
    }

    /// <summary>The part of the largest node that a demand takes on each of its nodes, of the resource of which it takes most: 0 to 1.</summary>
    internal double ShareOfLargest(Demand demand) => _capacity.LargestShareOf(demand);

    /// <summary>Whether a demand could be met if nothing ran.</summary>
    internal bool CanEverHold(Demand demand)
    {
        _found.Clear();
        FindCapable(demand, demand.Nodes, _found);
        return _found.Count == demand.Nodes;
    }

    /// <summary>Places a single-node job on a node that has room for it.</summary>
    internal Allocation PlaceOn(int node, PackingCandidate candidate, long? end, bool keepsReservation)
    {
        int entry = Enter(candidate, end);
        ref RunningJob job = ref _jobs[entry];
        NodeLedger ledger = _nodes[node];
        job.Node = node;
        ledger.Take(candidate.Demand, ref job, _jobs.GpusOf(entry));
        ledger.AddJob(entry, _jobs);
        FreeCores -= candidate.Demand.Cores;
        Placed(node, job, keepsReservation);
        return new Allocation(this, entry, job.Generation, job.Node);
    }

    /// <summary>Places a job on several empty nodes.</summary>
    internal Allocation PlaceOn(int[] nodes, PackingCandidate candidate, long? end, bool keepsReservation)
    {
        int entry = Enter(candidate, end);
        ref RunningJob job = ref _jobs[entry];
        job.Node = nodes[0];
        job.Nodes = nodes;
        job.IsAlone = true;
        foreach (int node in nodes)
        {
            FreeCores -= _nodes[node].Cores;
            _nodes[node].TakeAll();
            _nodes[node].AddJob(entry, _jobs);
            Placed(node, job, keepsReservation);
        }

        return new Allocation(this, entry, job.Generation, job.Node);
    }

    /// <summary>Places a job that runs on an equal inventory on the same nodes, cores and GPUs.</summary>
    internal Allocation PlaceSame(in RunningJob other, ReadOnlySpan<ushort> gpus)
    {
        int entry = _jobs.Add();
        ref RunningJob job = ref _jobs[entry];
        job = other with { Generation = job.Generation };
        gpus.CopyTo(_jobs.GpusOf(entry));
        foreach (int node in job.Nodes ?? [job.Node])
        {
            NodeLedger ledger = _nodes[node];
            int free = ledger.Cores;
            if (job.Nodes is null)
            {
                ledger.TakeSame(job, gpus);
            }
            else
            {
                ledger.TakeAll();
            }

            FreeCores -= free - ledger.Cores;
            ledger.AddJob(entry, _jobs);
            Placed(node, job, keepsReservation: false);
        }

        return new Allocation(this, entry, job.Generation, job.Node);
    }

    private int Enter(PackingCandidate candidate, long? end)
    {
        int entry = _jobs.Add();
        ref RunningJob job = ref _jobs[entry];
        job.Id = candidate.Id;
        job.End = end ?? RunningJob.UnknownEnd + _starts;
        _starts++;
        return entry;
    }
}
