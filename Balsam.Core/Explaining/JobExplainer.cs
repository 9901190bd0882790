using System.Collections.Immutable;
using System.Text.Json;
using Balsam.Storage;

namespace Balsam;

/// <summary>Finds out why jobs are where they are, from what the store knows and what launchers of this process add.</summary>
internal sealed class JobExplainer(IJobStore store, ApplicationRegistry applications, IEnumerable<ILauncherInsight> insights, TimeProvider time)
{
    // Beyond so many jobs, what takes a read of the store for each of them is left out: the place in the queue, and the nodes of a run.
    private const int MostInDetail = 16;

    private readonly ILauncherInsight[] _insights = [.. insights];

    /// <summary>Explains jobs.</summary>
    public async Task<IReadOnlyList<JobExplanation>> ExplainAsync(IReadOnlyList<Job> jobs, CancellationToken cancellationToken)
    {
        LiveLaunchers launchers = await FindLaunchersAsync(cancellationToken).ConfigureAwait(false);
        Ancestry ancestry = await Ancestry.ReadAsync(store, jobs, cancellationToken).ConfigureAwait(false);
        Dictionary<JobId, JobLease> leases = (await store.FindLeasesAsync([.. jobs.Where(IsOnItsWay).Select(job => job.Id)], cancellationToken).ConfigureAwait(false))
            .ToDictionary(lease => lease.Job);
        bool inDetail = jobs.Count <= MostInDetail;
        List<JobExplanation> explanations = [];
        foreach (Job job in jobs)
        {
            ImmutableArray<JobReason> reasons = job.State switch
            {
                JobState.JobFinished or JobState.Failed => [new EndedReason(job.State, job.LastUpdate, job.Failure)],
                JobState.AwaitingParents => [ancestry.Explain(job, ancestor => First(launchers, ancestor) ?? launchers.FindPause(ancestor))],
                _ when leases.TryGetValue(job.Id, out JobLease? lease) => [await ExplainHeldAsync(job, lease, launchers, inDetail, cancellationToken).ConfigureAwait(false)],
                _ => await ExplainFreeAsync(job, launchers, inDetail, cancellationToken).ConfigureAwait(false),
            };
            explanations.Add(new JobExplanation(job, reasons));
        }

        return explanations;
    }

    /// <summary>Finds among jobs that have not ended those that will not go on by themselves, and what must happen first.</summary>
    public async Task<IReadOnlyDictionary<JobId, JobOutlook>> FindHeldUpAsync(IReadOnlyList<Job> jobs, CancellationToken cancellationToken)
    {
        LiveLaunchers launchers = await FindLaunchersAsync(cancellationToken).ConfigureAwait(false);
        Ancestry ancestry = await Ancestry.ReadAsync(store, jobs, cancellationToken).ConfigureAwait(false);
        IReadOnlyDictionary<JobId, JobOutlook> waiting = ancestry.FindHeldUp(ancestor => First(launchers, ancestor));
        Dictionary<JobId, JobOutlook> heldUp = [];
        foreach (Job job in jobs)
        {
            JobOutlook outlook = job.State == JobState.AwaitingParents ? waiting.GetValueOrDefault(job.Id)
                : launchers.Refusals(job).IsEmpty ? JobOutlook.Passing
                : JobOutlook.NeedsLauncher;
            if (outlook != JobOutlook.Passing)
            {
                heldUp[job.Id] = outlook;
            }
        }

        return heldUp;
    }

    private static bool IsOnItsWay(Job job) => !job.State.IsFinal() && job.State != JobState.AwaitingParents;

    private static JobReason? First(LiveLaunchers launchers, Job job) => launchers.Refusals(job) is [JobReason first, ..] ? first : null;

    private async Task<LiveLaunchers> FindLaunchersAsync(CancellationToken cancellationToken) =>
        new(await store.ListSessionsAsync(cancellationToken).ConfigureAwait(false), _insights, time.GetUtcNow());

    private async Task<JobReason> ExplainHeldAsync(Job job, JobLease lease, LiveLaunchers launchers, bool inDetail, CancellationToken cancellationToken)
    {
        if (!launchers.Contains(lease.Holder))
        {
            return First(launchers, job) as NoLauncherReason ?? (JobReason)new LauncherLostReason(lease.Holder);
        }

        if (job.State == JobState.Running)
        {
            return new HeldReason(lease, job.State, JobActivity.Running, inDetail ? await FindNodesAsync(job.Id, cancellationToken).ConfigureAwait(false) : []);
        }

        if (TransfersReason.Of(job, lease, time.GetUtcNow()) is { } transfers)
        {
            return transfers;
        }

        if (applications.TryGet(job.Application, out ApplicationDescriptor? application) && application.HookedStates.Contains(job.State))
        {
            return new HeldReason(lease, job.State, JobActivity.Hook, []);
        }

        LaunchObstacle? obstacle = _insights.FirstOrDefault(insight => insight.Session == lease.Holder.Token.Session)?.FindObstacle(job.Id);
        return launchers.Refusal(job, lease.Holder) as WallTimeReason
            ?? (obstacle is not null ? new RoomReason(lease.Holder, obstacle)
                : (JobReason)new HeldReason(lease, job.State, JobStates.Runnable.Contains(job.State) || job.State is JobState.StagedIn or JobState.Ready ? JobActivity.Starting : JobActivity.Moving, []));
    }

    private async Task<ImmutableArray<JobReason>> ExplainFreeAsync(Job job, LiveLaunchers launchers, bool inDetail, CancellationToken cancellationToken)
    {
        ImmutableArray<JobReason> refusals = launchers.Refusals(job);
        if (!refusals.IsEmpty)
        {
            return refusals;
        }

        if (job.State == JobState.Running)
        {
            return [new LauncherLostReason(null)];
        }

        if (launchers.FindPause(job) is { } pause)
        {
            return [pause];
        }

        if (TransfersReason.Of(job, null, time.GetUtcNow()) is { } transfers)
        {
            return [transfers];
        }

        if (job.NotBefore is { } due && due > time.GetUtcNow())
        {
            return [new TimeReason(due)];
        }

        long ahead = inDetail ? (await store.CountAsync(Ahead(job, launchers), cancellationToken).ConfigureAwait(false)).Total : 0;
        return [ahead > 0 ? new QueueReason(ahead) : new ReadyReason()];
    }

    private static JobFilter Ahead(Job job, LiveLaunchers launchers)
    {
        JobFilter order = new PriorityFilter(job.Priority, job.Priority).And(new IdRangeFilter(null, job.Id));
        if (job.Priority < int.MaxValue)
        {
            order = order.Or(new PriorityFilter(job.Priority + 1, null));
        }

        return new StateFilter(JobStates.Claimable).And(new SiteFilter(job.Site)).And(order)
            .And(new OrFilter([.. launchers.ApplicationsAt(job.Site).Select(application => new ApplicationFilter(application))]));
    }

    private async Task<ImmutableArray<string>> FindNodesAsync(JobId id, CancellationToken cancellationToken)
    {
        JobEvent? started = (await store.ReadHistoryAsync(id, cancellationToken).ConfigureAwait(false)).LastOrDefault(step => step.To == JobState.Running);
        return started is not null && started.Data.Root is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty("nodes", out JsonElement nodes) && nodes.ValueKind == JsonValueKind.Array
            ? [.. nodes.EnumerateArray().Select(node => node.ToString())]
            : [];
    }
}
