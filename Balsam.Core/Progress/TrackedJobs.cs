using Balsam.Storage;

namespace Balsam;

/// <summary>The jobs whose progress is watched, counted by state.</summary>
internal abstract class TrackedJobs
{
    /// <summary>The store's map of states is the cheapest for all jobs; for others the watch keeps one itself.</summary>
    public static TrackedJobs Of(JobFilter filter, IJobStore store) =>
        JobFilters.AsStates(filter) == JobStates.All ? new AllJobs(store) : new SelectedJobs(filter, store);

    /// <summary>Counts anew: at the beginning, and when jobs may have been deleted, of which no event tells.</summary>
    public abstract Task LoadAsync(CancellationToken cancellationToken);

    /// <summary>Takes over what happened.</summary>
    /// <returns>The events of jobs that are watched.</returns>
    public abstract Task<IReadOnlyList<JobEvent>> ApplyAsync(IReadOnlyList<JobEvent> events, CancellationToken cancellationToken);

    public abstract Task<JobCounts> CountAsync(CancellationToken cancellationToken);

    /// <summary>The first jobs that run, by number.</summary>
    public abstract Task<IReadOnlyList<Job>> RunningAsync(int limit, CancellationToken cancellationToken);

    private sealed class AllJobs(IJobStore store) : TrackedJobs
    {
        public override Task LoadAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override Task<IReadOnlyList<JobEvent>> ApplyAsync(IReadOnlyList<JobEvent> events, CancellationToken cancellationToken) => Task.FromResult(events);

        public override Task<JobCounts> CountAsync(CancellationToken cancellationToken) => store.CountAsync(JobFilter.All, cancellationToken);

        public override Task<IReadOnlyList<Job>> RunningAsync(int limit, CancellationToken cancellationToken) =>
            store.QueryAsync(new JobSelector { Filter = new StateFilter(JobStateSet.Of(JobState.Running)), Take = limit }, cancellationToken);
    }

    // A job that has met the filter once stays, whatever becomes of it: a filter by state would lose it on the way.
    private sealed class SelectedJobs(JobFilter filter, IJobStore store) : TrackedJobs
    {
        private const int Page = 1024;

        private readonly Dictionary<JobId, JobState> _states = [];
        private readonly SortedSet<JobId> _running = [];
        private readonly long[] _counts = new long[(int)JobState.Failed + 1];

        public override async Task LoadAsync(CancellationToken cancellationToken)
        {
            foreach (JobId[] known in _states.Keys.Chunk(Page).ToArray())
            {
                await LookAsync(known, cancellationToken).ConfigureAwait(false);
            }

            JobId? last = null;
            while (true)
            {
                var page = new JobSelector { Filter = last is null ? filter : filter.And(new IdRangeFilter(last, null)), Take = Page };
                IReadOnlyList<Job> jobs = await store.QueryAsync(page, cancellationToken).ConfigureAwait(false);
                foreach (Job job in jobs)
                {
                    Set(job.Id, job.State);
                }

                if (jobs.Count < Page)
                {
                    return;
                }

                last = jobs[^1].Id;
            }
        }

        public override async Task<IReadOnlyList<JobEvent>> ApplyAsync(IReadOnlyList<JobEvent> events, CancellationToken cancellationToken)
        {
            await LookAsync([.. events.Select(step => step.JobId).Distinct()], cancellationToken).ConfigureAwait(false);
            return [.. events.Where(step => _states.ContainsKey(step.JobId))];
        }

        public override Task<JobCounts> CountAsync(CancellationToken cancellationToken) => Task.FromResult(new JobCounts(JobStates.All.Select(state => (state, _counts[(int)state]))));

        public override Task<IReadOnlyList<Job>> RunningAsync(int limit, CancellationToken cancellationToken) => store.FindAsync([.. _running.Take(limit)], cancellationToken);

        // As the jobs are now, not as the events say: nothing is then counted twice, however far the events lag behind.
        private async Task LookAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken)
        {
            HashSet<JobId> gone = [.. ids];
            foreach (Job job in await store.FindAsync(ids, cancellationToken).ConfigureAwait(false))
            {
                gone.Remove(job.Id);
                if (_states.ContainsKey(job.Id) || filter.Matches(job))
                {
                    Set(job.Id, job.State);
                }
            }

            foreach (JobId id in gone)
            {
                Set(id, null);
            }
        }

        private void Set(JobId id, JobState? state)
        {
            if (_states.Remove(id, out JobState before))
            {
                _counts[(int)before]--;
                _running.Remove(id);
            }

            if (state is { } now)
            {
                _states.Add(id, now);
                _counts[(int)now]++;
                if (now == JobState.Running)
                {
                    _running.Add(id);
                }
            }
        }
    }
}
