using Balsam.Storage.Embedded;

namespace Balsam.Testing;

/// <summary>A store that keeps everything in memory, with the semantics of the durable ones; nothing survives it. For tests and simulations.</summary>
/// <param name="time">The clock; null for the system's.</param>
public sealed class InMemoryJobStore(TimeProvider? time = null) : EmbeddedJobStore(time ?? TimeProvider.System)
{
    private const int ScanPage = 512;

    private readonly Lock _gate = new();
    private readonly Dictionary<JobId, Job> _jobs = [];
    private readonly Dictionary<JobId, HashSet<JobId>> _children = [];
    private readonly Dictionary<JobId, List<JobEvent>> _history = [];
    private readonly List<JobEvent> _events = [];
    private long _lastId;
    private long _lastEpoch;

    /// <inheritdoc/>
    public override string Description => "in-memory store";

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
            foreach (Job job in batch.Inserts)
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

            foreach (Job job in batch.Inserts.Concat(batch.Updates))
            {
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

            foreach (JobId id in batch.Deletes)
            {
                Delete(id);
            }

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
        if (FindIndexed(filter) is ChildOfFilter child)
        {
            IEnumerable<Job> children = ReadChildren(child.Parent);
            return descending ? children.OrderByDescending(job => job.Id) : children.OrderBy(job => job.Id);
        }

        return ScanPages(range.After?.Value ?? 0, range.Before?.Value ?? long.MaxValue, descending);
    }

    /// <inheritdoc/>
    protected override JobFilter? FindIndexed(JobFilter filter) => JobFilters.Conjuncts(filter).OfType<ChildOfFilter>().FirstOrDefault();

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

    private void Delete(JobId id)
    {
        if (!_jobs.Remove(id, out Job? job))
        {
            return;
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
            _events.RemoveAll(step => step.JobId == id);
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
