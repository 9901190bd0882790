namespace Balsam;

/// <summary>A launcher wrote, or asked, under a lease that is no longer its own. Nothing was changed.</summary>
/// <param name="session">The launcher's session.</param>
/// <param name="reason">Why the lease is lost.</param>
public sealed class LeaseLostException(SessionId session, string reason)
    : BalsamException($"Launcher session {session} holds no valid lease: {reason}. It must end its processes and open a new session.")
{
    /// <summary>The launcher's session.</summary>
    public SessionId Session { get; } = session;
}
