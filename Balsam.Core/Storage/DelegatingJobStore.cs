namespace Balsam.Storage;

/// <summary>A store that hands every call on to another: the start of one that counts, records, delays or fails calls.</summary>
/// <param name="inner">The other store.</param>
public abstract class DelegatingJobStore(IJobStore inner) : IJobStore
{
    /// <inheritdoc/>
    public virtual string Description => inner.Description;

    /// <inheritdoc/>
    public virtual Task OpenAsync(CancellationToken cancellationToken) => inner.OpenAsync(cancellationToken);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<CommitResult>> CommitAsync(IReadOnlyList<JobCommit> commits, CancellationToken cancellationToken) => inner.CommitAsync(commits, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<ChangeReport> ChangeAsync(JobBulkChange change, CancellationToken cancellationToken) => inner.ChangeAsync(change, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<ChangeReport> DeleteAsync(JobDeletion deletion, CancellationToken cancellationToken) => inner.DeleteAsync(deletion, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<JobId>> FindDescendantsAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken) => inner.FindDescendantsAsync(ids, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<Job>> FindAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken) => inner.FindAsync(ids, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<Job>> QueryAsync(JobSelector selector, CancellationToken cancellationToken) => inner.QueryAsync(selector, cancellationToken);

    /// <inheritdoc/>
    public virtual string DescribePlan(JobSelector selector) => inner.DescribePlan(selector);

    /// <inheritdoc/>
    public virtual Task<JobCounts> CountAsync(JobFilter filter, CancellationToken cancellationToken) => inner.CountAsync(filter, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<JobEvent>> ReadEventsAsync(long after, int limit, CancellationToken cancellationToken) => inner.ReadEventsAsync(after, limit, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<JobEvent>> ReadEventsBeforeAsync(long before, int limit, CancellationToken cancellationToken) => inner.ReadEventsBeforeAsync(before, limit, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<JobEvent>> ReadHistoryAsync(JobId id, CancellationToken cancellationToken) => inner.ReadHistoryAsync(id, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<long> GetLastSequenceAsync(CancellationToken cancellationToken) => inner.GetLastSequenceAsync(cancellationToken);

    /// <inheritdoc/>
    public virtual Task WaitForEventsAsync(long after, CancellationToken cancellationToken) => inner.WaitForEventsAsync(after, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<LauncherSession> OpenSessionAsync(SessionRequest request, CancellationToken cancellationToken) => inner.OpenSessionAsync(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task RenewAsync(LeaseToken lease, CancellationToken cancellationToken) => inner.RenewAsync(lease, cancellationToken);

    /// <inheritdoc/>
    public virtual Task CloseSessionAsync(LeaseToken lease, CancellationToken cancellationToken) => inner.CloseSessionAsync(lease, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<JobId>> RecoverAsync(SiteName site, CancellationToken cancellationToken) => inner.RecoverAsync(site, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<LauncherSession>> ListSessionsAsync(CancellationToken cancellationToken) => inner.ListSessionsAsync(cancellationToken);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<JobLease>> FindLeasesAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken) => inner.FindLeasesAsync(ids, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<LauncherRecord>> ListLaunchersAsync(CancellationToken cancellationToken) => inner.ListLaunchersAsync(cancellationToken);

    /// <inheritdoc/>
    public virtual Task RegisterApplicationsAsync(IReadOnlyList<ApplicationRecord> applications, CancellationToken cancellationToken) => inner.RegisterApplicationsAsync(applications, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<ApplicationRecord>> ListApplicationsAsync(CancellationToken cancellationToken) => inner.ListApplicationsAsync(cancellationToken);

    /// <inheritdoc/>
    public virtual Task<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken) => inner.ClaimAsync(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task ReleaseAsync(LeaseToken lease, IReadOnlyList<JobId> ids, CancellationToken cancellationToken) => inner.ReleaseAsync(lease, ids, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<SessionNews> WaitForNewsAsync(LeaseToken lease, CancellationToken cancellationToken) => inner.WaitForNewsAsync(lease, cancellationToken);

    /// <summary>Disposes of the other store.</summary>
    /// <returns>A task that ends when it is closed.</returns>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return inner.DisposeAsync();
    }
}
