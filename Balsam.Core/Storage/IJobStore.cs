namespace Balsam.Storage;

/// <summary>Where jobs live. The contract that every store keeps in full, and that the conformance cases check.</summary>
/// <remarks>
/// <para>An acknowledged write survives the death of the process. A <see cref="JobCommit"/> is all or nothing, guarded by the version of each job
/// and by the epoch of the lease. Whatever follows from a commit by the rules of the graph is written in the same transaction: children that wake,
/// descendants that fail with a parent, and those that come back when it is restarted.</para>
/// <para>Failures come out as <see cref="StoreException"/> and its kin; no driver's exception leaks.</para>
/// </remarks>
public interface IJobStore : IAsyncDisposable
{
    /// <summary>The store in words, for messages: <c>LiteDB file campaign.db</c>.</summary>
    string Description { get; }

    /// <summary>Opens the store, migrating an older schema. Calling it again does nothing.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A task that ends when the store is open.</returns>
    /// <exception cref="StoreException">The store is held by another process, is not one, is damaged, or is too new.</exception>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>Applies commits, each all or nothing by itself, all of them in one durable write.</summary>
    /// <param name="commits">The commits, applied in order.</param>
    /// <param name="cancellationToken">Cancels the wait before the write has begun; a write that has begun is finished.</param>
    /// <returns>What became of each, in the same order.</returns>
    /// <exception cref="ArgumentException">A commit changes a job twice, or names a parent that is not in it; nothing of the call is written.</exception>
    /// <exception cref="StoreException">The store cannot write; nothing is known to be written.</exception>
    Task<IReadOnlyList<CommitResult>> CommitAsync(IReadOnlyList<JobCommit> commits, CancellationToken cancellationToken);

    /// <summary>Deletes jobs with their events.</summary>
    /// <param name="ids">The jobs.</param>
    /// <param name="cancellationToken">Cancels the wait before the write has begun.</param>
    /// <returns>What was deleted, and what was not and why.</returns>
    Task<DeleteResult> DeleteAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken);

    /// <summary>Reads jobs.</summary>
    /// <param name="ids">Their numbers.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>Those that exist, in the order asked.</returns>
    Task<IReadOnlyList<Job>> FindAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken);

    /// <summary>Reads one page of a selection.</summary>
    /// <param name="selector">Which jobs, in which order, which page.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The jobs of the page.</returns>
    Task<IReadOnlyList<Job>> QueryAsync(JobSelector selector, CancellationToken cancellationToken);

    /// <summary>Says in words how <see cref="QueryAsync"/> would answer: which index or map it would read, what it would test on each job, how it would order.</summary>
    /// <param name="selector">Which jobs, in which order, which page.</param>
    /// <returns>A line a step.</returns>
    string DescribePlan(JobSelector selector);

    /// <summary>Counts jobs by state.</summary>
    /// <param name="filter">Which jobs.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The counts.</returns>
    Task<JobCounts> CountAsync(JobFilter filter, CancellationToken cancellationToken);

    /// <summary>Reads events in the order in which they were stored.</summary>
    /// <param name="after">The sequence number of the last event already seen; 0 for none.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The events.</returns>
    Task<IReadOnlyList<JobEvent>> ReadEventsAsync(long after, int limit, CancellationToken cancellationToken);

    /// <summary>Reads events against the order in which they were stored.</summary>
    /// <param name="before">The sequence number that all of them are below; <see cref="long.MaxValue"/> to begin with the newest.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The events, newest first.</returns>
    Task<IReadOnlyList<JobEvent>> ReadEventsBeforeAsync(long before, int limit, CancellationToken cancellationToken);

    /// <summary>Reads the events of one job, oldest first.</summary>
    /// <param name="id">The job.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The events; none when there is no such job.</returns>
    Task<IReadOnlyList<JobEvent>> ReadHistoryAsync(JobId id, CancellationToken cancellationToken);

    /// <summary>The sequence number of the newest event; 0 when there is none.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The number.</returns>
    Task<long> GetLastSequenceAsync(CancellationToken cancellationToken);

    /// <summary>Waits until there are events newer than a sequence number.</summary>
    /// <param name="after">The number.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A task that ends when there are.</returns>
    Task WaitForEventsAsync(long after, CancellationToken cancellationToken);

    /// <summary>Opens a launcher's session, under a new epoch.</summary>
    /// <param name="request">What the launcher says of itself.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The session.</returns>
    Task<LauncherSession> OpenSessionAsync(SessionRequest request, CancellationToken cancellationToken);

    /// <summary>Renews a lease for its full duration.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when it is renewed.</returns>
    /// <exception cref="LeaseLostException">The lease has expired, or its session was closed.</exception>
    Task RenewAsync(LeaseToken lease, CancellationToken cancellationToken);

    /// <summary>Closes a session. Jobs of it that are still RUNNING become RUN_TIMEOUT, others are released as they are.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when it is closed.</returns>
    Task CloseSessionAsync(LeaseToken lease, CancellationToken cancellationToken);

    /// <summary>Closes the sessions of a site whose leases have expired, and recovers jobs that are RUNNING without any session.</summary>
    /// <param name="site">The site.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The jobs that went from RUNNING to RUN_TIMEOUT.</returns>
    Task<IReadOnlyList<JobId>> RecoverAsync(SiteName site, CancellationToken cancellationToken);

    /// <summary>The sessions that are open.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The sessions, oldest first.</returns>
    Task<IReadOnlyList<LauncherSession>> ListSessionsAsync(CancellationToken cancellationToken);

    /// <summary>Takes jobs for a launcher: each is nobody else's until it is released.</summary>
    /// <param name="request">Which jobs, and how many at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The jobs, by priority and age.</returns>
    /// <exception cref="LeaseLostException">The lease has expired, or its session was closed.</exception>
    Task<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken);

    /// <summary>Gives claimed jobs back as they are.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="ids">The jobs; those that the session does not hold are passed over.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when they are released.</returns>
    Task ReleaseAsync(LeaseToken lease, IReadOnlyList<JobId> ids, CancellationToken cancellationToken);

    /// <summary>Waits until a launcher should look: there may be jobs to claim, or somebody changed jobs that it holds.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>What is new since the last call.</returns>
    /// <exception cref="LeaseLostException">The lease has expired, or its session was closed.</exception>
    Task<SessionNews> WaitForNewsAsync(LeaseToken lease, CancellationToken cancellationToken);
}
