namespace Balsam;

/// <summary>One transfer of one job: a slot that the job has filled, and how far it is. Part of the job; only the job's moves and its launcher change it.</summary>
public sealed record TransferItem
{
    /// <summary>The slot's name.</summary>
    public required string Slot { get; init; }

    /// <summary>Which way.</summary>
    public required TransferDirection Direction { get; init; }

    /// <summary>The other end: a location and a path, or a URI.</summary>
    public required TransferAddress Remote { get; init; }

    /// <summary>The file or directory in the workdir.</summary>
    public required string LocalPath { get; init; }

    /// <summary>Whether a directory goes with everything in it.</summary>
    public bool IsRecursive { get; init; }

    /// <summary>Where it is.</summary>
    public TransferState State { get; init; } = TransferState.AwaitingJob;

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; init; }

    /// <summary>Why the last try failed; null when it did not.</summary>
    public string? Error { get; init; }

    /// <summary>How many files have arrived; 0 before it is done.</summary>
    public int Files { get; init; }

    /// <summary>How many bytes they have; 0 before it is done.</summary>
    public long Bytes { get; init; }
}
