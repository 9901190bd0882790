namespace Balsam;

/// <summary>A launcher wrote, or asked, under a lease that is no longer its own. Nothing was changed.</summary>
public sealed class LeaseLostException : BalsamException
{
    /// <summary>Makes an exception for a session that has ended.</summary>
    /// <param name="session">The launcher's session.</param>
    /// <param name="reason">Why the lease is lost.</param>
    public LeaseLostException(SessionId session, string reason)
        : base($"Launcher session {session} holds no valid lease: {reason}. It must end its processes and open a new session.") => Session = session;

    /// <summary>Makes an exception for one job that the session does not hold.</summary>
    /// <param name="session">The launcher's session.</param>
    /// <param name="job">The job.</param>
    public LeaseLostException(SessionId session, JobId job)
        : base($"Launcher session {session} does not hold job {job}, so it cannot change it. Claim it first.")
    {
        Session = session;
        JobId = job;
    }

    /// <summary>The launcher's session.</summary>
    public SessionId Session { get; }

    /// <summary>The one job that the session does not hold; null when the session itself has ended.</summary>
    public JobId? JobId { get; }
}
