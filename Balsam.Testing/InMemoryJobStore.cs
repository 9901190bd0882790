using Balsam.Storage.Embedded;

namespace Balsam.Testing;

/// <summary>A store that keeps everything in memory, with the semantics of the durable ones; nothing survives it. For tests and simulations.</summary>
/// <param name="time">The clock; null for the system's.</param>
public sealed class InMemoryJobStore(TimeProvider? time = null) : EmbeddedJobStore(time ?? TimeProvider.System, writesAtOnce: true)
{
    private const int ScanPage = 512;

    private readonly Lock _gate = new();
    private readonly Dictionary<JobId, Job> _jobs = [];
    private readonly Dictionary<JobId, HashSet<JobId>> _children = [];
    private readonly Dictionary<string, JobId> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<JobId, List<JobEvent>> _history = [];
    private readonly List<JobEvent> _events = [];
    private readonly Dictionary<long, LauncherRecord> _launchers = [];
    private readonly Dictionary<ApplicationName, ApplicationRecord> _applications = [];
    private long _lastId;
    private long _lastEpoch;

    /// <inheritdoc/>
    public override string Description => "in-memory store";

    /// <summary>A job as it is now; null when there is none.</summary>
    internal Job? Find(JobId id) => Read(id);

    /// <summary>The steps of a job.</summary>
    internal IReadOnlyList<JobEvent> HistoryOf(JobId id) => ReadHistory(id);

    /// <summary>How many sessions are open: those of launchers that were killed are, until they have run out and are swept.</summary>
    internal int CountOpenSessions()
    {
        lock (_gate)
        {
            return _launchers.Values.Count(static launcher => launcher.ClosedAt is null);
        }
    }

    /// <summary>Whether a launcher has news that it was not told yet.</summary>
    internal bool HasNewsFor(LeaseToken lease) => HasNews(lease);

    /// <inheritdoc/>
    protected override StoreImage Load()
    {
        var states = new StateMap();
        foreach (Job job in _jobs.Values)
        {
            states.Set(job.Id.Value, job.State);
        }

        return new StoreImage
        {
            LastId = _lastId,
            LastSequence = _events.Count == 0 ? 0 : _events[^1].Sequence,
            LastEpoch = _lastEpoch,
            Launchers = [.. _launchers.Values],
            Applications = [.. _applications.Values],
            States = states,
            ActiveJobs = [.. _jobs.Values.Where(job => !job.State.IsFinal()).OrderBy(job => job.Id)],
        };
    }

    /// <inheritdoc/>
    protected override void Write(WriteBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        lock (_gate)
        {
            foreach (Job job in batch.Inserts.Concat(batch.Updates))
            {
                if (!_jobs.TryGetValue(job.Id, out Job? before) || before.Parents != job.Parents)
                {
                    NoteChild(job);
                }

                if (job.Key is { } key)
                {
                    _keys[key] = job.Id;
                }

                _jobs[job.Id] = job;
            }

            foreach (JobEvent step in batch.Events)
            {
                _events.Add(step);
                if (!_history.TryGetValue(step.JobId, out List<JobEvent>? history))
                {
                    _history.Add(step.JobId, history = []);
                }

                history.Add(step);
            }

            Delete(batch.Deletes);

            WriteRecords(batch);
            _lastId = batch.LastId;
            _lastEpoch = batch.LastEpoch;
        }
    }

    /// <inheritdoc/>
    protected override Job? Read(JobId id)
    {
        lock (_gate)
        {
            return _jobs.GetValueOrDefault(id);
        }
    }

    /// <inheritdoc/>
    protected override IEnumerable<Job> ReadChildren(JobId parent)
    {
        lock (_gate)
        {
            return _children.TryGetValue(parent, out HashSet<JobId>? children) ? [.. children.Select(id => _jobs[id])] : [];
        }
    }

    /// <inheritdoc/>
    protected override IEnumerable<Job> Scan(JobFilter filter, bool descending)
    {
        IdRangeFilter range = JobFilters.IdRangeOf(filter);
        IEnumerable<Job>? indexed = FindIndexed(filter) switch
        {
            KeyFilter keyed => ReadKeyed(keyed.Keys!),
            ChildOfFilter child => ReadChildren(child.Parent),
            _ => null,
        };
        return indexed is null ? ScanPages(range.After?.Value ?? 0, range.Before?.Value ?? long.MaxValue, descending)
            : descending ? indexed.OrderByDescending(job => job.Id) : indexed.OrderBy(job => job.Id);
    }

    /// <inheritdoc/>
    protected override JobFilter? FindIndexed(JobFilter filter) => JobFilters.Conjuncts(filter).FirstOrDefault(part => part is KeyFilter { Keys: not null })
        ?? JobFilters.Conjuncts(filter).FirstOrDefault(part => part is ChildOfFilter);

    /// <inheritdoc/>
    protected override IReadOnlyList<JobEvent> ReadEvents(long after, int limit)
    {
        lock (_gate)
        {
            int start = FirstAfter(after);
            return _events.GetRange(start, Math.Min(limit, _events.Count - start));
        }
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<JobEvent> ReadEventsBefore(long before, int limit)
    {
        lock (_gate)
        {
            int end = FirstAfter(before - 1);
            int count = Math.Min(limit, end);
            List<JobEvent> events = _events.GetRange(end - count, count);
            events.Reverse();
            return events;
        }
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<JobEvent> ReadHistory(JobId id)
    {
        lock (_gate)
        {
            return _history.TryGetValue(id, out List<JobEvent>? history) ? [.. history] : [];
        }
    }

    /// <inheritdoc/>
    protected override void Shut()
    {
    }

    private List<Job> ReadKeyed(IEnumerable<string> keys)
    {
        List<Job> jobs = [];
        lock (_gate)
        {
            foreach (string key in keys)
            {
                if (_keys.TryGetValue(key, out JobId id))
                {
                    jobs.Add(_jobs[id]);
                }
            }
        }

        return jobs;
    }

    // The numbers are dense: they are tried one after the other, a page under the lock at a time.
    private IEnumerable<Job> ScanPages(long after, long before, bool descending)
    {
        while (true)
        {
            List<Job> page = [];
            lock (_gate)
            {
                before = Math.Min(before, _lastId + 1);
                while (after < before - 1 && page.Count < ScanPage)
                {
                    long id = descending ? --before : ++after;
                    if (_jobs.TryGetValue(new JobId(id), out Job? job))
                    {
                        page.Add(job);
                    }
                }
            }

            foreach (Job job in page)
            {
                yield return job;
            }

            if (page.Count < ScanPage)
            {
                yield break;
            }
        }
    }

    private void WriteRecords(WriteBatch batch)
    {
        foreach (LauncherRecord launcher in batch.Launchers)
        {
            _launchers[launcher.Token.Epoch] = launcher;
        }

        foreach (long epoch in batch.ForgottenLaunchers)
        {
            _launchers.Remove(epoch);
        }

        foreach (ApplicationName name in batch.RemovedApplications)
        {
            _applications.Remove(name);
        }

        foreach (ApplicationRecord application in batch.Applications)
        {
            _applications[application.Name] = application;
        }
    }

    private void NoteChild(Job job)
    {
        foreach (JobDependency edge in job.Parents)
        {
            if (!_children.TryGetValue(edge.Parent, out HashSet<JobId>? children))
            {
                _children.Add(edge.Parent, children = []);
            }

            children.Add(job.Id);
        }
    }

    private void Delete(IReadOnlyList<JobId> ids)
    {
        HashSet<JobId> gone = [];
        foreach (JobId id in ids)
        {
            if (!_jobs.Remove(id, out Job? job))
            {
                continue;
            }

            // A job added in the same write may have the key already.
            if (job.Key is { } key && _keys[key] == id)
            {
                _keys.Remove(key);
            }

            foreach (JobDependency edge in job.Parents)
            {
                if (_children.TryGetValue(edge.Parent, out HashSet<JobId>? children))
                {
                    children.Remove(id);
                }
            }

            if (_history.Remove(id))
            {
                gone.Add(id);
            }
        }

        if (gone.Count > 0)
        {
            _events.RemoveAll(step => gone.Contains(step.JobId));
        }
    }

    private int FirstAfter(long sequence)
    {
        int low = 0;
        int high = _events.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _events[middle].Sequence <= sequence ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
