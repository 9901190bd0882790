using Balsam.Storage;

namespace Balsam.Launch.Tests.Engine;

/// <summary>A store whose news and writes a test can hold up or fail.</summary>
internal sealed class FaultyStore(IJobStore inner, bool owns) : IJobStore
{
    private volatile bool _isDeaf;

    /// <summary>While set, a launcher hears no news, not even that its session is over; until it opens another.</summary>
    public bool IsDeaf
    {
        get => _isDeaf;
        set => _isDeaf = value;
    }

    /// <summary>Is called before each write of a launcher; what it throws comes out of the write.</summary>
    public Func<Task> BeforeLauncherCommit { get; set; } = () => Task.CompletedTask;

    public string Description => inner.Description;

    public string DescribePlan(JobSelector selector) => inner.DescribePlan(selector);

    public Task OpenAsync(CancellationToken cancellationToken) => inner.OpenAsync(cancellationToken);

    public async Task<IReadOnlyList<CommitResult>> CommitAsync(IReadOnlyList<JobCommit> commits, CancellationToken cancellationToken)
    {
        if (commits.Any(commit => commit.Lease is not null))
        {
            await BeforeLauncherCommit();
        }

        return await inner.CommitAsync(commits, cancellationToken);
    }

    public async Task<SessionNews> WaitForNewsAsync(LeaseToken lease, CancellationToken cancellationToken)
    {
        try
        {
            SessionNews news = await inner.WaitForNewsAsync(lease, cancellationToken);
            if (!IsDeaf)
            {
                return news;
            }
        }
        catch (LeaseLostException) when (IsDeaf)
        {
        }

        await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        throw new InvalidOperationException();
    }

    public Task<DeleteResult> DeleteAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken) => inner.DeleteAsync(ids, cancellationToken);

    public Task<IReadOnlyList<Job>> FindAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken) => inner.FindAsync(ids, cancellationToken);

    public Task<IReadOnlyList<Job>> QueryAsync(JobSelector selector, CancellationToken cancellationToken) => inner.QueryAsync(selector, cancellationToken);

    public Task<JobCounts> CountAsync(JobFilter filter, CancellationToken cancellationToken) => inner.CountAsync(filter, cancellationToken);

    public Task<IReadOnlyList<JobEvent>> ReadEventsBeforeAsync(long before, int limit, CancellationToken cancellationToken) => inner.ReadEventsBeforeAsync(before, limit, cancellationToken);

    public Task<IReadOnlyList<JobEvent>> ReadEventsAsync(long after, int limit, CancellationToken cancellationToken) => inner.ReadEventsAsync(after, limit, cancellationToken);

    public Task<IReadOnlyList<JobEvent>> ReadHistoryAsync(JobId id, CancellationToken cancellationToken) => inner.ReadHistoryAsync(id, cancellationToken);

    public Task<long> GetLastSequenceAsync(CancellationToken cancellationToken) => inner.GetLastSequenceAsync(cancellationToken);

    public Task WaitForEventsAsync(long after, CancellationToken cancellationToken) => inner.WaitForEventsAsync(after, cancellationToken);

    public Task<LauncherSession> OpenSessionAsync(SessionRequest request, CancellationToken cancellationToken)
    {
        IsDeaf = false;
        return inner.OpenSessionAsync(request, cancellationToken);
    }

    public Task RenewAsync(LeaseToken lease, CancellationToken cancellationToken) => inner.RenewAsync(lease, cancellationToken);

    public Task CloseSessionAsync(LeaseToken lease, CancellationToken cancellationToken) => inner.CloseSessionAsync(lease, cancellationToken);

    public Task<IReadOnlyList<JobId>> RecoverAsync(SiteName site, CancellationToken cancellationToken) => inner.RecoverAsync(site, cancellationToken);

    public Task<IReadOnlyList<LauncherSession>> ListSessionsAsync(CancellationToken cancellationToken) => inner.ListSessionsAsync(cancellationToken);

    public Task<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken) => inner.ClaimAsync(request, cancellationToken);

    public Task ReleaseAsync(LeaseToken lease, IReadOnlyList<JobId> ids, CancellationToken cancellationToken) => inner.ReleaseAsync(lease, ids, cancellationToken);

    public ValueTask DisposeAsync() => owns ? inner.DisposeAsync() : ValueTask.CompletedTask;
}
