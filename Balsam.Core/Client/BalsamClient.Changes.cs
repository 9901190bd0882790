using Balsam.Storage;

namespace Balsam;

/// <content>Cancelling, restarting, deleting.</content>
public sealed partial class BalsamClient
{
    private const int MaxTries = 20;

    /// <summary>Cancels a job: it becomes FAILED with the reason; if it runs, its processes are ended.</summary>
    /// <param name="id">The job.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether it was cancelled, or why not.</returns>
    public Task<ChangeReport> CancelAsync(JobId id, string reason, CancellationToken cancellationToken = default) => CancelAsync([id], reason, cancellationToken);

    /// <summary>Cancels jobs: they become FAILED with the reason; those that run have their processes ended. Their waiting children fail with them.</summary>
    /// <param name="ids">The jobs.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was cancelled, and what was not and why.</returns>
    public Task<ChangeReport> CancelAsync(IEnumerable<JobId> ids, string reason, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        ArgumentNullException.ThrowIfNull(ids);

        // Children first: each is then recorded as cancelled itself.
        return ChangeAsync(
            ids.OrderDescending(),
            (job, _) => Task.FromResult<object>(job.State.IsFinal()
                ? $"already {job.State.ToText()}"
                : new JobChange(job).Fail(JobTrigger.Cancelled, _time.GetUtcNow(), new FailureDetails { Kind = FailureKind.Cancelled, Message = reason })),
            (was, job) => !was.IsFinal() && job.Failure?.Kind == FailureKind.ParentFailed,
            cancellationToken);
    }

    /// <summary>Runs an ended job again. Descendants that failed with it wait for it again.</summary>
    /// <param name="id">The job.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether it was restarted, or why not.</returns>
    public Task<ChangeReport> RestartAsync(JobId id, CancellationToken cancellationToken = default) => RestartAsync([id], cancellationToken);

    /// <summary>Runs ended jobs again. Descendants that failed with them wait for them again.</summary>
    /// <param name="ids">The jobs.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was restarted, and what was not and why.</returns>
    public Task<ChangeReport> RestartAsync(IEnumerable<JobId> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return ChangeAsync(ids.Order(), (job, decided) => MakeRestartAsync(job, decided, cancellationToken), (was, job) => was.IsFinal() && !job.State.IsFinal(), cancellationToken);
    }

    /// <summary>Deletes jobs with their history. Files in their workdirs stay.</summary>
    /// <param name="ids">The jobs.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was deleted, and what was not and why: a launcher holds it, or a job that stays waits for it.</returns>
    public async Task<ChangeReport> DeleteAsync(IEnumerable<JobId> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        DeleteResult result = await _store.DeleteAsync([.. ids], cancellationToken).ConfigureAwait(false);
        _watcher.Tell(result.Deleted);
        return new ChangeReport(result.Deleted, result.Kept);
    }

    /// <summary>Deletes a job with its history. Files in its workdir stay.</summary>
    /// <param name="id">The job.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether it was deleted, or why not.</returns>
    public Task<ChangeReport> DeleteAsync(JobId id, CancellationToken cancellationToken = default) => DeleteAsync([id], cancellationToken);

    // A job that never got past Preprocess goes back to where it waits for parents, so that nothing it needs is skipped.
    // Parents that the same write restarts before it are as good as restarted.
    private async Task<object> MakeRestartAsync(Job job, IReadOnlySet<JobId> decided, CancellationToken cancellationToken)
    {
        if (!job.State.IsFinal())
        {
            return $"it is {job.State.ToText()}; only ended jobs are restarted";
        }

        if (job.IsPreprocessed)
        {
            return new JobChange(job).Apply(JobTrigger.Restarted, _time.GetUtcNow()).Edit(fields => fields with { NotBefore = null }, _time.GetUtcNow());
        }

        IReadOnlyList<Job> parents = await _store.FindAsync([.. job.Parents.Select(edge => edge.Parent)], cancellationToken).ConfigureAwait(false);
        JobDependency gone = job.Parents.FirstOrDefault(edge => parents.All(parent => parent.Id != edge.Parent));
        if (gone != default)
        {
            return $"its parent {gone.Parent} is gone, and it never got past waiting for it; submit a new job";
        }

        Job? breaking = parents.FirstOrDefault(parent => !decided.Contains(parent.Id)
            && job.Parents.Any(edge => edge.Parent == parent.Id && DependencyRules.Judge(edge.Condition, parent.State) == DependencyVerdict.Broken));
        return breaking switch
        {
            null => new JobChange(job).Apply(JobTrigger.ParentRestarted, _time.GetUtcNow(), "Restarted from the beginning."),
            { State: JobState.JobFinished } => $"its parent {breaking.Id} finished, and it was to run only after that one's failure",
            _ when job.Failure?.Kind == FailureKind.ParentFailed => $"its parent {breaking.Id} is {breaking.State.ToText()}; restart that, and this job comes back with it",
            _ => $"its parent {breaking.Id} is {breaking.State.ToText()}; restart that first, or both in one call",
        };
    }

    // Each job is a commit of its own; those that somebody else changed meanwhile are read and decided again.
    private async Task<ChangeReport> ChangeAsync(
        IEnumerable<JobId> ids, Func<Job, IReadOnlySet<JobId>, Task<object>> decide, Func<JobState, Job, bool> movedAlong, CancellationToken cancellationToken)
    {
        await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        List<JobId> changed = [];
        Dictionary<JobId, string> unchanged = [];
        Dictionary<JobId, JobState> first = [];
        List<JobId> open = [.. ids.Distinct()];
        open.ForEach(Demand);
        for (int attempt = 0; open.Count > 0; attempt++)
        {
            Dictionary<JobId, Job> jobs = (await _store.FindAsync(open, cancellationToken).ConfigureAwait(false)).ToDictionary(job => job.Id);
            List<JobChange> changes = [];
            HashSet<JobId> decided = [];
            foreach (JobId id in open)
            {
                if (!jobs.TryGetValue(id, out Job? job))
                {
                    unchanged[id] = "there is no such job";
                    continue;
                }

                bool again = !first.TryAdd(id, job.State);
                switch (await decide(job, decided).ConfigureAwait(false))
                {
                    case JobChange change:
                        changes.Add(change);
                        decided.Add(id);
                        break;

                    // Moved along with another job of this call: failed with its parent, or brought back with it.
                    case string when again && movedAlong(first[id], job):
                        changed.Add(id);
                        break;
                    case string reason:
                        unchanged[id] = reason;
                        break;
                }
            }

            IReadOnlyList<CommitResult> results = changes.Count == 0
                ? []
                : await _store.CommitAsync([.. changes.Select(change => new JobCommit { Changes = [change] })], cancellationToken).ConfigureAwait(false);
            open = [];
            for (int i = 0; i < results.Count; i++)
            {
                JobId id = changes[i].Before.Id;
                if (results[i].IsWritten)
                {
                    changed.Add(id);
                }
                else if (attempt < MaxTries)
                {
                    open.Add(id);
                }
                else
                {
                    unchanged[id] = results[i].Refusal!.Message;
                }
            }

            // A job refused because its parent in this call was not restarted yet gets another look once that is done, as long as that brings anything.
            if (results.Any(result => result.IsWritten))
            {
                open.AddRange(unchanged.Keys.Where(id => first.ContainsKey(id)));
                open.ForEach(id => unchanged.Remove(id));
            }
        }

        return new ChangeReport([.. changed.Distinct().Order()], unchanged);
    }
}
