namespace Balsam.Testing.Conformance.Linear;

/// <summary>What the callers tell each other: jobs that were added, sessions that are open, jobs that were claimed.</summary>
internal sealed class LinearKnowledge
{
    private readonly Lock _gate = new();
    private readonly SortedSet<JobId> _jobs = [];
    private readonly List<LauncherSession> _sessions = [];
    private readonly List<(LauncherSession Session, Job Job)> _claims = [];

    public JobId[] Jobs
    {
        get
        {
            lock (_gate)
            {
                return [.. _jobs];
            }
        }
    }

    public LauncherSession[] Sessions
    {
        get
        {
            lock (_gate)
            {
                return [.. _sessions];
            }
        }
    }

    public void Add(JobId id)
    {
        lock (_gate)
        {
            _jobs.Add(id);
        }
    }

    public void Add(LauncherSession session)
    {
        lock (_gate)
        {
            _sessions.Add(session);
        }
    }

    public void Forget(LauncherSession session)
    {
        lock (_gate)
        {
            _sessions.Remove(session);
        }
    }

    /// <summary>Forgets all other jobs: callers are to meet at those that there are.</summary>
    public void KeepOnly(IEnumerable<JobId> ids)
    {
        lock (_gate)
        {
            _jobs.Clear();
            _jobs.UnionWith(ids);
        }
    }

    public void Claimed(LauncherSession session, Job job)
    {
        lock (_gate)
        {
            _claims.Add((session, job));
        }
    }

    /// <summary>Takes one of the newest claims, so that nobody else writes it again; now and then it is left, so that somebody does.</summary>
    public (LauncherSession Session, Job Job)? TakeClaim(Random random)
    {
        lock (_gate)
        {
            if (_claims.Count == 0)
            {
                return null;
            }

            int place = _claims.Count - 1 - random.Next(Math.Min(3, _claims.Count));
            (LauncherSession, Job) claim = _claims[place];
            if (random.Next(5) > 0)
            {
                _claims.RemoveAt(place);
            }

            return claim;
        }
    }
}
