namespace Balsam.Launch.Staging;

/// <summary>How one item ended.</summary>
/// <param name="Task">The item.</param>
/// <param name="Failure">Why it failed; null when everything has arrived.</param>
/// <param name="Files">How many files have arrived, those of earlier tries counted.</param>
/// <param name="Bytes">How many bytes they have.</param>
public sealed record TransferResult(TransferTask Task, TransferException? Failure, int Files = 0, long Bytes = 0);
