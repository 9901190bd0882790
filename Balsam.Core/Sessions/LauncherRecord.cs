using System.Collections.Immutable;

namespace Balsam;

/// <summary>A launcher that served a site, now or earlier: what is known of it after it has ended.</summary>
/// <param name="Token">Its session and epoch; a later launcher has a higher epoch.</param>
/// <param name="Site">The site it served.</param>
/// <param name="Host">The host it ran on.</param>
/// <param name="ProcessId">Its process id.</param>
/// <param name="Nodes">What it had to offer.</param>
/// <param name="OpenedAt">When its session was opened, in UTC.</param>
/// <param name="ClosedAt">
/// When its session was closed, or found expired by a recovery, in UTC; null while it is open. Of a launcher that died with its process: the instant of the last
/// event in the store, the last sign of that process, but not before <paramref name="OpenedAt"/>.
/// </param>
public sealed record LauncherRecord(
    LeaseToken Token, SiteName Site, string Host, int ProcessId, ImmutableArray<NodeSpec> Nodes, DateTimeOffset OpenedAt, DateTimeOffset? ClosedAt)
{
    internal static LauncherRecord Of(LauncherSession session) =>
        new(session.Token, session.Request.Site, session.Request.Host, session.Request.ProcessId, session.Request.Nodes, session.OpenedAt, null);

    // A wall clock may have been set back in between.
    internal LauncherRecord ClosedBy(DateTimeOffset? lastSign) => this with { ClosedAt = lastSign > OpenedAt ? lastSign : OpenedAt };
}
