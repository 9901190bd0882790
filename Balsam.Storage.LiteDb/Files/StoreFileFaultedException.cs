namespace Balsam.Storage.LiteDb.Files;

/// <summary>The open file can no longer be used. What was acknowledged is safe; dispose it and open it again.</summary>
internal sealed class StoreFileFaultedException(string path, Exception cause)
    : StoreFileException(
        StoreFileProblem.Faulted,
        path,
        $"failed while open: {cause.Message.TrimEnd('.')}.",
        "Everything acknowledged before is kept. Remove the cause (a full disk, for example); the store has to be opened again.",
        cause);
