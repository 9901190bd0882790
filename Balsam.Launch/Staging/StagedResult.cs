namespace Balsam.Launch.Staging;

/// <summary>How an item ended.</summary>
/// <param name="Slot">Its slot.</param>
/// <param name="Failure">Why it failed; null when everything has arrived.</param>
/// <param name="Files">How many files have arrived.</param>
/// <param name="Bytes">How many bytes they have.</param>
internal readonly record struct StagedResult(string Slot, TransferException? Failure, int Files, long Bytes);
