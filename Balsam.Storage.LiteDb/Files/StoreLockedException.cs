namespace Balsam.Storage.LiteDb.Files;

/// <summary>The store file is held by another opener.</summary>
internal sealed class StoreLockedException(string path, LockHolder? holder)
    : StoreFileException(
        StoreFileProblem.Locked,
        path,
        holder is null ? "is in use, by an opener that left no record of itself." : $"is in use: {holder.Describe()}",
        "A store file has one owner at a time. Use the store through that owner, or end it and open again.")
{
    /// <summary>Who holds the file; null when the record of it could not be read.</summary>
    public LockHolder? Holder { get; } = holder;
}
