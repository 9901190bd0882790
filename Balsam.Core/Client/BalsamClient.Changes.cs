using Balsam.Storage;

namespace Balsam;

/// <content>Cancelling, restarting, deleting. Each call is one atomic write; what it does to each job is decided inside it, by the job as it is then.</content>
public sealed partial class BalsamClient
{
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
    public Task<ChangeReport> CancelAsync(IEnumerable<JobId> ids, string reason, CancellationToken cancellationToken = default) =>
        CancelAsync(BulkTarget.Of(ids), reason, cancellationToken);

    /// <summary>Cancels jobs: see <see cref="CancelAsync(IEnumerable{JobId}, string, CancellationToken)"/>.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was cancelled, and what was not and why.</returns>
    public Task<ChangeReport> CancelAsync(IEnumerable<Job> jobs, string reason, CancellationToken cancellationToken = default) => CancelAsync(IdsOf(jobs), reason, cancellationToken);

    /// <summary>Runs an ended job again. Descendants that failed with it wait for it again.</summary>
    /// <param name="id">The job.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether it was restarted, or why not.</returns>
    public Task<ChangeReport> RestartAsync(JobId id, CancellationToken cancellationToken = default) => RestartAsync([id], cancellationToken);

    /// <summary>Runs ended jobs again. Descendants that failed with them wait for them again.</summary>
    /// <param name="ids">The jobs.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was restarted, and what was not and why.</returns>
    public Task<ChangeReport> RestartAsync(IEnumerable<JobId> ids, CancellationToken cancellationToken = default) => RestartAsync(BulkTarget.Of(ids), cancellationToken);

    /// <summary>Runs ended jobs again: see <see cref="RestartAsync(IEnumerable{JobId}, CancellationToken)"/>.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was restarted, and what was not and why.</returns>
    public Task<ChangeReport> RestartAsync(IEnumerable<Job> jobs, CancellationToken cancellationToken = default) => RestartAsync(IdsOf(jobs), cancellationToken);

    /// <summary>Deletes a job with its history. Files in its workdir stay.</summary>
    /// <param name="id">The job.</param>
    /// <param name="scope">Which jobs besides.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was deleted, and what was not and why.</returns>
    public Task<ChangeReport> DeleteAsync(JobId id, DeleteScope scope = DeleteScope.OnlyThese, CancellationToken cancellationToken = default) => DeleteAsync([id], scope, cancellationToken);

    /// <summary>Deletes jobs with their history. Files in their workdirs stay.</summary>
    /// <param name="ids">The jobs.</param>
    /// <param name="scope">Which jobs besides: with <see cref="DeleteScope.WithDescendants"/> everything below them goes too.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// What was deleted, and what was not and why: it runs, a launcher holds it, or a job that stays needs it.
    /// </returns>
    public Task<ChangeReport> DeleteAsync(IEnumerable<JobId> ids, DeleteScope scope = DeleteScope.OnlyThese, CancellationToken cancellationToken = default) =>
        DeleteAsync(BulkTarget.Of(ids), scope, cancellationToken);

    /// <summary>Deletes jobs with their history: see <see cref="DeleteAsync(IEnumerable{JobId}, DeleteScope, CancellationToken)"/>.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="scope">Which jobs besides.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was deleted, and what was not and why.</returns>
    public Task<ChangeReport> DeleteAsync(IEnumerable<Job> jobs, DeleteScope scope = DeleteScope.OnlyThese, CancellationToken cancellationToken = default) => DeleteAsync(IdsOf(jobs), scope, cancellationToken);

    internal Task<ChangeReport> CancelAsync(BulkTarget target, string reason, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return ChangeAsync(
            target,
            (job, _) => job.State.IsFinal()
                ? JobDecision.Refuse(WhyUnchanged.IllegalState, $"already {job.State.ToText()}")
                : JobDecision.Make(new JobChange(job).Fail(JobTrigger.Cancelled, _time.GetUtcNow(), new FailureDetails { Kind = FailureKind.Cancelled, Message = reason })),
            cancellationToken);
    }

    internal Task<ChangeReport> RestartAsync(BulkTarget target, CancellationToken cancellationToken) => ChangeAsync(target, Restart, cancellationToken);

    internal async Task<ChangeReport> DeleteAsync(BulkTarget target, DeleteScope scope, CancellationToken cancellationToken)
    {
        if (!Enum.IsDefined(scope))
        {
            throw new ArgumentOutOfRangeException(nameof(scope), scope, "Not a scope of a delete.");
        }

        await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        ChangeReport report = await _store.DeleteAsync(new JobDeletion { Ids = target.Ids, Filter = target.Filter, Scope = scope }, cancellationToken).ConfigureAwait(false);
        _watcher.Tell(report.Changed);
        return report;
    }

    private async Task<ChangeReport> ChangeAsync(BulkTarget target, Func<Job, IBulkChangeView, JobDecision> rule, CancellationToken cancellationToken)
    {
        await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await _store.ChangeAsync(new JobBulkChange { Ids = target.Ids, Filter = target.Filter, Rule = rule }, cancellationToken).ConfigureAwait(false);
    }

    // A job that never got past Preprocess goes back to where it waits for parents, so that nothing it needs is skipped.
    private JobDecision Restart(Job job, IBulkChangeView view)
    {
        DateTimeOffset now = _time.GetUtcNow();
        if (!job.State.IsFinal())
        {
            return JobDecision.Refuse(WhyUnchanged.IllegalState, $"it is {job.State.ToText()}; only ended jobs are restarted");
        }

        if (job.IsPreprocessed)
        {
            return JobDecision.Make(new JobChange(job).Apply(JobTrigger.Restarted, now).Edit(fields => fields with { NotBefore = null }, now));
        }

        foreach (JobDependency edge in job.Parents)
        {
            if (view.Find(edge.Parent) is not { } parent)
            {
                return JobDecision.Refuse(WhyUnchanged.BlockedByParent, $"its parent {edge.Parent} is gone, and it never got past waiting for it; submit a new job");
            }

            if (DependencyRules.Judge(edge.Condition, parent.State) == DependencyVerdict.Broken)
            {
                return JobDecision.Refuse(WhyUnchanged.BlockedByParent, WhyBlocked(job, parent));
            }
        }

        JobChange change = new JobChange(job).Apply(JobTrigger.ParentRestarted, now, "Restarted from the beginning.");
        return JobDecision.Make(job.NotBefore is null ? change : change.Edit(fields => fields with { NotBefore = null }, now));
    }

    private static string WhyBlocked(Job job, Job parent) => parent.State == JobState.JobFinished
        ? $"its parent {parent.Id} finished, and it was to run only after that one's failure"
        : job.Failure?.Kind == FailureKind.ParentFailed
            ? $"its parent {parent.Id} is {parent.State.ToText()}; restart that, and this job comes back with it"
            : $"its parent {parent.Id} is {parent.State.ToText()}; restart that first, or both in one call";
}
