using System.Threading.Channels;
using Balsam.Storage;
using Microsoft.Extensions.Options;

namespace Balsam;

/// <summary>
/// Reads the store's events once for everybody who waits for jobs to end, and reads each job that ended once. Beside that, one shared check looks now and
/// then for what no event tells: jobs that are gone, and jobs that cannot go on by themselves. It all runs only while somebody waits.
/// </summary>
internal sealed class JobWatcher(IJobStore store, JobExplainer explainer, IOptions<BalsamOptions> options, TimeProvider time)
{
    private const int PageSize = 1024;
    private static readonly TimeSpan CheckPeriod = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<JobId, WatchedJob> _jobs = [];
    private readonly HashSet<JobId> _unchecked = [];
    private int _waits;
    private Run? _run;

    /// <summary>Begins to wait for jobs, until the wait is disposed.</summary>
    public async Task<JobWait> WatchAsync(IEnumerable<JobId> jobs, CancellationToken cancellationToken)
    {
        HashSet<JobId> open = [.. jobs];
        JobId[] ids = [.. open];
        IReadOnlyList<Job> found = await store.FindAsync(ids, cancellationToken).ConfigureAwait(false);
        if (found.Count == ids.Length && found.All(job => job.State.IsFinal()))
        {
            var over = new JobWait(_gate, open, static _ => { });
            foreach (Job job in found)
            {
                over.End(job);
            }

            return over;
        }

        var wait = new JobWait(_gate, open, Remove);
        Run run = Add(wait, ids);
        try
        {
            await run.Begun.WaitAsync(cancellationToken).ConfigureAwait(false);
            Tell(ids, await store.FindAsync(ids, cancellationToken).ConfigureAwait(false));
            Tell(ids);
            return wait;
        }
        catch
        {
            wait.Dispose();
            throw;
        }
    }

    /// <summary>Has some jobs looked at again soon: those that were deleted, of which no event tells.</summary>
    public void Tell(IEnumerable<JobId> jobs)
    {
        lock (_gate)
        {
            foreach (JobId id in jobs)
            {
                if (_jobs.ContainsKey(id))
                {
                    _unchecked.Add(id);
                }
            }

            RequestCheck();
        }
    }

    private Run Add(JobWait wait, JobId[] ids)
    {
        lock (_gate)
        {
            long now = time.GetTimestamp();
            foreach (JobId id in ids)
            {
                if (!_jobs.TryGetValue(id, out WatchedJob? watched))
                {
                    _jobs.Add(id, watched = new WatchedJob(now));
                }

                watched.Waits.Add(wait);
            }

            _waits++;
            return _run ??= Start();
        }
    }

    private void Remove(JobWait wait)
    {
        lock (_gate)
        {
            foreach (JobId id in wait.Open)
            {
                if (_jobs.TryGetValue(id, out WatchedJob? watched) && watched.Waits.Remove(wait) && watched.Waits.Count == 0)
                {
                    Forget(id);
                }
            }

            if (--_waits == 0 && _run is { } run)
            {
                _run = null;
                run.Dispose();
            }
        }
    }

    private void Forget(JobId id)
    {
        _jobs.Remove(id);
        _unchecked.Remove(id);
    }

    private Run Start()
    {
        var run = new Run();
        run.Timer = time.CreateTimer(_ => CheckAll(), null, CheckPeriod, CheckPeriod);
        _ = Task.Run(() => GuardAsync(run, ReadEventsAsync));
        _ = Task.Run(() => GuardAsync(run, CheckAsync));
        return run;
    }

    private void CheckAll()
    {
        lock (_gate)
        {
            _unchecked.UnionWith(_jobs.Keys);
            RequestCheck();
        }
    }

    private void RequestCheck()
    {
        if (_unchecked.Count > 0)
        {
            _run?.Checks.Writer.TryWrite(true);
        }
    }

    // What ends a run comes out of every wait as it is: a store that was closed, for example.
    private async Task GuardAsync(Run run, Func<Run, CancellationToken, Task> work)
    {
        try
        {
            await work(run, run.Stopped).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            run.BeginSource.TrySetException(exception);
            lock (_gate)
            {
                if (ReferenceEquals(_run, run))
                {
                    _run = null;
                    run.Dispose();
                    foreach (JobWait wait in _jobs.Values.SelectMany(watched => watched.Waits))
                    {
                        wait.Break(exception);
                    }
                }
            }
        }
    }

    private async Task ReadEventsAsync(Run run, CancellationToken cancellationToken)
    {
        long after = await store.GetLastSequenceAsync(cancellationToken).ConfigureAwait(false);
        run.BeginSource.TrySetResult();
        while (true)
        {
            await store.WaitForEventsAsync(after, cancellationToken).ConfigureAwait(false);
            long newest = await store.GetLastSequenceAsync(cancellationToken).ConfigureAwait(false);
            IReadOnlyList<JobEvent> events = await store.ReadEventsAsync(after, PageSize, cancellationToken).ConfigureAwait(false);
            if (events.Count == 0)
            {
                // Numbers of deleted events do not come again.
                after = newest;
                continue;
            }

            after = events[^1].Sequence;
            JobId[] ended = Notice(events);
            if (ended.Length > 0)
            {
                Tell([], await store.FindAsync(ended, cancellationToken).ConfigureAwait(false));
            }
        }
    }

    // The watched jobs that ended. When others failed, those that wait for parents may wait for one of them, held.
    private JobId[] Notice(IReadOnlyList<JobEvent> events)
    {
        lock (_gate)
        {
            if (events.Any(step => step.To == JobState.Failed))
            {
                _unchecked.UnionWith(_jobs.Where(watched => watched.Value.IsAwaitingParents).Select(watched => watched.Key));
                RequestCheck();
            }

            return [.. events.Where(step => step.To.IsFinal() && _jobs.ContainsKey(step.JobId)).Select(step => step.JobId).Distinct()];
        }
    }

    // Of the jobs that are wanted, those that are not found are gone.
    private void Tell(JobId[] wanted, IReadOnlyList<Job> found)
    {
        lock (_gate)
        {
            foreach (Job job in found.Where(job => job.State.IsFinal()))
            {
                if (_jobs.TryGetValue(job.Id, out WatchedJob? watched))
                {
                    watched.Waits.ForEach(wait => wait.End(job));
                    Forget(job.Id);
                }
            }

            if (found.Count < wanted.Length)
            {
                foreach (JobId id in wanted.Except(found.Select(job => job.Id)))
                {
                    _jobs.GetValueOrDefault(id)?.Waits.ForEach(wait => wait.Break(new JobNotFoundException(id)));
                }
            }
        }
    }

    private async Task CheckAsync(Run run, CancellationToken cancellationToken)
    {
        while (await run.Checks.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            run.Checks.Reader.TryRead(out _);
            JobId[] ids;
            lock (_gate)
            {
                ids = [.. _unchecked];
                _unchecked.Clear();
            }

            // Taken before anything is read: what is found then is no older than this, and the grace time is never cut.
            long now = time.GetTimestamp();
            IReadOnlyList<Job> found = await store.FindAsync(ids, cancellationToken).ConfigureAwait(false);
            Tell(ids, found);
            Job[] open = [.. found.Where(job => !job.State.IsFinal())];
            if (open.Length > 0)
            {
                Job[] stuck = FindStuck(open, await explainer.FindHeldUpAsync(open, cancellationToken).ConfigureAwait(false), now);
                if (stuck.Length > 0)
                {
                    Hold(await explainer.ExplainAsync(stuck, cancellationToken).ConfigureAwait(false));
                }
            }
        }
    }

    // Those that are stuck and not explained yet.
    private Job[] FindStuck(Job[] open, IReadOnlyDictionary<JobId, JobOutlook> heldUp, long now)
    {
        List<Job> stuck = [];
        lock (_gate)
        {
            foreach (Job job in open)
            {
                if (!_jobs.TryGetValue(job.Id, out WatchedJob? watched))
                {
                    continue;
                }

                watched.IsAwaitingParents = job.State == JobState.AwaitingParents;
                JobOutlook outlook = heldUp.GetValueOrDefault(job.Id);
                watched.FineAt = outlook == JobOutlook.Passing ? now : watched.FineAt;
                if (!IsStuck(outlook, watched.FineAt, now))
                {
                    watched.Explanation = null;
                    watched.Waits.ForEach(wait => wait.Free(job.Id));
                }
                else if (watched.Explanation is { } known)
                {
                    watched.Waits.ForEach(wait => wait.Hold(known));
                }
                else
                {
                    stuck.Add(job);
                }
            }
        }

        return [.. stuck];
    }

    private bool IsStuck(JobOutlook outlook, long fineAt, long now) => outlook == JobOutlook.NeedsUser
        || (outlook == JobOutlook.NeedsLauncher && options.Value.StuckGrace is var grace && grace != Timeout.InfiniteTimeSpan && time.GetElapsedTime(fineAt, now) >= grace);

    private void Hold(IReadOnlyList<JobExplanation> explanations)
    {
        lock (_gate)
        {
            // A launcher may have come since the jobs were found stuck.
            foreach (JobExplanation explanation in explanations.Where(explanation => explanation.Outlook > JobOutlook.Ended || explanation.Reasons is [ParentsReason { IsComplete: false }]))
            {
                if (_jobs.TryGetValue(explanation.Job.Id, out WatchedJob? watched))
                {
                    watched.Explanation = explanation;
                    watched.Waits.ForEach(wait => wait.Hold(explanation));
                }
            }
        }
    }

    private sealed class Run : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();

        public Run() => Stopped = _stop.Token;

        public TaskCompletionSource BeginSource { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Begun => BeginSource.Task;

        public Channel<bool> Checks { get; } = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

        public ITimer? Timer { get; set; }

        public CancellationToken Stopped { get; }

        public void Dispose()
        {
            Timer?.Dispose();
            _stop.Cancel();
            _stop.Dispose();
        }
    }
}
