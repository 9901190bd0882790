using System.Collections.Frozen;
using Balsam.Storage;

namespace Balsam.Testing.Conformance;

/// <content>The steps that cases share: adding, moving and claiming jobs.</content>
public sealed partial class StoreConformanceContext
{
    internal static readonly ApplicationName App = "App";

    internal static JobAddition Addition(params IEnumerable<ParentReference> parents) => new() { Application = App, Site = SiteName.Local, Parents = [.. parents] };

    internal async Task<CommitResult> TryCommitAsync(JobCommit commit)
    {
        IReadOnlyList<CommitResult> results = await Store.CommitAsync([commit], CancellationToken.None);
        Check.Equal(1, results.Count, "Results of a call with one commit");
        return results[0];
    }

    internal async Task<IReadOnlyList<Job>> CommitAsync(JobCommit commit)
    {
        CommitResult result = await TryCommitAsync(commit);
        Check.That(result.IsWritten, $"the commit is written; it was refused: {result.Refusal?.Message}");
        return result.Added;
    }

    internal async Task<Job> CommitAsync(JobChange change, LeaseToken? lease = null, bool keepLease = false)
    {
        await CommitAsync(new JobCommit { Changes = [change], Lease = lease, KeepLease = keepLease });
        return await GetAsync(change.Before.Id);
    }

    internal Task<IReadOnlyList<Job>> AddAsync(params IReadOnlyList<JobAddition> additions) => CommitAsync(new JobCommit { Additions = additions });

    internal async Task<Job> AddOneAsync(params IEnumerable<ParentReference> parents) => (await AddAsync(Addition(parents)))[0];

    internal Task<IReadOnlyList<Job>> AddManyAsync(int count) => AddAsync([.. Enumerable.Range(0, count).Select(_ => Addition())]);

    internal async Task<Job> GetAsync(JobId id)
    {
        IReadOnlyList<Job> found = await Store.FindAsync([id], CancellationToken.None);
        Check.Equal(1, found.Count, $"Jobs found by the number {id}");
        return found[0];
    }

    internal async Task ExpectStateAsync(JobState expected, JobId id, string what) => Check.Equal(expected, (await GetAsync(id)).State, $"The state of {what} (job {id})");

    internal async Task<Job> MoveAsync(JobId id, params IEnumerable<JobTrigger> triggers)
    {
        var change = new JobChange(await GetAsync(id));
        foreach (JobTrigger trigger in triggers)
        {
            change.Apply(trigger, Now);
        }

        return await CommitAsync(change);
    }

    internal JobChange Towards(Job job, JobState target)
    {
        var change = new JobChange(job);
        while (change.After.State != target)
        {
            Arrive(change);
            change.Apply(NextTrigger(change.After.State), Now);
        }

        return change;
    }

    /// <summary>Says of the transfers that move in the job's state that they have arrived.</summary>
    internal JobChange Arrive(JobChange change)
    {
        foreach (TransferItem item in change.After.Transfers.Where(item => item.State is TransferState.Pending or TransferState.Active))
        {
            change.EditTransfer(item.Slot, moved => moved with { State = TransferState.Done, Attempts = moved.Attempts + 1, Error = null, Files = 2, Bytes = 1L << 40 }, Now);
        }

        return change;
    }

    internal async Task<Job> BringToAsync(JobId id, JobState target) => await CommitAsync(Towards(await GetAsync(id), target));

    internal Task<Job> FinishAsync(JobId id) => BringToAsync(id, JobState.JobFinished);

    internal async Task<Job> CancelAsync(JobId id, string reason = "enough") => await CommitAsync(Cancellation(await GetAsync(id), reason));

    internal JobChange Cancellation(Job job, string reason = "enough") =>
        new JobChange(job).Fail(JobTrigger.Cancelled, Now, new FailureDetails { Kind = FailureKind.Cancelled, Message = reason });

    internal Task<Job> RestartAsync(JobId id) => MoveAsync(id, JobTrigger.Restarted);

    internal Task<ChangeReport> DeleteAsync(params IEnumerable<JobId> ids) => Store.DeleteAsync(new JobDeletion { Ids = [.. ids] }, CancellationToken.None);

    internal Task<LauncherSession> OpenSessionAsync(TimeSpan? lease = null, string site = "local") => Store.OpenSessionAsync(
        new SessionRequest { Site = site, Host = "host", ProcessId = 17, LeaseDuration = lease ?? TimeSpan.FromMinutes(5) }, CancellationToken.None);

    internal static ClaimRequest Wanting(LauncherSession session, int limit = int.MaxValue, params IEnumerable<ApplicationName> applications) => new()
    {
        Lease = session.Token,
        Limit = limit,
        Wanted = applications.DefaultIfEmpty(App).ToFrozenDictionary(application => application, _ => JobStates.Claimable),
    };

    internal async Task<IReadOnlyList<Job>> ClaimAsync(LauncherSession session, int limit = int.MaxValue) =>
        (await Store.ClaimAsync(Wanting(session, limit), CancellationToken.None)).Jobs;

    internal async Task<ClaimResult> ClaimAsync(ClaimRequest request) => await Store.ClaimAsync(request, CancellationToken.None);

    /// <summary>Claims a job and starts it, as a launcher does.</summary>
    internal async Task<Job> StartAsync(LauncherSession session, JobId id)
    {
        ClaimResult claim = await ClaimAsync(Wanting(session, 1) with { Filter = new IdFilter([id]) });
        Check.Sequence([id], claim.Jobs.Select(job => job.Id), "The claim of one job by its number");
        return await CommitAsync(Towards(claim.Jobs[0], JobState.Running), session.Token, keepLease: true);
    }

    internal async Task<IReadOnlyList<JobEvent>> AllEventsAsync() => await Store.ReadEventsAsync(0, int.MaxValue, CancellationToken.None);

    internal async Task<IReadOnlyList<Job>> AllJobsAsync() => await Store.QueryAsync(new JobSelector(), CancellationToken.None);

    /// <summary>The step on the shortest way to JOB_FINISHED.</summary>
    internal static JobTrigger NextTrigger(JobState state) => state switch
    {
        JobState.Ready => JobTrigger.StagedIn,
        JobState.StagedIn => JobTrigger.Preprocessed,
        JobState.Preprocessed or JobState.RestartReady => JobTrigger.Started,
        JobState.Running => JobTrigger.RunSucceeded,
        JobState.RunDone => JobTrigger.Postprocessed,
        JobState.RunError or JobState.RunTimeout => JobTrigger.RetryRequested,
        JobState.Postprocessed => JobTrigger.StagedOut,
        JobState.StagedOut => JobTrigger.Finished,
        _ => throw new ConformanceException($"A job that is {state.ToText()} cannot be brought forward by a launcher."),
    };
}
