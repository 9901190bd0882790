using System.Collections.Immutable;
using System.Globalization;
using Balsam.Storage.Embedded;
using Balsam.Storage.LiteDb.Documents;
using Balsam.Storage.LiteDb.Files;
using Balsam.Storage.LiteDb.Migrations;
using LiteDB;

namespace Balsam.Storage.LiteDb.Care;

/// <summary>One recovery: finds the documents, judges each job by its events, writes the new store, and fails in it what waits for something that is lost.</summary>
internal sealed class Recovery(SalvagedPages pages, StorePaths source, StorePaths target)
{
    private const int DocumentsAtOnce = 256;

    private readonly SalvagedDocuments _documents = new(pages);
    private readonly Dictionary<long, JobTrace> _traces = [];
    private readonly Dictionary<long, FailureDetails> _failing = [];
    private readonly List<RecoveryLoss> _losses = [];
    private readonly StateMap _states = new();
    private SalvagedIndex _index = null!;
    private long _lastSequence;
    private long _events;

    public async Task<RecoveryReport> RunAsync(CancellationToken cancellationToken)
    {
        _index = new SalvagedIndex(_documents);
        _index.Fill(cancellationToken);
        if (_index.Jobs.Count == 0 && _index.Events.Count == 0 && _index.Head is null)
        {
            throw new StoreException(StoreErrorKind.Unreadable, $"The file '{source.Data}' holds nothing that a Balsam store would have written, as far as it can be read. It was left as it was. Restore a backup of it.");
        }

        var unfinished = new StorePaths(target.Data + "-recovering");
        Directory.CreateDirectory(target.Parent);
        Remove(unfinished);
        try
        {
            TraceEvents(cancellationToken);
            using (var file = LiteDbFile.Open(unfinished.Data))
            {
                Write(file, cancellationToken);
            }

            await FailWhatWaitsAsync(unfinished, cancellationToken).ConfigureAwait(false);
            File.Move(unfinished.Data, target.Data, overwrite: false);
            DirectorySync.Sync(target.Parent);
        }
        finally
        {
            Remove(unfinished);
        }

        return new RecoveryReport
        {
            Source = source.Data,
            Target = target.Data,
            Jobs = _index.Jobs.Count,
            Events = _events,
            Pages = pages.Count,
            DamagedPages = _index.DamagedPages.Count,
            Losses = [.. _losses.OrderBy(loss => loss.Job is null).ThenBy(loss => loss.Job)],
        };
    }

    private void TraceEvents(CancellationToken cancellationToken)
    {
        foreach ((long id, (long page, byte slot)) in _index.Events)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (JobEvent step in EventChunk.Read(_documents.Read(page, slot)!))
            {
                (_traces.TryGetValue(step.JobId.Value, out JobTrace? trace) ? trace : _traces[step.JobId.Value] = new JobTrace()).Add(id, step);
                _lastSequence = Math.Max(_lastSequence, step.Sequence);
            }
        }
    }

    private void Write(LiteDbFile file, CancellationToken cancellationToken)
    {
        Schema.Prepare(file, head => head);
        NoteLostJobs();
        NoteOtherLosses();
        foreach (long[] ids in _index.Jobs.Keys.ToArray().Chunk(DocumentsAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Commit(file, database => WriteJobs(database, ids));
        }

        foreach (long[] ids in _index.Events.Keys.ToArray().Chunk(DocumentsAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Commit(file, database => WriteEvents(database, ids));
        }

        Commit(file, WriteRecords);
        TakeJournal(file);
    }

    // As records of the new store's own journal: the store takes them in when it opens the file.
    private void TakeJournal(LiteDbFile file)
    {
        long sequence = _lastSequence;
        long appended = _lastSequence;
        foreach (JournalRecord record in pages.Journal.Where(record => record.Last > _lastSequence))
        {
            if (record.Previous > sequence)
            {
                Lose(RecoveryLossKind.Log, null, FormattableString.Invariant($"the journal '{source.Journal}' cannot be read between event {sequence} and event {record.Previous}; writes in between are lost."));
            }

            sequence = record.Last;
            if (PendingMoves.Keep(record.Payload, id => _index.Jobs.ContainsKey(id.Value), out int events) is { } kept)
            {
                file.Append(kept, appended, record.Last);
                appended = record.Last;
                _events += events;
            }
        }
    }

    // Jobs of which something else knows. What was deleted left no trace but in lists of parents, and these are no witness.
    private void NoteLostJobs()
    {
        foreach (long id in _traces.Keys.Union(_index.States.Keys).Where(id => id > 0 && !_index.Jobs.ContainsKey(id)).Order())
        {
            string known = _traces.GetValueOrDefault(id)?.Last is { } last
                ? $"its last event, of {last.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)}, brought it to {last.To.ToText()}."
                : $"it was {_index.States[id].ToText()} when states were last written down.";
            Lose(RecoveryLossKind.Job, id, $"its document cannot be read; {known}");
        }
    }

    private void NoteOtherLosses()
    {
        if (pages.LogLoss is { } log)
        {
            Lose(RecoveryLossKind.Log, null, log);
        }

        if (_index.Head is null)
        {
            Lose(RecoveryLossKind.Record, null, "the counters cannot be read; they go on behind the highest numbers that were found.");
        }

        _index.DamagedPages.ForEach(page => Lose(RecoveryLossKind.Unknown, null, FormattableString.Invariant($"page {page} does not have the content that was written.")));
        _index.Unreadable.ForEach(place => Lose(RecoveryLossKind.Unknown, null, FormattableString.Invariant($"the document that begins in slot {place.Slot} of page {place.Page} cannot be read.")));
    }

    private void WriteJobs(LiteDatabase database, long[] ids)
    {
        List<Job> jobs = [.. ids.Select(Restore)];
        StoreCollections.Jobs(database).Insert(jobs.Select(job => JobDocument.Write(job, _traces.GetValueOrDefault(job.Id.Value)?.Chunks ?? [])));
        if (jobs.Any(job => !job.Parents.IsEmpty))
        {
            StoreCollections.Parents(database).Insert(jobs.Where(job => !job.Parents.IsEmpty).Select(ParentsDocument.Write));
        }

        KeyMap.Write(database, jobs);
        jobs.ForEach(job => _states.Set(job.Id.Value, job.State));
    }

    private Job Restore(long id)
    {
        (long page, byte slot, _) = _index.Jobs[id];
        BsonDocument document = _documents.Read(page, slot)!;
        Job job = JobDocument.Read(document, ReadParents(id, document));
        return CompareWithEvents(job, JobDocument.ReadChunks(document));
    }

    private ImmutableArray<JobDependency> ReadParents(long id, BsonDocument document)
    {
        // Up to schema 5 the parents stood in the job's document.
        ImmutableArray<JobDependency> parents = document["parents"].IsArray ? ParentsDocument.ReadUnsealed(document)
            : _index.Parents.TryGetValue(id, out (long Page, byte Slot) place) ? ParentsDocument.Read(_documents.Read(place.Page, place.Slot)!) : [];
        bool waits = document["state"].AsInt32 == (int)JobState.AwaitingParents;
        int count = document.TryGetValue(ParentsDocument.CountField, out BsonValue value) ? value.AsInt32 : parents.Length;
        if (parents.Length != count)
        {
            Lose(RecoveryLossKind.Parents, id, FormattableString.Invariant($"the list of its {count} parents cannot be read{(waits ? "; it waited for them, and is FAILED now" : "")}."));
            Fail(waits, id, "A recovery could not read for which parents the job waited. Look which they were; restart it when they have ended.", null);
            return [];
        }

        if (waits && parents.FirstOrDefault(edge => !_index.Jobs.ContainsKey(edge.Parent.Value)) is { Parent.Value: > 0 and var lost })
        {
            Lose(RecoveryLossKind.AwaitedParent, id, FormattableString.Invariant($"job {lost}, for which it waited, is lost; it is FAILED now."));
            Fail(true, id, FormattableString.Invariant($"A recovery could not bring over job {lost}, for which the job waited. Submit that again, or restart this without it."), new JobId(lost));
        }

        return parents;
    }

    private Job CompareWithEvents(Job job, ImmutableArray<long> chunks)
    {
        JobTrace? trace = _traces.GetValueOrDefault(job.Id.Value);
        JobState led = trace?.Last?.To ?? JobState.Created;
        if (trace is not null && !chunks.Contains(trace.Chunks[^1]) && led != job.State)
        {
            Lose(RecoveryLossKind.Content, job.Id.Value, $"its newest document cannot be read; the one before says {job.State.ToText()}, its events led to {led.ToText()}, and there it stands.");
            JobSnapshot older = job.ToSnapshot();
            return Job.Restore(older with
            {
                State = led, LastUpdate = trace.Last!.At, Transfers = [.. older.Transfers.Select(item => item with { State = TransferStanding.At(led, item) })],
                IsCleanupPending = older.IsCleanupPending && led == JobState.JobFinished,
            });
        }

        if (chunks.Except(trace?.Chunks ?? []).Any() || trace is { IsComplete: false } || led != job.State)
        {
            Lose(RecoveryLossKind.History, job.Id.Value, FormattableString.Invariant($"not all of its events can be read; {trace?.Chunks.Count ?? 0} of {chunks.Length} blocks of them are there."));
        }

        return job;
    }

    private void WriteEvents(LiteDatabase database, long[] ids)
    {
        ILiteCollection<BsonDocument> events = StoreCollections.Events(database);
        foreach (long id in ids)
        {
            (long page, byte slot) = _index.Events[id];
            BsonDocument document = _documents.Read(page, slot)!;
            List<JobEvent> kept = EventChunk.Read(document);
            kept.RemoveAll(step => !_index.Jobs.ContainsKey(step.JobId.Value));
            _events += kept.Count;
            events.Insert(EventChunk.Write(id, document["last"].AsInt64, kept));
            _lastSequence = Math.Max(_lastSequence, document["last"].AsInt64);
        }
    }

    private void WriteRecords(LiteDatabase database)
    {
        StatePages.Write(database, _states, Enumerable.Range(0, _states.PageCount), []);
        foreach (BsonDocument launcher in _index.Launchers)
        {
            StoreCollections.Launchers(database).Upsert(launcher);
        }

        foreach (BsonDocument application in _index.Applications)
        {
            StoreCollections.Applications(database).Upsert(application);
        }

        long epoch = _index.Launchers.Select(launcher => launcher["_id"].AsInt64).DefaultIfEmpty(0).Max();
        long sequence = _lastSequence = Math.Max(_index.Head?.LastSequence ?? 0, _lastSequence);
        long id = _index.Jobs.Keys.Concat(_traces.Keys).Concat(_index.States.Keys).Concat(_index.Parents.Keys).DefaultIfEmpty(0).Max();
        StoreCollections.Head(database).Update(new StoreHead(Schema.Current, Math.Max(_index.Head?.LastId ?? 0, id), sequence, Math.Max(_index.Head?.LastEpoch ?? 0, epoch), sequence).ToDocument());
    }

    // By the store itself, so that what follows from it by the rules of the graph follows.
    private async Task FailWhatWaitsAsync(StorePaths unfinished, CancellationToken cancellationToken)
    {
        await using var store = new LiteDbJobStore(unfinished.Data);
        await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        // A read of the kind that brings the journal into the file, or says why it cannot.
        _ = await store.ReadHistoryAsync(new JobId(1), cancellationToken).ConfigureAwait(false);
        long before = await store.GetLastSequenceAsync(cancellationToken).ConfigureAwait(false);
        await store.ChangeAsync(
            new JobBulkChange
            {
                Ids = [.. _failing.Keys.Select(id => new JobId(id))],
                Rule = (job, _) => job.State == JobState.AwaitingParents
                    ? JobDecision.Make(new JobChange(job).Fail(JobTrigger.Cancelled, job.LastUpdate, _failing[job.Id.Value]))
                    : JobDecision.Refuse(WhyUnchanged.NoLongerMatches, "it failed with another one"),
            },
            cancellationToken).ConfigureAwait(false);
        _events += await store.GetLastSequenceAsync(cancellationToken).ConfigureAwait(false) - before;
    }

    private static void Commit(LiteDbFile file, Action<LiteDatabase> write)
    {
        file.Commit(write);
        if (file.CheckpointDue)
        {
            file.Checkpoint();
        }
    }

    private void Fail(bool waits, long id, string message, JobId? guilty)
    {
        if (waits)
        {
            _failing[id] = new FailureDetails { Kind = FailureKind.ParentFailed, Message = message, GuiltyAncestor = guilty };
        }
    }

    private void Lose(RecoveryLossKind kind, long? job, string what) => _losses.Add(new RecoveryLoss(kind, job is { } id ? new JobId(id) : null, what));

    private static void Remove(StorePaths paths)
    {
        foreach (string path in new[] { paths.Data, paths.Log, paths.Journal, paths.Lock, paths.Owner, paths.Unfinished })
        {
            File.Delete(path);
        }
    }
}
