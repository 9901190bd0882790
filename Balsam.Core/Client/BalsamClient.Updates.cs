namespace Balsam;

/// <content>Editing what jobs are: tags, data, parameters, resources, priority.</content>
public sealed partial class BalsamClient
{
    /// <summary>Edits a job: see <see cref="UpdateAsync(IEnumerable{JobId}, Action{JobEdit}, CancellationToken)"/>.</summary>
    /// <param name="id">The job.</param>
    /// <param name="edit">Says what to change.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether it was changed, or why not.</returns>
    /// <exception cref="ArgumentException">The edit can be right for no job.</exception>
    public Task<ChangeReport> UpdateAsync(JobId id, Action<JobEdit> edit, CancellationToken cancellationToken = default) => UpdateAsync([id], edit, cancellationToken);

    /// <summary>Edits jobs, in one atomic write: <c>UpdateAsync(ids, edit =&gt; edit.Tag("study", "b").SetPriority(5))</c>.</summary>
    /// <remarks>
    /// <para>A job that is RUNNING is left as it is, and so is one for which a launcher calls a hook at that moment; one that merely waits to be launched is
    /// taken from its launcher and offered again as it then is. A job for which the edit is wrong is left as it is, with the reason: a parameter that its
    /// application does not have, a request that its site's nodes cannot meet. One that is as the edit asks already is not written.</para>
    /// <para>Jobs that have ended can be edited too. Their new parameters and resources are those of the next run after a restart; what the last run was
    /// given is then no longer stored. Edits are not moves: they leave no event, but count up <see cref="Job.Version"/> and set <see cref="Job.LastUpdate"/>.</para>
    /// </remarks>
    /// <param name="ids">The jobs.</param>
    /// <param name="edit">Says what to change.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was changed, and what was not and why.</returns>
    /// <exception cref="ArgumentException">The edit can be right for no job: it is empty, a tag is too long, no site of these jobs has nodes for the resources.</exception>
    public Task<ChangeReport> UpdateAsync(IEnumerable<JobId> ids, Action<JobEdit> edit, CancellationToken cancellationToken = default) =>
        UpdateAsync(BulkTarget.Of(ids), edit, cancellationToken);

    /// <summary>Edits jobs: see <see cref="UpdateAsync(IEnumerable{JobId}, Action{JobEdit}, CancellationToken)"/>.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="edit">What to change.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was changed, and what was not and why.</returns>
    public Task<ChangeReport> UpdateAsync(IEnumerable<Job> jobs, Action<JobEdit> edit, CancellationToken cancellationToken = default) => UpdateAsync(IdsOf(jobs), edit, cancellationToken);

    internal async Task<ChangeReport> UpdateAsync(BulkTarget target, Action<JobEdit> edit, CancellationToken cancellationToken)
    {
        JobEdit asked = JobEdit.From(edit);
        await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<Job> jobs = target.Jobs ?? await _store.FindAsync(target.Ids, cancellationToken).ConfigureAwait(false);
        Dictionary<SiteName, IReadOnlyList<NodeSpec>> nodes = [];
        foreach (SiteName site in jobs.Select(job => job.Site).Distinct().Where(_ => asked.ChangesResources))
        {
            nodes.Add(site, await _submissions.NodesOfAsync(site, cancellationToken).ConfigureAwait(false));
        }

        asked.DemandPossible(nodes);
        _ = _secrets.Refresh();
        var rule = new EditRule(asked, _applications, nodes, _secrets, _time);
        await Task.Run(() => rule.Prepare(jobs, cancellationToken), cancellationToken).ConfigureAwait(false);
        return await ChangeAsync(target, rule.Decide, cancellationToken).ConfigureAwait(false);
    }
}
