namespace Balsam.Storage.LiteDb.Files;

/// <content>The journal: small commits that LiteDB gets later.</content>
internal sealed partial class LiteDbFile
{
    /// <summary>What the journal held when the file was opened, in order; empty once it was cleared.</summary>
    public IReadOnlyList<JournalRecord> Journaled => _journal.Records;

    /// <summary>Refuses a journal that is damaged or shorter than it was.</summary>
    /// <param name="last">The number of the last event that the file and the readable part of the journal have.</param>
    /// <exception cref="StoreFileException">A later one was acknowledged.</exception>
    public void DemandWholeJournal(long last)
    {
        if (_lock.JournalMark.Read() is { } mark && (ulong)Identity == mark.Salt && mark.Frames > last)
        {
            throw FileRefusals.JournalMissing(_paths, last, mark.Frames);
        }

        if (_journal.LastBehindEnd > last)
        {
            throw FileRefusals.JournalDamaged(_paths, _journal.Length);
        }
    }

    /// <summary>Appends a commit to the journal and returns when it is durable; LiteDB gets it by a later <see cref="Commit"/>, which <see cref="ClearJournal"/> follows.</summary>
    /// <param name="payload">What is committed.</param>
    /// <param name="previous">The number of the last event before it.</param>
    /// <param name="last">The number of its own last event.</param>
    /// <exception cref="StoreFileFaultedException">The file can no longer be used; whether the commit is in it shows when it is opened again.</exception>
    public void Append(ReadOnlySpan<byte> payload, long previous, long last)
    {
        RefuseNested();
        lock (_commits)
        {
            ThrowIfUnusable();
            try
            {
                _journal.Append(payload, previous, last);
            }
            catch (Exception ex)
            {
                throw Fault(ex);
            }

            if (!_journal.IsInPlace)
            {
                throw FileRefusals.Displaced(Path, _paths.Journal);
            }

            _lock.JournalMark.Set((ulong)Identity, last);
        }
    }

    /// <summary>Empties the journal, whose commits LiteDB has.</summary>
    /// <exception cref="StoreFileFaultedException">The file can no longer be used.</exception>
    public void ClearJournal()
    {
        lock (_commits)
        {
            ThrowIfUnusable();
            try
            {
                _journal.Clear();
            }
            catch (Exception ex)
            {
                throw Fault(ex);
            }
        }
    }

    private void ForgetJournal()
    {
        try
        {
            _lock.JournalMark.Clear();
        }
        catch (IOException)
        {
            // The file has all that the mark speaks of.
        }
    }
}
