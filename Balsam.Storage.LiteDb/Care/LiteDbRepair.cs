using Balsam.Storage.LiteDb.Care;
using Balsam.Storage.LiteDb.Files;

namespace Balsam.Storage.LiteDb;

/// <summary>Brings what is readable of a damaged store into a new one. For a store that is sound, and for one of which there is a backup, there is a better way.</summary>
public static class LiteDbRepair
{
    /// <summary>Reads every document that can be found in a damaged store file and its log, whatever its indexes say, and writes a new store of those that are as they were written.</summary>
    /// <remarks>
    /// The damaged file and what lies beside it are only read. Nothing is guessed: a document that does not match its checksum, or that has none and stands on a page that does not
    /// match its own, is left out. A job that waits for one which is lost is FAILED in the new store, and says so; restart it when you have looked. The new file appears under its
    /// name when it is complete. The documents are held by place only, so that the memory needed is some 200 bytes a job.
    /// </remarks>
    /// <param name="damagedPath">The damaged file; no store may hold it.</param>
    /// <param name="newPath">The new file; its directory is made where there is none.</param>
    /// <param name="cancellationToken">Cancels the recovery; there is no new file then.</param>
    /// <returns>What was brought over, and what was lost, job by job.</returns>
    /// <exception cref="ArgumentException">A path is empty, or both are the same.</exception>
    /// <exception cref="StoreException">
    /// The damaged file is held by a store (Locked), cannot be read or the new one not be written (Forbidden, Unavailable), is no LiteDB file at all (Unreadable), or there is a file
    /// of the new name (Forbidden).
    /// </exception>
    public static Task<RecoveryReport> RecoverAsync(string damagedPath, string newPath, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(damagedPath);
        ArgumentException.ThrowIfNullOrWhiteSpace(newPath);
        StorePaths source = StorePaths.Of(damagedPath);
        StorePaths target = StorePaths.Of(newPath);
        if (source == target)
        {
            throw new ArgumentException($"A recovery writes a new file: '{newPath}' is the damaged one.", nameof(newPath));
        }

        return Task.Run(
            async () =>
            {
                try
                {
                    StoreCopy.DemandFree(target);
                    using var pages = SalvagedPages.Open(source);
                    return await new Recovery(pages, source, target).RunAsync(cancellationToken).ConfigureAwait(false);
                }
                catch (Exception exception) when (exception is not (OutOfMemoryException or OperationCanceledException))
                {
                    throw StoreErrors.Translate(exception is IOException or UnauthorizedAccessException ? FileRefusals.ForIo(source.Data, exception) : exception, $"LiteDB file {source.Data}");
                }
            },
            cancellationToken);
    }
}
