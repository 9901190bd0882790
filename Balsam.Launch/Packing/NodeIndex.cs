namespace Balsam.Launch.Packing;

/// <summary>Finds the first node in list order that may meet a demand, without a look at those that cannot.</summary>
internal sealed class NodeIndex
{
    /// <summary>The most sets that one demand asks, custom resources not counted.</summary>
    public const int MostRows = 7;

    // The amounts of a node that are indexed.
    public const int Cores = 0;
    public const int Empty = 1;
    public const int Occupancy = 2;
    public const int Memory = 3;
    public const int WholeGpus = 4;
    public const int GpuParts = 5;
    public const int LargestGpu = 6;
    public const int FirstCustom = 7;

    private readonly CustomNames _names;
    private readonly LevelScale[] _scales;
    private readonly long[] _largest;
    private readonly int[] _firstRows;
    private readonly ushort[] _levels;
    private readonly LevelSets _sets;

    /// <summary>Makes the index of nodes as they are.</summary>
    public NodeIndex(NodeLedger[] nodes, CustomNames names)
    {
        _names = names;
        _largest =
        [
            nodes.Max(static node => node.Cores), 1, Demand.WholeOccupancy, nodes.Max(static node => node.Spec.Memory.Bytes),
            nodes.Max(static node => node.Gpus.Whole), nodes.Max(static node => node.Gpus.Parts), nodes.Max(static node => node.Gpus.Largest),
            .. names.All.Select((_, custom) => nodes.Max(node => node.Custom[custom])),
        ];
        _scales = [.. _largest.Select(static largest => new LevelScale(largest))];
        _largest[Memory] = nodes.Max(static node => node.MemoryCapacity);
        _firstRows = new int[_scales.Length];
        int rows = 0;
        for (int amount = 0; amount < _scales.Length; amount++)
        {
            _firstRows[amount] = rows;
            rows += _scales[amount].Levels;
        }

        _levels = new ushort[nodes.Length * _scales.Length];
        _sets = new LevelSets(nodes.Length, rows);
        for (int node = 0; node < nodes.Length; node++)
        {
            UpdateAll(node, nodes[node]);
        }
    }

    /// <summary>The words of a set of nodes as a bitmap.</summary>
    public int Words => _sets.Words;

    /// <summary>The number of empty nodes.</summary>
    public int EmptyNodes => _sets.CountOf(_firstRows[Empty]);

    /// <summary>The largest number of free cores on one node (a lower bound of it on nodes of more than 256 cores).</summary>
    public int LargestFreeCores => Highest(Cores);

    /// <summary>The largest number of wholly free GPUs on one node.</summary>
    public int LargestWholeGpus => Highest(WholeGpus);

    /// <summary>The part of the largest amounts that a demand takes, of the one of which it takes most: 0 to 1.</summary>
    public double LargestShareOf(Demand demand) => Math.Min(1, Math.Max(
        demand.Cores / (double)_largest[Cores],
        Math.Max(demand.Memory / (double)Math.Max(1, _largest[Memory]), demand.GpuParts / (double)Math.Max(1, _largest[GpuParts]))));

    /// <summary>Notes what changed on a node when a job came or went.</summary>
    public void Update(int node, NodeLedger ledger, in RunningJob job)
    {
        // A node that one job has for itself is closed to all others by having no core to offer.
        Set(node, Cores, ledger.IsTakenAlone ? 0 : ledger.Cores);
        Set(node, Empty, ledger.JobCount == 0 ? 1 : 0);
        if (job.Nodes is not null)
        {
            return;
        }

        if (job.Occupancy > 0)
        {
            Set(node, Occupancy, ledger.Occupancy);
        }

        if (job.Memory > 0)
        {
            Set(node, Memory, ledger.Memory);
        }

        if (job.HoldsGpus)
        {
            UpdateGpus(node, ledger);
        }

        foreach (CustomDemand asked in job.Custom ?? [])
        {
            int custom = _names.PositionOf(asked.Name);
            Set(node, FirstCustom + custom, ledger.Custom[custom]);
        }
    }

    /// <summary>Writes the sets that a node must be in to meet a demand.</summary>
    /// <param name="demand">The demand.</param>
    /// <param name="rows">Where they are written; <see cref="MostRows"/> and one for each custom resource.</param>
    /// <returns>How many there are; or the complement of the amount of which no node has enough.</returns>
    public int RowsOf(Demand demand, Span<int> rows)
    {
        int count = 0;
        int lacking =
            !Ask(Cores, demand.Cores, rows, ref count) ? Cores
            : !Ask(Empty, demand.IsAlone ? 1 : 0, rows, ref count) ? Empty
            : !Ask(WholeGpus, demand.Gpus, rows, ref count) ? WholeGpus
            : !Ask(GpuParts, (long)demand.Shares * demand.ShareParts, rows, ref count) ? GpuParts
            : !Ask(LargestGpu, demand.Shares > 0 ? demand.ShareParts : 0, rows, ref count) ? LargestGpu
            : !Ask(Memory, _scales[Memory].Levels == 0 ? 0 : demand.Memory, rows, ref count) ? Memory
            : !Ask(Occupancy, demand.Occupancy, rows, ref count) ? Occupancy
            : -1;
        foreach (CustomDemand asked in demand.Custom)
        {
            int custom = _names.PositionOf(asked.Name);
            if (lacking < 0 && (custom < 0 || !Ask(FirstCustom + custom, asked.Parts, rows, ref count)))
            {
                lacking = FirstCustom;
            }
        }

        return lacking < 0 ? count : ~lacking;
    }

    /// <summary>The first node from <paramref name="from"/> on in all the sets and not in <paramref name="except"/>, or -1.</summary>
    public int Next(ReadOnlySpan<int> rows, int from, ulong[]? except) => _sets.Next(rows, from, except);

    private bool Ask(int amount, long asked, Span<int> rows, ref int count)
    {
        if (asked <= 0)
        {
            return true;
        }

        if (asked > _largest[amount])
        {
            return false;
        }

        int row = _firstRows[amount] + _scales[amount].LevelOf(asked) - 1;
        rows[count++] = row;
        return _sets.HasAny(row);
    }

    private int Highest(int amount)
    {
        int level = _scales[amount].Levels;
        while (level > 0 && !_sets.HasAny(_firstRows[amount] + level - 1))
        {
            level--;
        }

        return level;
    }

    private void UpdateAll(int node, NodeLedger ledger)
    {
        Set(node, Cores, ledger.Cores);
        Set(node, Empty, 1);
        Set(node, Occupancy, ledger.Occupancy);
        Set(node, Memory, ledger.Memory);
        UpdateGpus(node, ledger);
        for (int custom = 0; custom < ledger.Custom.Length; custom++)
        {
            Set(node, FirstCustom + custom, ledger.Custom[custom]);
        }
    }

    private void UpdateGpus(int node, NodeLedger ledger)
    {
        Set(node, WholeGpus, ledger.Gpus.Whole);
        Set(node, GpuParts, ledger.Gpus.Parts);
        Set(node, LargestGpu, ledger.Gpus.Largest);
    }

    private void Set(int node, int amount, long free)
    {
        ref ushort current = ref _levels[(node * _scales.Length) + amount];
        int level = _scales[amount].LevelOf(free);
        int row = _firstRows[amount];
        if (level > current)
        {
            _sets.Add(node, row + current, row + level);
        }
        else if (level < current)
        {
            _sets.Remove(node, row + level, row + current);
        }

        current = (ushort)level;
    }
}
