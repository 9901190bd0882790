namespace Balsam.Launch.Staging;

/// <summary>Moves files by one protocol. A provider keeps nothing between two batches, and is called for several at a time.</summary>
public interface ITransferProvider
{
    /// <summary>The schemes of the addresses it serves, for example <c>sftp</c>.</summary>
    IReadOnlyCollection<string> Schemes { get; }

    /// <summary>Moves the items of a batch, and tells of each as it ends.</summary>
    /// <remarks>
    /// What has arrived before, by an earlier call that a crash cut off, is not moved again. A file appears under its name only when it is whole. An exception fails what has not
    /// been told of yet: for now when it is a <see cref="TransferException"/> that says so, else for good.
    /// </remarks>
    /// <param name="batch">The items; all go the same way, to or from one endpoint.</param>
    /// <param name="cancellationToken">Ends the transfer; what has arrived stays.</param>
    /// <returns>One result for each item, in any order.</returns>
    IAsyncEnumerable<TransferResult> MoveAsync(TransferBatch batch, CancellationToken cancellationToken);
}
