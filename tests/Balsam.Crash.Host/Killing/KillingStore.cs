using Balsam.Storage;

namespace Balsam.Crash;

/// <summary>A store whose calls by a launcher are instants at which the host can be killed.</summary>
internal sealed class KillingStore(IJobStore inner, KillSwitch kill) : DelegatingJobStore(inner)
{
    /// <summary>The tag of jobs that have children.</summary>
    public const string ParentTag = "parent";

    public override Task<LauncherSession> OpenSessionAsync(SessionRequest request, CancellationToken cancellationToken) =>
        kill.AroundAsync([CrashInstants.Session], () => base.OpenSessionAsync(request, cancellationToken));

    public override Task<IReadOnlyList<JobId>> RecoverAsync(SiteName site, CancellationToken cancellationToken) =>
        kill.AroundAsync([CrashInstants.Recover], () => base.RecoverAsync(site, cancellationToken));

    public override async Task<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
    {
        ClaimResult result = await base.ClaimAsync(request, cancellationToken);
        if (result.Jobs.Count > 0)
        {
            kill.Reach(CrashInstants.Claim);
        }

        return result;
    }

    public override Task<IReadOnlyList<CommitResult>> CommitAsync(IReadOnlyList<JobCommit> commits, CancellationToken cancellationToken) =>
        kill.AroundAsync([.. commits.Where(commit => commit.Lease is not null).SelectMany(NamesOf).Distinct()], () => base.CommitAsync(commits, cancellationToken));

    private static IEnumerable<string> NamesOf(JobCommit commit)
    {
        foreach (JobChange change in commit.Changes)
        {
            if (change.After.State == JobState.Running)
            {
                yield return CrashInstants.Start;
            }
            else if (change.Before.State == JobState.Running)
            {
                yield return CrashInstants.Record;
            }
            else if (change.Before.State is JobState.RunDone or JobState.RunError)
            {
                yield return CrashInstants.HookCommit;
            }
            else if (change.Events.Any(step => step.Trigger is JobTrigger.StagedIn or JobTrigger.StagedOut) && !change.After.Transfers.IsEmpty)
            {
                yield return CrashInstants.Leg;
            }

            if (change.After.State == JobState.JobFinished && change.After.Tags.ContainsKey(ParentTag))
            {
                yield return CrashInstants.Wake;
            }
        }
    }
}
