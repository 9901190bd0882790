using System.Diagnostics;
using Balsam.Storage;

namespace Balsam.Launch.CrashHost;

/// <summary>A store whose host is killed right before or right after the write that holds what a hook submitted: as kill -9 does, without a word to anybody.</summary>
public sealed class KillingStore(IJobStore inner, bool after) : IJobStore
{
    public string Description => inner.Description;

    public async Task<IReadOnlyList<CommitResult>> CommitAsync(IReadOnlyList<JobCommit> commits, CancellationToken cancellationToken)
    {
        bool submits = commits.Any(commit => commit.Lease is not null && commit.Additions.Count > 0);
        if (submits && !after)
        {
            Die();
        }

        IReadOnlyList<CommitResult> results = await inner.CommitAsync(commits, cancellationToken);
        if (submits)
        {
            Die();
        }

        return results;
    }

    private static void Die()
    {
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
    }

    public Task OpenAsync(CancellationToken cancellationToken) => inner.OpenAsync(cancellationToken);

    public Task<DeleteResult> DeleteAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken) => inner.DeleteAsync(ids, cancellationToken);

    public Task<IReadOnlyList<Job>> FindAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken) => inner.FindAsync(ids, cancellationToken);

    public Task<IReadOnlyList<Job>> QueryAsync(JobSelector selector, CancellationToken cancellationToken) => inner.QueryAsync(selector, cancellationToken);

    public string DescribePlan(JobSelector selector) => inner.DescribePlan(selector);

    public Task<JobCounts> CountAsync(JobFilter filter, CancellationToken cancellationToken) => inner.CountAsync(filter, cancellationToken);

    public Task<IReadOnlyList<JobEvent>> ReadEventsAsync(long after, int limit, CancellationToken cancellationToken) => inner.ReadEventsAsync(after, limit, cancellationToken);

    public Task<IReadOnlyList<JobEvent>> ReadHistoryAsync(JobId id, CancellationToken cancellationToken) => inner.ReadHistoryAsync(id, cancellationToken);

    public Task<long> GetLastSequenceAsync(CancellationToken cancellationToken) => inner.GetLastSequenceAsync(cancellationToken);

    public Task WaitForEventsAsync(long after, CancellationToken cancellationToken) => inner.WaitForEventsAsync(after, cancellationToken);

    public Task<LauncherSession> OpenSessionAsync(SessionRequest request, CancellationToken cancellationToken) => inner.OpenSessionAsync(request, cancellationToken);

    public Task RenewAsync(LeaseToken lease, CancellationToken cancellationToken) => inner.RenewAsync(lease, cancellationToken);

    public Task CloseSessionAsync(LeaseToken lease, CancellationToken cancellationToken) => inner.CloseSessionAsync(lease, cancellationToken);

    public Task<IReadOnlyList<JobId>> RecoverAsync(SiteName site, CancellationToken cancellationToken) => inner.RecoverAsync(site, cancellationToken);

    public Task<IReadOnlyList<LauncherSession>> ListSessionsAsync(CancellationToken cancellationToken) => inner.ListSessionsAsync(cancellationToken);

    public Task<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken) => inner.ClaimAsync(request, cancellationToken);

    public Task ReleaseAsync(LeaseToken lease, IReadOnlyList<JobId> ids, CancellationToken cancellationToken) => inner.ReleaseAsync(lease, ids, cancellationToken);

    public Task<SessionNews> WaitForNewsAsync(LeaseToken lease, CancellationToken cancellationToken) => inner.WaitForNewsAsync(lease, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
