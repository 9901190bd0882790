using System.Collections.Immutable;
using Balsam.Storage.Embedded;
using Balsam.Storage.LiteDb.Documents;
using Balsam.Storage.LiteDb.Files;
using LiteDB;

namespace Balsam.Storage.LiteDb;

/// <content>
/// The journal: a batch that only moves a few jobs is acknowledged once it is appended there, and LiteDB gets many of them in one transaction: at a bound, before anything else is
/// written, before a read that LiteDB has to answer, and at the end. A transaction of LiteDB costs about the same for one document as for ten.
/// </content>
public sealed partial class LiteDbJobStore
{
    private void Note(WriteBatch batch)
    {
        if (_pending.IsFull)
        {
            Settle(true);
        }

        (IReadOnlyList<(Job Job, BsonDocument Document)> jobs, byte[] payload) = PendingMoves.ToRecord(batch);
        File.Append(payload, _head.LastSequence, batch.LastSequence);
        _pending.Add(jobs, batch.Events, payload.Length);
        _head = _head with { LastId = batch.LastId, LastSequence = batch.LastSequence, LastEpoch = batch.LastEpoch };
        foreach ((Job job, _) in jobs)
        {
            _dirtyPages.Add(StatePages.PageOf(job.Id.Value));
        }
    }

    // On the writer's thread all that is pending has been published, so that the states in memory are those of the head.
    private void Settle(bool maySaveStates)
    {
        if (_pending.IsEmpty)
        {
            return;
        }

        EventWriter events = new(_pending.Events);
        Dictionary<JobId, ImmutableArray<long>> chunks = [];
        bool savesStates = maySaveStates && _head.LastSequence - _head.StatesAt > EventsBetweenStatePages;
        StoreHead head = savesStates ? _head with { StatesAt = _head.LastSequence } : _head;
        File.Commit(database =>
        {
            StoreCollections.Events(database).Insert(events.Chunks);
            foreach ((JobId id, _) in _pending.States)
            {
                chunks[id] = ChunksOf(id, database).AddRange(events.ChunksOf(id));
            }

            ReplaceAll(StoreCollections.Jobs(database), _pending.Complete(chunks));
            WriteStates(database, [], savesStates);
            StoreCollections.Head(database).Update(head.ToDocument());
        });
        foreach ((JobId id, JobState state) in _pending.States)
        {
            KnowChunks(id, state, chunks[id]);
        }

        KnowHead(head, savesStates);
        _pending.Clear();
        File.ClearJournal();
    }

    private void SettleForReading()
    {
        if (_pending.IsEmpty)
        {
            return;
        }

        lock (_writes)
        {
            try
            {
                Settle(false);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                throw StoreErrors.Translate(exception, Description);
            }
        }
    }

    // Records that LiteDB has already are those of a kill between its transaction and the emptying of the journal.
    private void TakeJournal()
    {
        foreach (JournalRecord record in File.Journaled.Where(record => record.Last > _head.LastSequence))
        {
            if (record.Previous != _head.LastSequence)
            {
                throw FileRefusals.JournalGap(StorePaths.Of(_path), record.Previous, _head.LastSequence);
            }

            _pending.Add(record);
            _head = _head with { LastSequence = record.Last };
        }

        File.DemandWholeJournal(_head.LastSequence);
        if (_pending.IsEmpty)
        {
            File.ClearJournal();
        }
    }
}
