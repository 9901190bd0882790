using Balsam.Storage.Embedded;

namespace Balsam.Launch.Tests.Engine;

/// <summary>An embedded store with a writer thread, in memory, whose writes a test can break or hold up.</summary>
internal sealed class FragileStore(TimeProvider time) : EmbeddedJobStore(time)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<JobId, Job> _jobs = [];
    private readonly List<JobEvent> _events = [];

    public override string Description => "fragile store";

    /// <summary>Is called on the writer's thread before each write.</summary>
    public Action BeforeWrite { get; set; } = () => { };

    /// <summary>How long closing waits for a write that hangs.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(1);

    protected override TimeSpan ClosePatience => Patience;

    protected override StoreImage Load() => new() { States = new StateMap(), ActiveJobs = [] };

    protected override void Write(WriteBatch batch)
    {
        BeforeWrite();
        lock (_gate)
        {
            foreach (Job job in batch.Inserts.Concat(batch.Updates))
            {
                _jobs[job.Id] = job;
            }

            _events.AddRange(batch.Events);
        }
    }

    protected override Job? Read(JobId id)
    {
        lock (_gate)
        {
            return _jobs.GetValueOrDefault(id);
        }
    }

    protected override IEnumerable<Job> ReadChildren(JobId parent) => Scan(JobFilter.All, false).Where(job => job.Parents.Any(edge => edge.Parent == parent));

    protected override IEnumerable<Job> Scan(JobFilter filter, bool descending)
    {
        lock (_gate)
        {
            return descending ? [.. _jobs.Values.Reverse()] : [.. _jobs.Values];
        }
    }

    protected override JobFilter? FindIndexed(JobFilter filter) => null;

    protected override IReadOnlyList<JobEvent> ReadEvents(long after, int limit)
    {
        lock (_gate)
        {
            return [.. _events.Where(step => step.Sequence > after).Take(limit)];
        }
    }

    protected override IReadOnlyList<JobEvent> ReadEventsBefore(long before, int limit)
    {
        lock (_gate)
        {
            return [.. _events.Where(step => step.Sequence < before).Reverse().Take(limit)];
        }
    }

    protected override IReadOnlyList<JobEvent> ReadHistory(JobId id)
    {
        lock (_gate)
        {
            return [.. _events.Where(step => step.JobId == id)];
        }
    }

    protected override void Shut()
    {
    }
}
