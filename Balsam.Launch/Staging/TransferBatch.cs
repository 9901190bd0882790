namespace Balsam.Launch.Staging;

/// <summary>Items that travel together: the same way, to or from the same endpoint.</summary>
/// <param name="Endpoint">The endpoint: scheme, user, host, port, and the path below which all remote paths lie.</param>
/// <param name="Direction">Which way.</param>
/// <param name="Tasks">The items.</param>
public sealed record TransferBatch(Uri Endpoint, TransferDirection Direction, IReadOnlyList<TransferTask> Tasks);
