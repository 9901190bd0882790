namespace Balsam.Testing.Conformance.Model;

/// <summary>What the model knows of a session.</summary>
internal sealed class ModelSession(LauncherSession session, DateTimeOffset expires)
{
    public LauncherSession Launcher => session;

    public LeaseToken Token => session.Token;

    public SiteName Site => session.Request.Site;

    public DateTimeOffset Expires { get; set; } = expires;

    public ModelSession Copy() => new(session, Expires);
}
