namespace Balsam.Storage.LiteDb.Files;

/// <content>Copying and looking at the file as it stands on disk, while others read and commit.</content>
internal sealed partial class LiteDbFile
{
    /// <summary>
    /// Writes all that was committed before the call to a new file, which is a store of its own. Reads and commits go on meanwhile; only checkpoints wait, so that the
    /// file stays as it was at one instant.
    /// </summary>
    /// <exception cref="PageDamagedException">A page of the file is not as it was written; there is no copy.</exception>
    /// <exception cref="StoreFileException">The place is taken, or cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled, or the file closed; there is no copy.</exception>
    public void CopyTo(string path, CancellationToken cancellationToken) =>
        Looking((length, token) => StoreCopy.Write(_dataDevice, length, StorePaths.Of(path), Identity, token), cancellationToken);

    /// <summary>Looks at every page of the file, and tells which are not as they were written. Reads and commits go on meanwhile; only checkpoints wait.</summary>
    /// <returns>The number of pages, and those that are damaged, from 0.</returns>
    public (long Pages, IReadOnlyList<long> Damaged) CheckPages(CancellationToken cancellationToken)
    {
        List<long> damaged = [];
        long pages = 0;
        Looking(
            (length, token) =>
            {
                byte[] page = new byte[PageFormat.Size];
                for (; pages < length / PageFormat.Size; pages++)
                {
                    token.ThrowIfCancellationRequested();
                    long position = pages * PageFormat.Size;
                    if (_dataDevice.Read(page, position) < page.Length || !PageSeal.IsWhole(page, position))
                    {
                        damaged.Add(pages);
                    }
                }
            },
            cancellationToken);
        return (pages, damaged);
    }

    private void Looking(Action<long, CancellationToken> look, CancellationToken cancellationToken)
    {
        RefuseNested();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        lock (_copying)
        {
            either.Token.ThrowIfCancellationRequested();
            if (!CheckpointNow())
            {
                DemandInPlace();
                throw FileRefusals.NoRoom(Path);
            }

            look(_data.Length, either.Token);
        }
    }
}
