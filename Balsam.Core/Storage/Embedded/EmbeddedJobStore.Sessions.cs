namespace Balsam.Storage.Embedded;

/// <content>Launchers: sessions, leases, claims.</content>
public abstract partial class EmbeddedJobStore
{
    private static readonly FailureDetails LauncherStopped = new() { Kind = FailureKind.LauncherStopped, Message = "The launcher stopped while the job ran." };

    /// <inheritdoc/>
    public async Task<LauncherSession> OpenSessionAsync(SessionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        DemandOpen();
        return await _queue.WriteAsync(
            batch =>
            {
                LauncherSession session = _sessions.Prepare(request, ++batch.Write.LastEpoch);
                batch.Opened.Add(session);
                batch.Write.Put(LauncherRecord.Of(session));
                return session;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task RenewAsync(LeaseToken lease, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        DemandOpen();
        lock (_gate)
        {
            return Try(() =>
            {
                _sessions.Renew(lease);
                return true;
            });
        }
    }

    /// <inheritdoc/>
    public async Task CloseSessionAsync(LeaseToken lease, CancellationToken cancellationToken)
    {
        DemandOpen();
        await _queue.WriteAsync(
            batch =>
            {
                DateTimeOffset now = _time.GetUtcNow();
                Recover(batch, batch.Demand(lease, _sessions), running => new JobChange(running).Fail(JobTrigger.RunTimedOut, now, LauncherStopped));
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JobId>> RecoverAsync(SiteName site, CancellationToken cancellationToken)
    {
        DemandOpen();
        return await _queue.WriteAsync(
            batch =>
            {
                List<JobId> recovered = [];
                DateTimeOffset now = _time.GetUtcNow();
                foreach (Session session in _sessions.Expired(site).Where(session => !batch.Closed.Contains(session)))
                {
                    recovered.AddRange(Recover(batch, session, running => new JobChange(running).LoseLauncher(now, "The launcher's lease expired while the job ran.")));
                }

                foreach (Job job in _active.Values.Where(job => job.State == JobState.Running && job.Site == site && _sessions.HolderOf(job.Id) is null).ToArray())
                {
                    if (batch.Find(job.Id) is { State: JobState.Running } running)
                    {
                        batch.StageMove(new JobChange(running).LoseLauncher(now, "The launcher was lost while the job ran."));
                        recovered.Add(job.Id);
                    }
                }

                return recovered;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<LauncherSession>> ListSessionsAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        DemandOpen();
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<LauncherSession>>([.. _sessions.Alive]);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<JobLease>> FindLeasesAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        cancellationToken.ThrowIfCancellationRequested();
        DemandOpen();
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<JobLease>>([.. ids.Select(_sessions.LeaseOf).OfType<JobLease>()]);
        }
    }

    /// <inheritdoc/>
    public async Task<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        DemandOpen();
        WaitingClaim claim = new(request);
        lock (_gate)
        {
            _sessions.Demand(request.Lease);
            if (_withheld is null)
            {
                return Take(request);
            }

            _withheld.Add(claim);
        }

        using (cancellationToken.Register(() => claim.Cancel(cancellationToken)))
        {
            return await claim.Answered.ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task ReleaseAsync(LeaseToken lease, IReadOnlyList<JobId> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        cancellationToken.ThrowIfCancellationRequested();
        DemandOpen();
        TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (IsWriteUnderway)
            {
                _releases.Add(Release);
            }
            else
            {
                Release();
            }
        }

        return released.Task.WaitAsync(cancellationToken);

        void Release()
        {
            try
            {
                _sessions.Demand(lease);
                GiveBack(ids.Where(id => _sessions.Holds(lease, id)));
                released.SetResult();
            }
            catch (BalsamException exception)
            {
                released.SetException(exception);
            }
        }
    }

    /// <summary>Whether a launcher has news that it was not told yet. For hosts that decide when it is told.</summary>
    /// <param name="lease">Its lease.</param>
    /// <returns>Whether <see cref="WaitForNewsAsync"/> would answer at once; true as well when it would throw.</returns>
    protected bool HasNews(LeaseToken lease)
    {
        lock (_gate)
        {
            return !_isOpen || _sessions.HasNews(lease);
        }
    }

    /// <inheritdoc/>
    public async Task<SessionNews> WaitForNewsAsync(LeaseToken lease, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task signal;
            lock (_gate)
            {
                DemandOpen();
                if (_sessions.Demand(lease).TakeNews(out signal) is { } news)
                {
                    return news;
                }
            }

            await signal.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static Task<T> Try<T>(Func<T> work)
    {
        try
        {
            return Task.FromResult(work());
        }
        catch (BalsamException exception)
        {
            return Task.FromException<T>(exception);
        }
    }

    // Ends a session once the batch is published; what it held is free then.
    private List<JobId> Recover(StagedBatch batch, Session session, Func<Job, JobChange> end)
    {
        List<JobId> recovered = [];
        batch.Write.Put(LauncherRecord.Of(session.Launcher).ClosedBy(_time.GetUtcNow().ToStoredInstant()));
        batch.Closed.Add(session);
        foreach (JobId id in _sessions.HeldBy(session).Where(id => !batch.IsReleased(id)))
        {
            if (batch.Find(id) is { State: JobState.Running } running)
            {
                batch.StageMove(end(running));
                recovered.Add(id);
            }

            batch.Released.Add(id);
        }

        return recovered;
    }

    private ClaimResult Take(ClaimRequest request)
    {
        Session session = _sessions.Demand(request.Lease);
        List<Job> jobs = _ready.Take(session.Launcher.Request.Site, request, _time.GetUtcNow(), out DateTimeOffset? nextDue);
        jobs.ForEach(job => _sessions.Hold(session, job.Id));
        Dictionary<JobId, TimeSpan> paths = [];
        foreach (Job job in jobs)
        {
            TimeSpan path = _graph.PathBehind(job.Id);
            if (path > TimeSpan.Zero)
            {
                paths.Add(job.Id, path);
            }
        }

        return new ClaimResult(jobs, nextDue) { PathBehind = paths };
    }

    private void GiveBack(IEnumerable<JobId> ids)
    {
        foreach (JobId id in ids)
        {
            _sessions.Release(id);
            if (!_active.TryGetValue(id, out Job? job) || !IsReady(job))
            {
                continue;
            }

            _ready.Add(job, _time.GetUtcNow());
            _sessions.WakeAll(job.Site);
        }
    }
}
