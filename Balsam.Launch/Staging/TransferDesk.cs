using System.Diagnostics.CodeAnalysis;

namespace Balsam.Launch.Staging;

/// <summary>The jobs that a launcher stages, and what of them moves. The launcher's loop owns it.</summary>
internal sealed class TransferDesk(TransferRoutes routes, int maxBatches, int batchSize)
{
    private readonly Dictionary<JobId, StagedJob> _jobs = [];
    private readonly HashSet<StagedJob> _touched = [];
    private readonly Dictionary<(TransferDirection Direction, string Endpoint), TransferGroup> _groups = [];
    private readonly Queue<StagedJob> _links = [];
    private readonly HashSet<TransferFlight> _flights = [];

    /// <summary>How many more jobs may be claimed: as many as the batches could take if each had one item.</summary>
    public int Room => Math.Max(0, (maxBatches * batchSize) - _jobs.Count);

    public bool IsEmpty => _jobs.Count == 0;

    /// <summary>What moves.</summary>
    public IReadOnlyCollection<TransferFlight> Flights => _flights;

    /// <summary>Whether something is to be recorded.</summary>
    public bool HasNews => _touched.Count > 0;

    public StagedJob? Find(JobId id) => _jobs.GetValueOrDefault(id);

    /// <summary>Takes a job in; its items wait for batches.</summary>
    public void Add(Job job, ApplicationDescriptor application)
    {
        var staged = new StagedJob(job, application);
        _jobs[job.Id] = staged;
        foreach (TransferItem item in job.Transfers.Where(item => item.Direction == staged.Direction && item.State != TransferState.Done))
        {
            try
            {
                Queue(new StagedItem(staged, item.Slot, routes.Find(item.Remote)));
            }
            catch (TransferException exception)
            {
                staged.Results.Add(new StagedResult(item.Slot, exception, 0, 0));
            }
        }

        Touch(staged);
    }

    /// <summary>Has an item wait for a batch.</summary>
    public void Queue(StagedItem item)
    {
        (TransferDirection, string) key = (item.Job.Direction, item.Route.Endpoint.AbsoluteUri);
        if (!_groups.TryGetValue(key, out TransferGroup? group))
        {
            _groups.Add(key, group = new TransferGroup());
        }

        group.Items.Add(item);
        item.Job.Waiting++;
    }

    /// <summary>Has a job wait for its links.</summary>
    public void QueueLinks(StagedJob job)
    {
        if (!_links.Contains(job))
        {
            _links.Enqueue(job);
        }
    }

    /// <summary>Takes what waits of a job out.</summary>
    public void DropWaiting(StagedJob job)
    {
        if (job.Waiting > 0)
        {
            foreach (TransferGroup group in _groups.Values)
            {
                group.Items.RemoveAll(item => item.Job == job);
            }

            RemoveEmptyGroups();
            job.Waiting = 0;
        }
    }

    /// <summary>Lets go of a job.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(StagedJob job)
    {
        DropWaiting(job);
        _touched.Remove(job);
        return _jobs.GetValueOrDefault(job.Job.Id) == job && _jobs.Remove(job.Job.Id);
    }

    public void Touch(StagedJob job) => _touched.Add(job);

    public void TouchAll() => _touched.UnionWith(_jobs.Values);

    public StagedJob[] TakeTouched()
    {
        StagedJob[] touched = [.. _touched];
        _touched.Clear();
        return touched;
    }

    /// <summary>Forms the next batch, or takes the next links, as far as the limits allow. It moves from now on.</summary>
    /// <remarks>The endpoint with the most items goes first; but one that others have gone before as often as batches can move at a time is next.</remarks>
    public bool TryBegin([NotNullWhen(true)] out TransferFlight? flight) => TryBeginBatch(out flight) || TryBeginLinks(out flight);

    public bool Land(TransferFlight flight) => _flights.Remove(flight);

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _jobs.Clear();
        _touched.Clear();
        _groups.Clear();
        _links.Clear();
        _flights.Clear();
    }

    private bool TryBeginBatch([NotNullWhen(true)] out TransferFlight? flight)
    {
        flight = null;
        if (_groups.Count == 0 || _flights.Count(each => each.Route is not null) >= maxBatches)
        {
            return false;
        }

        (TransferGroup Group, StagedItem[] Free)[] candidates =
            [.. _groups.Values.Select(group => (group, group.Items.Where(item => !item.Job.IsWriting).ToArray())).Where(candidate => candidate.Item2.Length > 0)];
        if (candidates.Length == 0)
        {
            return false;
        }

        (TransferGroup chosen, StagedItem[] free) = candidates.OrderByDescending(candidate => candidate.Group.PassedOver >= maxBatches).ThenByDescending(candidate => candidate.Free.Length).First();
        StagedItem[] items = [.. free.Take(batchSize)];
        chosen.Items.RemoveAll(items.ToHashSet().Contains);
        RemoveEmptyGroups();
        foreach ((TransferGroup group, _) in candidates)
        {
            group.PassedOver = group == chosen ? 0 : group.PassedOver + 1;
        }

        foreach (StagedItem item in items)
        {
            item.Job.Waiting--;
            item.Job.Moving++;
        }

        flight = new TransferFlight(items[0].Route, items[0].Job.Direction, null, items);
        _flights.Add(flight);
        return true;
    }

    private bool TryBeginLinks([NotNullWhen(true)] out TransferFlight? flight)
    {
        flight = null;
        while (_links.Count > 0 && _flights.Count(each => each.Linked is not null) < maxBatches)
        {
            StagedJob job = _links.Dequeue();
            if (_jobs.GetValueOrDefault(job.Job.Id) == job && !job.IsDisowned)
            {
                job.Moving++;
                flight = new TransferFlight(null, job.Direction, job, []);
                _flights.Add(flight);
                return true;
            }
        }

        return false;
    }

    private void RemoveEmptyGroups()
    {
        foreach ((TransferDirection, string) key in _groups.Where(group => group.Value.Items.Count == 0).Select(group => group.Key).ToArray())
        {
            _groups.Remove(key);
        }
    }

    private sealed class TransferGroup
    {
        public List<StagedItem> Items { get; } = [];

        public int PassedOver { get; set; }
    }
}
