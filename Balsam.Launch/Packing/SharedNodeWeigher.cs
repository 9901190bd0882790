namespace Balsam.Launch.Packing;

/// <summary>Finds out when a node is expected to have room beside the jobs that go on there.</summary>
internal sealed class SharedNodeWeigher(Inventory inventory)
{
    private NodeLedger? _scratch;
    private long[] _ends = new long[64];
    private int[] _entries = new int[64];

    /// <summary>
    /// The end of the job after which a demand fits on a node, if jobs end in the order expected: known ends first, then the oldest job first.
    /// <see cref="long.MaxValue"/> when that is not before <paramref name="limit"/>.
    /// </summary>
    public long WhenRoom(int node, Demand demand, long limit)
    {
        NodeLedger ledger = inventory.Ledgers[node];
        int count = ledger.JobCount;
        if (count > _ends.Length)
        {
            _ends = new long[count * 2];
            _entries = new int[count * 2];
        }

        for (int i = 0, entry = ledger.LatestJob; entry >= 0; i++, entry = inventory.JobAt(entry).Earlier)
        {
            _entries[i] = entry;
            _ends[i] = inventory.JobAt(entry).End;
        }

        Array.Sort(_ends, _entries, 0, count);
        _scratch ??= inventory.NewLedger(node);
        _scratch.CopyFreeFrom(ledger);
        for (int i = 0; i < count && _ends[i] < limit; i++)
        {
            _scratch.GiveBackAny(inventory.JobAt(_entries[i]), inventory.GpusOf(_entries[i]));
            if (_scratch.Fits(demand))
            {
                return _ends[i];
            }
        }

        return long.MaxValue;
    }

    /// <summary>The latest known end among the jobs on a node; 0 when there is none.</summary>
    public long LatestKnownEnd(int node)
    {
        long latest = inventory.LatestEndOn(node);
        if (latest < RunningJob.UnknownEnd)
        {
            return latest;
        }

        latest = 0;
        for (int entry = inventory.Ledgers[node].LatestJob; entry >= 0; entry = inventory.JobAt(entry).Earlier)
        {
            ref readonly RunningJob job = ref inventory.JobAt(entry);
            latest = job.EndIsKnown ? Math.Max(latest, job.End) : latest;
        }

        return latest;
    }
}
