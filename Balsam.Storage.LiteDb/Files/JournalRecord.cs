namespace Balsam.Storage.LiteDb.Files;

/// <summary>One acknowledged write of the journal.</summary>
/// <param name="Previous">The number of the last event before it.</param>
/// <param name="Last">The number of its own last event.</param>
/// <param name="Payload">What was written.</param>
internal sealed record JournalRecord(long Previous, long Last, byte[] Payload);
