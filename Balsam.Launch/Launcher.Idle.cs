using Balsam.Launch.Packing;

namespace Balsam.Launch;

/// <content>Waiting until nothing can go on, and saying why.</content>
public sealed partial class Launcher
{
    private const int MostExplained = 1000;

    // What the packer said last; put into words when somebody asks.
    private volatile IReadOnlyList<WaitingCandidate> _waiting = [];

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
        Dictionary<long, PackingObstacle> obstacles = _waiting.ToDictionary(waiting => waiting.Candidate.Id, waiting => waiting.Obstacle);
        List<BlockedJob> blocked = [];
        foreach (Job job in await _store.QueryAsync(active, cancellationToken).ConfigureAwait(false))
        {
            blocked.Add(new BlockedJob(job.Id, job.State, await WhyBlockedAsync(job, obstacles, cancellationToken).ConfigureAwait(false)));
        }

        return new IdleReport(await _store.CountAsync(JobFilter.All, cancellationToken).ConfigureAwait(false), blocked);
    }

    private async Task<string> WhyBlockedAsync(Job job, Dictionary<long, PackingObstacle> obstacles, CancellationToken cancellationToken)
    {
        if (job.Site != _site)
        {
            return $"it belongs to site '{job.Site}', this launcher serves '{_site}'";
        }

        if (job.State == JobState.AwaitingParents)
        {
            IReadOnlyList<Job> parents = await _store.FindAsync([.. job.Parents.Select(edge => edge.Parent)], cancellationToken).ConfigureAwait(false);
            Dictionary<JobId, Job> byId = parents.ToDictionary(parent => parent.Id);
            JobDependency open = job.Parents.FirstOrDefault(edge => !byId.TryGetValue(edge.Parent, out Job? parent) || DependencyRules.Judge(edge.Condition, parent.State) == DependencyVerdict.Pending);
            return byId.TryGetValue(open.Parent, out Job? waiting)
                ? $"it waits for parent {waiting.Id}, which is {waiting.State.ToText()}{(waiting.State == JobState.Failed ? "; restart that one" : "")}"
                : $"it waits for parent {open.Parent}, which is gone; delete it";
        }

        return !_applications.TryGet(job.Application, out _) ? $"its application '{job.Application}' is not registered in this host; call AddApplication for it"
            : !_options.Filter.Matches(job) ? "the launcher's filter does not take it"
            : obstacles.TryGetValue(job.Id.Value, out PackingObstacle? obstacle) ? obstacle.Sentence
            : IsStopping ? $"the launcher has ended because {_stopReason}"
            : $"it is {job.State.ToText()}, and another launcher holds it or it was submitted just now";
    }
}
