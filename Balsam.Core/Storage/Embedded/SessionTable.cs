namespace Balsam.Storage.Embedded;

/// <summary>The launchers of an embedded store and what each of them holds. Lives in memory: it ends with the process, as the launchers do.</summary>
/// <remarks>Asked and changed under the store's gate; what the staging of a write asks, without it, takes the gate itself.</remarks>
internal sealed class SessionTable(TimeProvider time, Lock gate)
{
    /// <summary>Why the lease of a session that is no more is lost.</summary>
    public const string Ended = "the session is closed, or expired and was swept";

    private readonly Dictionary<SessionId, Session> _sessions = [];
    private readonly Dictionary<JobId, (Session Session, DateTimeOffset Since)> _holders = [];

    public IEnumerable<LauncherSession> Alive => _sessions.Values.Where(session => !IsExpired(session)).Select(session => session.Launcher).OrderBy(session => session.Token.Epoch);

    public LauncherSession Prepare(SessionRequest request, long epoch)
    {
        DateTimeOffset now = time.GetUtcNow().ToStoredInstant();
        return new LauncherSession(new LeaseToken(SessionId.New(now), epoch), request, now);
    }

    public void Open(LauncherSession launcher) => _sessions.Add(launcher.Token.Session, new Session(launcher, time.GetTimestamp()));

    public bool IsOpen(LeaseToken lease) => _sessions.TryGetValue(lease.Session, out Session? session) && session.Launcher.Token == lease;

    public bool HasNews(LeaseToken lease) => WhyLost(lease) is not null || _sessions[lease.Session].HasNews;

    /// <exception cref="LeaseLostException">The lease is not valid.</exception>
    public Session Demand(LeaseToken lease) =>
        WhyLost(lease) is { } reason ? throw new LeaseLostException(lease.Session, reason) : _sessions[lease.Session];

    public string? WhyLost(LeaseToken lease)
    {
        lock (gate)
        {
            return !_sessions.TryGetValue(lease.Session, out Session? session) ? Ended
                : session.Launcher.Token.Epoch != lease.Epoch ? FormattableString.Invariant($"it is of epoch {lease.Epoch}, the session is of epoch {session.Launcher.Token.Epoch}")
                : IsExpired(session) ? $"it was not renewed for {session.Launcher.Request.LeaseDuration}"
                : null;
        }
    }

    public void Renew(LeaseToken lease) => Demand(lease).RenewedAt = time.GetTimestamp();

    public bool Holds(LeaseToken lease, JobId job) => HolderOf(job)?.Launcher.Token == lease;

    public Session? HolderOf(JobId job)
    {
        lock (gate)
        {
            return _holders.GetValueOrDefault(job).Session;
        }
    }

    public JobLease? LeaseOf(JobId job) => _holders.TryGetValue(job, out (Session Session, DateTimeOffset Since) held) ? new JobLease(job, held.Session.Launcher, held.Since) : null;

    public void Hold(Session session, JobId job)
    {
        session.Held.Add(job);
        _holders[job] = (session, time.GetUtcNow().ToStoredInstant());
    }

    /// <summary>Holds a job for a session, unless that was closed meanwhile.</summary>
    public void Hold(LeaseToken lease, JobId job)
    {
        if (IsOpen(lease))
        {
            Hold(_sessions[lease.Session], job);
        }
    }

    public bool Release(JobId job)
    {
        if (!_holders.Remove(job, out (Session Session, DateTimeOffset Since) held))
        {
            return false;
        }

        held.Session.Held.Remove(job);
        return true;
    }

    /// <summary>Ends a session; what it held is nobody's.</summary>
    public IReadOnlyList<JobId> Close(Session session)
    {
        _sessions.Remove(session.Launcher.Token.Session);
        JobId[] held = [.. session.Held];
        foreach (JobId job in held)
        {
            _holders.Remove(job);
        }

        session.Held.Clear();
        session.Wake(mayClaim: true);
        return held;
    }

    public IReadOnlyList<JobId> HeldBy(Session session)
    {
        lock (gate)
        {
            return [.. session.Held];
        }
    }

    public IReadOnlyList<Session> Expired(SiteName site)
    {
        lock (gate)
        {
            return [.. _sessions.Values.Where(session => session.Launcher.Request.Site == site && IsExpired(session))];
        }
    }

    public void WakeAll(SiteName site)
    {
        foreach (Session session in _sessions.Values)
        {
            if (session.Launcher.Request.Site == site)
            {
                session.Wake(mayClaim: true);
            }
        }
    }

    /// <summary>Wakes everybody who waits: the store is closed.</summary>
    public void WakeAll()
    {
        foreach (Session session in _sessions.Values)
        {
            session.Wake(mayClaim: false);
        }
    }

    // Measured on the monotonic clock: a wall clock that jumps expires nobody.
    private bool IsExpired(Session session) => time.GetElapsedTime(session.RenewedAt) > session.Launcher.Request.LeaseDuration;
}
