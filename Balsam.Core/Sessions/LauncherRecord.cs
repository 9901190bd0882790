using System.Collections.Immutable;

namespace Balsam;

/// <summary>One session of a launcher with a store, open or closed: who was there, with which nodes, and when.</summary>
/// <param name="Token">Its session and epoch.</param>
/// <param name="Site">The site it served.</param>
/// <param name="Host">The host it ran on.</param>
/// <param name="ProcessId">Its process id.</param>
/// <param name="Nodes">The nodes it offered.</param>
/// <param name="OpenedAt">When it came, in UTC.</param>
/// <param name="ClosedAt">When it went or was found dead, in UTC; null while it is open.</param>
public sealed record LauncherRecord(
    LeaseToken Token, SiteName Site, string Host, int ProcessId, ImmutableArray<NodeSpec> Nodes, DateTimeOffset OpenedAt, DateTimeOffset? ClosedAt);
