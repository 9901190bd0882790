using Balsam.Storage.LiteDb.Care;
using Balsam.Storage.LiteDb.Files;
using LiteDB;

namespace Balsam.Storage.LiteDb;

/// <content>What keeps a store alive beyond its disk: a backup of it, and a look at whether it is sound.</content>
public sealed partial class LiteDbJobStore
{
    /// <summary>Writes a backup: a store of its own, as this one was at one instant after the call, with every write that was acknowledged before it.</summary>
    /// <remarks>
    /// Reads and writes go on meanwhile. The backup appears under its name when it is complete and on the disk; until then it is <c>NAME-new</c> beside it, which a call that
    /// fails removes. It is readable by its owner only. A damaged page is not copied: the call throws. To go back to a backup, put the file in the place of the store, without
    /// anything else that lies beside the one or the other.
    /// </remarks>
    /// <param name="path">The file to write; its directory is made where there is none.</param>
    /// <param name="cancellationToken">Cancels the backup; there is none then.</param>
    /// <returns>A task that ends when the backup is complete.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="StoreException">
    /// There is a file of that name (Forbidden), the place cannot be written (Forbidden, Unavailable), a page of the store is damaged (Unreadable), or the store was closed (Unavailable).
    /// </exception>
    public Task BackupAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string target = Path.GetFullPath(path);
        return Task.Run(
            () => Look(
                $"backup to '{target}'",
                file =>
                {
                    file.CopyTo(target, cancellationToken);
                    return true;
                },
                cancellationToken),
            cancellationToken);
    }

    /// <summary>Reads the whole store and compares it with itself: pages and documents with their checksums, each job with its events by the transition table, the indexes with the jobs.</summary>
    /// <remarks>
    /// Others go on reading and writing: the file is read a little at a time, and what looks wrong is looked at once more between two writes before it is said. A write
    /// waits for a few milliseconds now and then.
    /// </remarks>
    /// <param name="cancellationToken">Cancels the inspection.</param>
    /// <returns>What was read and what is wrong; <see cref="StoreReport.IsSound"/> when nothing is.</returns>
    /// <exception cref="StoreException">The store is not open, or was closed meanwhile (Unavailable).</exception>
    public Task<StoreReport> VerifyAsync(CancellationToken cancellationToken = default) => Task.Run(
        async () =>
        {
            _ = File;
            return await new StoreInspection(new Inspected(this)).RunAsync(cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    private T Look<T>(string what, Func<LiteDbFile, T> look, CancellationToken cancellationToken)
    {
        try
        {
            // By way of a read, so that all that was acknowledged is in the file.
            Reading(static _ => true);
            return look(File);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException && !cancellationToken.IsCancellationRequested)
        {
            throw new StoreException(StoreErrorKind.Unavailable, $"The store ({Description}) was closed, or opened anew after a failure, during the {what}: nothing came of it. Try again.", exception);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw StoreErrors.OfReading(exception, Description);
        }
    }

    private sealed class Inspected(LiteDbJobStore store) : IInspectedStore
    {
        public string Description => store.Description;

        public long LastSequence => store.PublishedSequence;

        public T Read<T>(Func<LiteDatabase, T> read) => store.Reading(read);

        public Task<T> BetweenWritesAsync<T>(Func<T> look) => store.BetweenWritesAsync(look);

        public JobState? StateOf(long id) => store.StateOf(id);

        public IReadOnlyList<long> NumbersAfter(long after, int limit) => store.NumbersAfter(after, limit);

        public bool IsFoundByKey(string key, long id) => store._keys.Find([key]).Contains(id);

        public (long Pages, IReadOnlyList<long> Damaged) CheckPages(CancellationToken cancellationToken) =>
            store.Look("inspection", file => file.CheckPages(cancellationToken), cancellationToken);
    }
}
