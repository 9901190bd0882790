namespace Balsam.Launch.Packing;

/// <summary>The nodes that are kept for the first job that has to wait, from one call of the packer to the next.</summary>
/// <remarks>
/// The nodes stay the same until the job starts, is gone, or a job before it in the order takes one of them. Only a node that is empty already
/// may step in for one that is not. So the job waits at most for those jobs that ran there when the nodes were chosen: no later one can be put
/// in its way, whether ends are known or not.
/// </remarks>
internal sealed class Reservation
{
    private readonly ulong[] _bitmap;

    public Reservation(PackingCandidate holder, int[] nodes, int bitmapWords)
    {
        Holder = holder;
        Nodes = nodes;
        _bitmap = new ulong[bitmapWords];
        foreach (int node in nodes)
        {
            _bitmap[node >> 6] |= 1UL << (node & 63);
        }
    }

    /// <summary>The job that the nodes are kept for.</summary>
    public PackingCandidate Holder { get; }

    /// <summary>The nodes; the array is never changed, only replaced.</summary>
    public int[] Nodes { get; private set; }

    /// <summary>The nodes as a bitmap.</summary>
    public ulong[] Bitmap => _bitmap;

    /// <summary>On a shared node: the holder waits for the jobs that are expected to end up to here.</summary>
    public long KnownEndsUpTo { get; init; }

    /// <summary>On a shared node: and for those of unknown end that started up to here; 0 when it waits for none of these.</summary>
    public long UnknownEndsUpTo { get; init; }

    /// <summary>The latest expected end among the jobs that the holder waits for, in UTC ticks; 0 when none is known. A job that ends by then is not in the way.</summary>
    public long NotBefore { get; set; }

    /// <summary>Whether all ends that the holder waits for are known.</summary>
    public bool IsCertain { get; set; }

    /// <summary>Whether the nodes have been kept from a job because all ends are known. The holder goes first of its priority from then on, until it starts.</summary>
    public bool IsPromised { get; set; }

    /// <summary>On a shared node: what it will have free when the jobs are gone that the holder waits for.</summary>
    public NodeLedger? Future { get; set; }

    /// <summary>Whether something came to or went from the nodes since the figures were computed.</summary>
    public bool IsStale { get; set; } = true;

    /// <summary>Whether a job that goes before the holder took one of the nodes.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether a node is kept.</summary>
    public bool Keeps(int node) => (_bitmap[node >> 6] >> (node & 63) & 1) != 0;

    /// <summary>Whether the holder waits for a job on a shared node.</summary>
    public bool WaitsFor(in RunningJob job) => job.End <= (job.EndIsKnown ? KnownEndsUpTo : UnknownEndsUpTo);

    /// <summary>Whether nodes are kept for this very candidate.</summary>
    public bool IsFor(PackingCandidate candidate) => Holder.Id == candidate.Id && Holder.Demand.Equals(candidate.Demand);

    /// <summary>Notes that a job came to or went from a node.</summary>
    public void Touch(int node, bool keepsIt)
    {
        if (Keeps(node))
        {
            IsStale = true;
            IsBroken |= !keepsIt;
        }
    }

    /// <summary>Keeps one node in place of another.</summary>
    public void Exchange(int position, int node)
    {
        int[] nodes = [.. Nodes];
        _bitmap[nodes[position] >> 6] &= ~(1UL << (nodes[position] & 63));
        _bitmap[node >> 6] |= 1UL << (node & 63);
        nodes[position] = node;
        Nodes = nodes;
        IsStale = true;
    }
}
