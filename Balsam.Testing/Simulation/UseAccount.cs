namespace Balsam.Testing.Simulation;

/// <summary>Books the time of all cores while a simulation goes on: each stretch between two events once, idle cores by what they wait for.</summary>
internal sealed class UseAccount
{
    private Int128 _offered;
    private Int128 _tail;
    private Int128 _fragmentation;
    private Int128 _dependencies;
    private Int128 _wallTime;
    private Int128 _failures;
    private Int128 _used;
    private Int128 _overhead;
    private long _nodes;
    private Int128 _nodeTime;

    /// <summary>The cores of the allocations that are there.</summary>
    public long Offered { get; private set; }

    /// <summary>The cores that runs hold.</summary>
    public long Held { get; set; }

    /// <summary>The cores of nodes that have failed.</summary>
    public long Down { get; set; }

    /// <summary>The cores asked by jobs that could start if there were room.</summary>
    public long AskedNow { get; set; }

    /// <summary>Those of them that would not end within the wall time of the launcher that holds them.</summary>
    public long AskedTooLate { get; set; }

    /// <summary>The cores asked by jobs that wait to be repeated.</summary>
    public long AskedAgain { get; set; }

    /// <summary>The cores asked by jobs that wait for their parents.</summary>
    public long AskedByChildren { get; set; }

    public void Open(long cores, int nodes)
    {
        Offered += cores;
        _nodes += nodes;
    }

    public void Close(long cores, int nodes) => Open(-cores, -nodes);

    /// <summary>Books a stretch in which nothing changed.</summary>
    public void Pass(long ticks)
    {
        if (ticks == 0)
        {
            return;
        }

        _offered += (Int128)Offered * ticks;
        _nodeTime += (Int128)_nodes * ticks;
        _failures += (Int128)Down * ticks;
        long idle = Offered - Held - Down;
        Give(ref _wallTime, AskedTooLate);
        Give(ref _fragmentation, AskedNow - AskedTooLate);
        Give(ref _failures, AskedAgain);
        Give(ref _dependencies, AskedByChildren);
        Give(ref _tail, idle);

        void Give(ref Int128 cause, long asked)
        {
            long cores = Math.Clamp(asked, 0, idle);
            cause += (Int128)cores * ticks;
            idle -= cores;
        }
    }

    /// <summary>Books a run that has ended.</summary>
    public void End(long cores, long ticks, long overhead, bool succeeded)
    {
        if (succeeded)
        {
            _used += (Int128)cores * (ticks - overhead);
            _overhead += (Int128)cores * overhead;
        }
        else
        {
            _failures += (Int128)cores * ticks;
        }
    }

    public CampaignUse ToUse() => new()
    {
        Offered = new CoreTime(_offered),
        CoresPerNode = _nodeTime == 0 ? 1 : (double)_offered / (double)_nodeTime,
        Used = new CoreTime(_used),
        Overhead = new CoreTime(_overhead),
        Tail = new CoreTime(_tail),
        Fragmentation = new CoreTime(_fragmentation),
        DependencyWaits = new CoreTime(_dependencies),
        WallTime = new CoreTime(_wallTime),
        Failures = new CoreTime(_failures),
    };
}
