namespace Balsam.Storage.Embedded;

/// <summary>The launchers that an embedded store remembers, by epoch.</summary>
internal sealed class LauncherHistory
{
    // Years of launchers that start a few times a day; but a service that starts and dies all the time must not fill the disk.
    public const int Limit = 10_000;

    private readonly SortedDictionary<long, LauncherRecord> _records = [];
    private readonly List<LauncherRecord> _lost = [];

    public IReadOnlyList<LauncherRecord> All => [.. _records.Values];

    /// <summary>Takes over what is stored. A session that nobody has any more died with its process: it is closed, and written so with the next batch.</summary>
    public void Load(IEnumerable<LauncherRecord> stored, Func<LeaseToken, bool> isOpen, Func<DateTimeOffset?> lastSign)
    {
        _records.Clear();
        _lost.Clear();
        foreach (LauncherRecord record in stored)
        {
            Set(record);
        }

        LauncherRecord[] lost = [.. _records.Values.Where(record => record.ClosedAt is null && !isOpen(record.Token))];
        DateTimeOffset? last = lost.Length == 0 ? null : lastSign();
        foreach (LauncherRecord record in lost)
        {
            LauncherRecord closed = record.ClosedBy(last);
            Set(closed);
            _lost.Add(closed);
        }
    }

    /// <summary>Adds to a batch that is written anyway what has to go with it.</summary>
    public void Complete(WriteBatch batch)
    {
        _lost.ForEach(batch.Put);
        int excess = _records.Count + batch.Launchers.Count(record => !_records.ContainsKey(record.Token.Epoch)) - Limit;
        foreach (LauncherRecord oldest in _records.Values.Where(record => record.ClosedAt is not null).Take(Math.Max(excess, 0)))
        {
            batch.Forget(oldest);
        }
    }

    public void Publish(WriteBatch batch)
    {
        _lost.Clear();
        foreach (LauncherRecord record in batch.Launchers)
        {
            Set(record);
        }

        foreach (long epoch in batch.ForgottenLaunchers)
        {
            _records.Remove(epoch);
        }
    }

    private void Set(LauncherRecord record) => _records[record.Token.Epoch] = record;
}
