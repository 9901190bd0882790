namespace Balsam.Storage;

/// <summary>Where jobs live. The contract that every store keeps in full, and that the conformance cases check.</summary>
/// <remarks>
/// <para>An acknowledged write survives the death of the process. A <see cref="JobCommit"/> is all or nothing, guarded by the version of each job
/// and by the epoch of the lease. Whatever follows from a commit by the rules of the graph is written in the same transaction: children that wake,
/// descendants that fail with a parent, and those that come back when it is restarted.</para>
/// <para>Calls that are made at the same time are answered as if they had been made one after the other, none before one that had answered already: what one reader saw, no later
/// reader is behind. <see cref="FindAsync"/> and counts by state look at all jobs at one instant; a query looks at each of its jobs once, while others may write.</para>
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
    /// <remarks>
    /// An addition whose key a job has (a stored one, or one of an earlier commit in the same write) adds nothing: that job stands in its place, unchanged, in
    /// <see cref="CommitResult.Added"/> and as a parent of other additions. It is decided inside the transaction, so that callers who race with the same keyed
    /// graph end with one set of jobs. The key of a deleted job is free.
    /// </remarks>
    /// <param name="commits">The commits, applied in order.</param>
    /// <param name="cancellationToken">Cancels the wait before the write has begun; a write that has begun is finished.</param>
    /// <returns>What became of each, in the same order.</returns>
    /// <exception cref="ArgumentException">A commit changes a job twice, gives parents to a job that it changes, names a parent that is not in it, or has a key twice; nothing of the call is written.</exception>
    /// <exception cref="StoreException">The store cannot write; nothing is known to be written.</exception>
    Task<IReadOnlyList<CommitResult>> CommitAsync(IReadOnlyList<JobCommit> commits, CancellationToken cancellationToken);

    /// <summary>Changes several jobs in one durable write, deciding about each inside the transaction: whatever others do to them at the same time, the call gets through.</summary>
    /// <param name="change">The jobs, and what to decide by.</param>
    /// <param name="cancellationToken">Cancels the wait before the write has begun; a write that has begun is finished.</param>
    /// <returns>What was changed, by number, and what was not and why. Jobs that failed or came back with another job of the call count as changed.</returns>
    /// <exception cref="ArgumentException">The rule gave a change that was not made on the job it was asked about; nothing of the call is written.</exception>
    /// <exception cref="StoreException">The store cannot write; nothing is known to be written.</exception>
    Task<ChangeReport> ChangeAsync(JobBulkChange change, CancellationToken cancellationToken);

    /// <summary>Deletes jobs with their events, in one durable write.</summary>
    /// <remarks>
    /// A job that is RUNNING or that a launcher holds is kept. What a kept job waits for is kept with it, and so on up the line; of a delete with descendants,
    /// everything above a job that is kept.
    /// </remarks>
    /// <param name="deletion">The jobs.</param>
    /// <param name="cancellationToken">Cancels the wait before the write has begun.</param>
    /// <returns>What was deleted, by number, and what was not and why.</returns>
    Task<ChangeReport> DeleteAsync(JobDeletion deletion, CancellationToken cancellationToken);

    /// <summary>Reads which jobs lie below others: their children, the children of these, and so on.</summary>
    /// <param name="ids">The jobs above.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The numbers, rising; one of <paramref name="ids"/> is among them only if it lies below another.</returns>
    Task<IReadOnlyList<JobId>> FindDescendantsAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken);

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
    /// <exception cref="LeaseLostException">The lease has expired, or its session was closed.</exception>
    Task CloseSessionAsync(LeaseToken lease, CancellationToken cancellationToken);

    /// <summary>Closes the sessions of a site whose leases have expired, and recovers jobs that are RUNNING without any session, by <see cref="JobChange.LoseLauncher"/>.</summary>
    /// <param name="site">The site.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The jobs that went from RUNNING to RUN_TIMEOUT.</returns>
    Task<IReadOnlyList<JobId>> RecoverAsync(SiteName site, CancellationToken cancellationToken);

    /// <summary>The launchers that are alive: the sessions that are open and whose leases have not expired.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The sessions, oldest first.</returns>
    Task<IReadOnlyList<LauncherSession>> ListSessionsAsync(CancellationToken cancellationToken);

    /// <summary>Says who holds jobs, and since when. An expired lease holds its jobs until it is swept by <see cref="RecoverAsync"/>.</summary>
    /// <param name="ids">The jobs.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The leases of those that a session holds, in the order asked.</returns>
    Task<IReadOnlyList<JobLease>> FindLeasesAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken);

    /// <summary>The launchers that there were, open or not. The store keeps the newest 10,000 at least.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The records, oldest first.</returns>
    Task<IReadOnlyList<LauncherRecord>> ListLaunchersAsync(CancellationToken cancellationToken);

    /// <summary>Records applications. What is recorded already, just so, is not written again; a record takes the place of those of its former names.</summary>
    /// <param name="applications">The applications; their instants are set by the store.</param>
    /// <param name="cancellationToken">Cancels the wait before the write has begun.</param>
    /// <returns>A task that ends when they are recorded.</returns>
    /// <exception cref="StoreException">The store cannot write.</exception>
    Task RegisterApplicationsAsync(IReadOnlyList<ApplicationRecord> applications, CancellationToken cancellationToken);

    /// <summary>The applications that were recorded.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The records, by name in ordinal order.</returns>
    Task<IReadOnlyList<ApplicationRecord>> ListApplicationsAsync(CancellationToken cancellationToken);

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
    /// <exception cref="LeaseLostException">The lease has expired, or its session was closed; nothing is released.</exception>
    Task ReleaseAsync(LeaseToken lease, IReadOnlyList<JobId> ids, CancellationToken cancellationToken);

    /// <summary>Waits until a launcher should look: there may be jobs to claim, or somebody changed jobs that it holds.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>What is new since the last call.</returns>
    /// <exception cref="LeaseLostException">The lease has expired, or its session was closed.</exception>
    Task<SessionNews> WaitForNewsAsync(LeaseToken lease, CancellationToken cancellationToken);
}
