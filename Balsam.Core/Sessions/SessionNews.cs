using System.Collections.Immutable;

namespace Balsam;

/// <summary>What a launcher should look at.</summary>
/// <param name="MayClaim">Whether there may be jobs to claim that were not there before.</param>
/// <param name="Changed">Jobs that the session holds and that somebody else changed, a cancellation for example.</param>
public sealed record SessionNews(bool MayClaim, ImmutableArray<JobId> Changed);
