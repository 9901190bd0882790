using System.Collections.Immutable;
using Balsam.Storage.Embedded;
using Balsam.Storage.LiteDb.Documents;
using Balsam.Storage.LiteDb.Files;
using LiteDB;

namespace Balsam.Storage.LiteDb;

/// <content>Writing: one transaction of LiteDB for a batch as it is. What only moves a few jobs goes to the journal first.</content>
public sealed partial class LiteDbJobStore
{
    /// <inheritdoc/>
    protected override void Write(WriteBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        lock (_writes)
        {
            try
            {
                if (PendingMoves.Takes(batch))
                {
                    Note(batch);
                }
                else
                {
                    Settle(true);
                    Store(batch);
                }
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                throw StoreErrors.Translate(exception, Description);
            }

            // Safe to do now: the batch is durable, and the checkpoint waits for the disk itself.
            if (File.CheckpointDue)
            {
                Checkpoint();
            }
        }
    }

    // One transaction for the batch as it is.
    private void Store(WriteBatch batch)
    {
        EventWriter events = new(batch.Events);
        Dictionary<JobId, ImmutableArray<long>> chunks = [];
        List<(string? Key, JobId Id)> freed = [];
        bool savesStates = batch.Events.Count > 0 && batch.LastSequence - _head.StatesAt > EventsBetweenStatePages;
        StoreHead head = _head with { LastId = batch.LastId, LastSequence = batch.LastSequence, LastEpoch = batch.LastEpoch, StatesAt = savesStates ? _head.LastSequence : _head.StatesAt };
        File.Commit(database =>
        {
            ILiteCollection<BsonDocument> jobs = StoreCollections.Jobs(database);
            if (events.Chunks.Count > 0)
            {
                StoreCollections.Events(database).Insert(events.Chunks);
            }

            KeyMap.Write(database, batch.Inserts);
            jobs.Insert(batch.Inserts.Select(job => ToDocument(job, [])));
            WriteParents(database, batch);
            ReplaceAll(jobs, [.. batch.Updates.Select(job => ToDocument(job, ChunksOf(job.Id, database)))]);

            if (batch.Deletes.Count > 0)
            {
                freed.AddRange(batch.Deletes.Select(id => (jobs.FindById(id.Value) is { } document ? JobDocument.ReadKey(document) : null, id)));
                JobRemover.Remove(database, batch.Deletes, id => ChunksOf(id, database));
            }

            WriteRecords(database, batch);
            WriteStates(database, batch.Deletes, savesStates);
            StoreCollections.Head(database).Update(head.ToDocument());
        });
        Remember(batch, chunks, head, savesStates);
        RememberKeys(batch, freed);

        BsonDocument ToDocument(Job job, ImmutableArray<long> earlier)
        {
            ImmutableArray<long> all = earlier.AddRange(events.ChunksOf(job.Id));
            chunks[job.Id] = all;
            return JobDocument.Write(job, all);
        }
    }

    // LiteDB's update compares every old index key with every new one; a job of many tags is cheaper to take out and put in.
    private static void ReplaceAll(ILiteCollection<BsonDocument> jobs, IEnumerable<BsonDocument> documents)
    {
        ILookup<bool, BsonDocument> byTags = documents.ToLookup(document => JobDocument.CountTags(document) > MaxComparedKeys);
        jobs.Update(byTags[false]);
        foreach (BsonDocument document in byTags[true])
        {
            jobs.Delete(document["_id"]);
            jobs.Insert(document);
        }
    }

    private ImmutableArray<long> ChunksOf(JobId id, LiteDatabase database) =>
        _chunks.TryGetValue(id, out ImmutableArray<long> known) ? known
        : StoreCollections.Jobs(database).FindById(id.Value) is { } document ? JobDocument.ReadChunks(DocumentSeal.Check(document, JobDocument.What, id.Value)) : [];

    private static void WriteParents(LiteDatabase database, WriteBatch batch)
    {
        // Even a call without a document would open the collection for writing.
        if (batch.Inserts.Any(job => !job.Parents.IsEmpty))
        {
            StoreCollections.Parents(database).Insert(batch.Inserts.Where(job => !job.Parents.IsEmpty).Select(ParentsDocument.Write));
        }

        // As with tags: an update compares every old index key with every new one.
        foreach (Job job in batch.Relinked)
        {
            StoreCollections.Parents(database).Delete(job.Id.Value);
            StoreCollections.Parents(database).Insert(ParentsDocument.Write(job));
        }
    }

    private static void WriteRecords(LiteDatabase database, WriteBatch batch)
    {
        foreach (LauncherRecord launcher in batch.Launchers)
        {
            StoreCollections.Launchers(database).Upsert(LauncherDocument.Write(launcher));
        }

        foreach (long epoch in batch.ForgottenLaunchers)
        {
            StoreCollections.Launchers(database).Delete(epoch);
        }

        foreach (ApplicationName name in batch.RemovedApplications)
        {
            StoreCollections.Applications(database).Delete(name.Value);
        }

        foreach (ApplicationRecord application in batch.Applications)
        {
            StoreCollections.Applications(database).Upsert(ApplicationDocument.Write(application));
        }
    }

    // Deleted jobs have no event that would take them off the pages, so theirs are written with the delete.
    private void WriteStates(LiteDatabase database, IReadOnlyList<JobId> deleted, bool all)
    {
        IEnumerable<int> pages = all ? _dirtyPages.Concat(deleted.Select(id => StatePages.PageOf(id.Value))) : deleted.Select(id => StatePages.PageOf(id.Value));
        StatePages.Write(database, _states, pages.Distinct().Where(page => page < _states.PageCount), deleted);
    }

    private void Remember(WriteBatch batch, Dictionary<JobId, ImmutableArray<long>> chunks, StoreHead head, bool savedStates)
    {
        KnowHead(head, savedStates);
        foreach (Job job in batch.Inserts.Concat(batch.Updates))
        {
            _dirtyPages.Add(StatePages.PageOf(job.Id.Value));
            KnowChunks(job.Id, job.State, chunks[job.Id]);
        }

        foreach (JobId id in batch.Deletes)
        {
            _chunks.Remove(id);
        }
    }

    private void KnowHead(StoreHead head, bool savedStates)
    {
        _head = head;
        if (savedStates)
        {
            _dirtyPages.Clear();
        }
    }

    private void KnowChunks(JobId id, JobState state, ImmutableArray<long> chunks)
    {
        if (state.IsFinal())
        {
            _chunks.Remove(id);
        }
        else
        {
            _chunks[id] = chunks;
        }
    }

    private void RememberKeys(WriteBatch batch, List<(string? Key, JobId Id)> freed)
    {
        foreach (Job job in batch.Inserts)
        {
            if (job.Key is { } key)
            {
                _keys.Add(key, job.Id);
            }
        }

        foreach ((string? key, JobId id) in freed)
        {
            if (key is not null)
            {
                _keys.Remove(key, id);
            }
        }
    }

    private void Checkpoint()
    {
        try
        {
            File.Checkpoint();
        }
        catch (StoreFileException exception)
        {
            // What is in the log is durable. The next write finds the file faulted, and opens it anew.
            _ = exception;
        }
    }
}
