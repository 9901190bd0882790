namespace Balsam.Launch.Packing;

/// <summary>The table of running jobs. Entries are used again, so that placing and releasing leave no garbage behind.</summary>
internal sealed class RunningJobs(int mostGpus)
{
    private RunningJob[] _entries = new RunningJob[16];
    private ushort[] _gpus = new ushort[16 * mostGpus];
    private int _used;
    private int _firstUnused = -1;

    public int Count { get; private set; }

    public ref RunningJob this[int entry] => ref _entries[entry];

    /// <summary>How many parts of each GPU of its node a job on one node holds.</summary>
    public Span<ushort> GpusOf(int entry) => _gpus.AsSpan(entry * mostGpus, mostGpus);

    /// <summary>Takes an unused entry.</summary>
    public int Add()
    {
        Count++;
        if (_firstUnused >= 0)
        {
            int entry = _firstUnused;
            _firstUnused = _entries[entry].Node;
            _entries[entry].Generation++;
            return entry;
        }

        if (_used == _entries.Length)
        {
            Array.Resize(ref _entries, _used * 2);
            Array.Resize(ref _gpus, _used * 2 * mostGpus);
        }

        _entries[_used].Generation++;
        return _used++;
    }

    /// <summary>Gives an entry back.</summary>
    public void Remove(int entry)
    {
        ref RunningJob job = ref _entries[entry];
        if (job.HoldsGpus)
        {
            GpusOf(entry).Clear();
        }

        job = new RunningJob { Generation = job.Generation + 1, Node = _firstUnused };
        _firstUnused = entry;
        Count--;
    }

    /// <summary>Puts a job behind the latest of its node; -1 when it is the first.</summary>
    public void Link(int entry, int latest)
    {
        (_entries[entry].Earlier, _entries[entry].Later) = (latest, -1);
        if (latest >= 0)
        {
            _entries[latest].Later = entry;
        }
    }

    /// <summary>Takes a job out of the chain of its node.</summary>
    public void Unlink(int entry)
    {
        (int earlier, int later) = (_entries[entry].Earlier, _entries[entry].Later);
        if (earlier >= 0)
        {
            _entries[earlier].Later = later;
        }

        if (later >= 0)
        {
            _entries[later].Earlier = earlier;
        }
    }

    /// <summary>Whether an entry still is what a handle was made for.</summary>
    public bool IsCurrent(int entry, int generation) =>
        (uint)entry < (uint)_used && _entries[entry].Generation == generation;
}
