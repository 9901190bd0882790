namespace Balsam;

/// <summary>A launcher that a store knows.</summary>
/// <param name="Token">Its session and epoch.</param>
/// <param name="Request">What it said of itself.</param>
/// <param name="OpenedAt">When it came, in UTC.</param>
public sealed record LauncherSession(LeaseToken Token, SessionRequest Request, DateTimeOffset OpenedAt);
