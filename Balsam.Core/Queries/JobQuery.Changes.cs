namespace Balsam;

/// <content>What can be done with all jobs of a query, each time in one atomic write. A job that no longer meets the query inside the write is left as it is.</content>
public sealed partial class JobQuery
{
    /// <summary>Edits the jobs: <c>query.UpdateAsync(edit =&gt; edit.Tag("study", "b").SetPriority(5))</c>; see <see cref="BalsamClient.UpdateAsync(IEnumerable{JobId}, Action{JobEdit}, CancellationToken)"/>.</summary>
    /// <param name="edit">Says what to change.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was changed, and what was not and why.</returns>
    /// <exception cref="ArgumentException">The edit can be right for no job; nothing was changed.</exception>
    public async Task<ChangeReport> UpdateAsync(Action<JobEdit> edit, CancellationToken cancellationToken = default) =>
        await _client.UpdateAsync(await TargetAsync(cancellationToken).ConfigureAwait(false), edit, cancellationToken).ConfigureAwait(false);

    /// <summary>Cancels the jobs: see <see cref="BalsamClient.CancelAsync(IEnumerable{JobId}, string, CancellationToken)"/>.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was cancelled, and what was not and why.</returns>
    public async Task<ChangeReport> CancelAsync(string reason, CancellationToken cancellationToken = default) =>
        await _client.CancelAsync(await TargetAsync(cancellationToken).ConfigureAwait(false), reason, cancellationToken).ConfigureAwait(false);

    /// <summary>Runs the jobs again: see <see cref="BalsamClient.RestartAsync(IEnumerable{JobId}, CancellationToken)"/>.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was restarted, and what was not and why.</returns>
    public async Task<ChangeReport> RestartAsync(CancellationToken cancellationToken = default) =>
        await _client.RestartAsync(await TargetAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>Deletes the jobs: see <see cref="BalsamClient.DeleteAsync(IEnumerable{JobId}, DeleteScope, CancellationToken)"/>.</summary>
    /// <param name="scope">Which jobs besides; they need not meet the query.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was deleted, and what was not and why.</returns>
    public async Task<ChangeReport> DeleteAsync(DeleteScope scope = DeleteScope.OnlyThese, CancellationToken cancellationToken = default) =>
        await _client.DeleteAsync(await TargetAsync(cancellationToken).ConfigureAwait(false), scope, cancellationToken).ConfigureAwait(false);

    private async Task<BulkTarget> TargetAsync(CancellationToken cancellationToken)
    {
        JobSelector selector = await PrepareAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<Job> jobs = await _store.QueryAsync(selector, cancellationToken).ConfigureAwait(false);
        return new BulkTarget([.. jobs.Select(job => job.Id)], selector.Filter) { Jobs = jobs };
    }
}
