namespace Balsam;

/// <summary>What a launcher shows when it writes: its session, and the epoch of its lease. Writes under an old epoch are refused.</summary>
/// <param name="Session">The session.</param>
/// <param name="Epoch">The epoch, rising with each session that the store opens.</param>
public readonly record struct LeaseToken(SessionId Session, long Epoch);
