namespace Balsam.Launch.Staging;

/// <summary>Where an address leads.</summary>
/// <param name="Endpoint">The location, or the host of a URI.</param>
/// <param name="RemotePath">The path below it, or the whole URI where the job named one.</param>
/// <param name="Provider">Who moves what goes there.</param>
internal sealed record TransferRoute(Uri Endpoint, string RemotePath, ITransferProvider Provider);
