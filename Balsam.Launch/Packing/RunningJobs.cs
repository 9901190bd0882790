namespace Balsam.Launch.Packing;

/// <summary>The table of running jobs. Entries are used again, so that placing and releasing leave no garbage behind.</summary>
internal sealed class RunningJobs
{
    private RunningJob[] _entries = new RunningJob[16];
    private int _used;
    private int _firstUnused = -1;

    public int Count { get; private set; }

    public ref RunningJob this[int entry] => ref _entries[entry];

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
        }

        _entries[_used].Generation++;
        return _used++;
    }

    /// <summary>Gives an entry back.</summary>
    public void Remove(int entry)
    {
        ref RunningJob job = ref _entries[entry];
        job = new RunningJob { Generation = job.Generation + 1, Node = _firstUnused };
        _firstUnused = entry;
        Count--;
    }

    /// <summary>Whether an entry still is what a handle was made for.</summary>
    public bool IsCurrent(int entry, int generation) =>
        (uint)entry < (uint)_used && _entries[entry].Generation == generation;
}
