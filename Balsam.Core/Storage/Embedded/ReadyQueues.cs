using System.Runtime.InteropServices;

namespace Balsam.Storage.Embedded;

/// <summary>The jobs that a launcher may claim, in one queue per site, application, state and request for resources, so that a claim looks only at heads.</summary>
internal sealed class ReadyQueues
{
    private readonly Dictionary<Key, SortedSet<Entry>> _queues = [];
    private readonly SortedSet<(DateTimeOffset Due, JobId Id)> _delayed = [];
    private readonly Dictionary<JobId, Job> _delayedJobs = [];

    public void Add(Job job, DateTimeOffset now)
    {
        if (job.NotBefore is { } due && due > now)
        {
            _delayed.Add((due, job.Id));
            _delayedJobs[job.Id] = job;
            return;
        }

        ref SortedSet<Entry>? queue = ref CollectionsMarshal.GetValueRefOrAddDefault(_queues, Key.Of(job), out _);
        (queue ??= []).Add(new Entry(job));
    }

    public void Remove(Job job)
    {
        if (_delayedJobs.Remove(job.Id, out Job? delayed))
        {
            _delayed.Remove((delayed.NotBefore!.Value, job.Id));
        }
        else if (_queues.TryGetValue(Key.Of(job), out SortedSet<Entry>? queue) && queue.Remove(new Entry(job)) && queue.Count == 0)
        {
            _queues.Remove(Key.Of(job));
        }
    }

    /// <summary>Takes jobs out of the queues by priority and age.</summary>
    public List<Job> Take(SiteName site, ClaimRequest request, DateTimeOffset now, out DateTimeOffset? nextDue)
    {
        WakeDelayed(now);
        nextDue = NextDue(site, request);
        List<Job> taken = [];
        if (request.Limit <= 0)
        {
            return taken;
        }

        Dictionary<JobResources, int> room = [];
        var heads = new PriorityQueue<IEnumerator<Entry>, Entry>();
        foreach ((Key key, SortedSet<Entry> queue) in _queues)
        {
            if (key.Site == site && request.Wanted.TryGetValue(key.Application, out JobStateSet states) && states.Contains(key.State))
            {
                ref int left = ref CollectionsMarshal.GetValueRefOrAddDefault(room, key.Shape, out bool known);
                left = known ? left : request.LimitPerShape - request.Held.GetValueOrDefault(key.Shape);
                if (left > 0)
                {
                    Advance(heads, queue.GetEnumerator());
                }
            }
        }

        while (taken.Count < request.Limit && heads.TryDequeue(out IEnumerator<Entry>? cursor, out Entry head))
        {
            ref int left = ref CollectionsMarshal.GetValueRefOrNullRef(room, head.Job.Resources);
            if (left <= 0)
            {
                continue;
            }

            if (request.Filter.Matches(head.Job))
            {
                taken.Add(head.Job);
                left--;
            }

            Advance(heads, cursor);
        }

        foreach (Job job in taken)
        {
            Remove(job);
        }

        return taken;
    }

    private static void Advance(PriorityQueue<IEnumerator<Entry>, Entry> heads, IEnumerator<Entry> cursor)
    {
        if (cursor.MoveNext())
        {
            heads.Enqueue(cursor, cursor.Current);
        }
    }

    // Only what the asker would take then: others' jobs are not worth waking for.
    private DateTimeOffset? NextDue(SiteName site, ClaimRequest request)
    {
        foreach ((DateTimeOffset due, JobId id) in _delayed)
        {
            Job job = _delayedJobs[id];
            if (job.Site == site && request.Wanted.TryGetValue(job.Application, out JobStateSet states) && states.Contains(job.State) && request.Filter.Matches(job))
            {
                return due;
            }
        }

        return null;
    }

    private void WakeDelayed(DateTimeOffset now)
    {
        while (_delayed.Count > 0 && _delayed.Min is var (due, id) && due <= now)
        {
            _delayed.Remove((due, id));
            _delayedJobs.Remove(id, out Job? job);
            Add(job!, now);
        }
    }

    private readonly record struct Key(SiteName Site, ApplicationName Application, JobState State, JobResources Shape)
    {
        public static Key Of(Job job) => new(job.Site, job.Application, job.State, job.Resources);
    }

    private readonly struct Entry(Job job) : IComparable<Entry>
    {
        public Job Job => job;

        public int CompareTo(Entry other)
        {
            int byPriority = other.Job.Priority.CompareTo(job.Priority);
            return byPriority != 0 ? byPriority : job.Id.CompareTo(other.Job.Id);
        }
    }
}
