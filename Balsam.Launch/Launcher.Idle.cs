namespace Balsam.Launch;

/// <content>Waiting until nothing can go on, and saying why.</content>
public sealed partial class Launcher
{
    private const int MostExplained = 1000;

    /// <summary>Waits until nothing runs, nothing can be started, and nothing waits for its time; or until the launcher ends.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>How things stand then: what ended, and what is blocked and why.</returns>
    /// <exception cref="BalsamException">The launcher failed.</exception>
    public async Task<IdleReport> WaitUntilIdleAsync(CancellationToken cancellationToken = default)
    {
        var idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            _mayClaim = true;
            _idleWaiters.Add(idle);
        });

        // Once the launcher has ended nobody reads the message any more.
        await (await Task.WhenAny(idle.Task, _ended.Task).WaitAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return await ReportAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<IdleReport> ReportAsync(CancellationToken cancellationToken)
    {
        var active = new JobSelector { Filter = new StateFilter(JobStates.All.Except(JobStates.Final)), Take = MostExplained };
        IReadOnlyList<Job> jobs = await _store.QueryAsync(active, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<JobExplanation> explanations = await _explainer.ExplainAsync(jobs, cancellationToken).ConfigureAwait(false);
        return new IdleReport(await _store.CountAsync(JobFilter.All, cancellationToken).ConfigureAwait(false), [.. explanations.Select(explanation => new BlockedJob(explanation))]);
    }
}
