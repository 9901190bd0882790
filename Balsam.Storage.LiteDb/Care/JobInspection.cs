using System.Collections.Immutable;
using Balsam.Storage.LiteDb.Documents;
using LiteDB;

namespace Balsam.Storage.LiteDb.Care;

/// <summary>Compares what a store says of one job with itself: document, events, parents, and what is known in memory.</summary>
internal static class JobInspection
{
    public const string Restore = $"Restore a backup, or recover what is readable into a new file with {nameof(LiteDbRepair)}.{nameof(LiteDbRepair.RecoverAsync)}.";

    /// <summary>What is wrong with a job; nothing for a sound one.</summary>
    /// <param name="evidence">What the file says.</param>
    /// <param name="store">What is known in memory.</param>
    public static List<StoreFinding> Judge(JobEvidence evidence, IInspectedStore store)
    {
        List<StoreFinding> findings = [];
        var id = new JobId(evidence.Id);
        JobState? known = store.StateOf(evidence.Id);
        if (evidence.Unreadable is { } reason)
        {
            Add(StoreFindingKind.DamagedDocument, reason);
        }
        else if (evidence.Document is null)
        {
            if (known is { } state)
            {
                Add(StoreFindingKind.MissingJob, $"it is known to be {state.ToText()}, and its document is not in the file.");
            }
        }
        else if (Try(() => JobDocument.Read(evidence.Document, ReadParents(evidence))) is { } job)
        {
            foreach ((StoreFindingKind kind, string what) in evidence.Damages)
            {
                Add(kind, what);
            }

            CheckState(job, known, evidence.History, Add);
            CheckMoves(job, evidence.History, Add);
            CheckTransfers(job, Add);
            CheckLinks(job, evidence, store, Add);
        }

        return findings;

        void Add(StoreFindingKind kind, string what) => findings.Add(new StoreFinding(kind, id, what, Restore));

        Job? Try(Func<Job> read)
        {
            try
            {
                return read();
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                Add(StoreFindingKind.DamagedDocument, exception.Message);
                return null;
            }
        }
    }

    private static ImmutableArray<JobDependency> ReadParents(JobEvidence evidence)
    {
        int count = evidence.Document!.TryGetValue(ParentsDocument.CountField, out BsonValue value) ? value.AsInt32 : 0;
        ImmutableArray<JobDependency> parents = evidence.Parents is { } document ? ParentsDocument.Read(document) : [];
        return parents.Length == count ? parents : throw new DocumentDamagedException(ParentsDocument.What, evidence.Id);
    }

    private static void CheckState(Job job, JobState? known, IReadOnlyList<JobEvent> history, Action<StoreFindingKind, string> add)
    {
        if (known is null)
        {
            add(StoreFindingKind.StrayJob, $"its document says {job.State.ToText()}, and the store knows of no such job.");
        }
        else if (known != job.State)
        {
            add(StoreFindingKind.WrongState, $"its document says {job.State.ToText()}, and it is known to be {known.Value.ToText()}.");
        }

        JobState last = history.Count == 0 ? JobState.Created : history[^1].To;
        if (last != job.State)
        {
            add(StoreFindingKind.WrongState, $"its document says {job.State.ToText()}, and its {history.Count} events lead to {last.ToText()}.");
        }
    }

    private static void CheckMoves(Job job, IReadOnlyList<JobEvent> history, Action<StoreFindingKind, string> add)
    {
        JobState at = JobState.Created;
        long before = 0;
        foreach (JobEvent step in history)
        {
            if (step.From != at || !JobTransitions.TryGetNext(step.From, step.Trigger, out JobState to) || to != step.To)
            {
                add(StoreFindingKind.BrokenHistory, $"event {step} does not follow where the job was {at.ToText()}.");
            }

            if (step.Sequence <= before)
            {
                add(StoreFindingKind.BrokenHistory, FormattableString.Invariant($"event {step.Sequence} stands behind event {before}."));
            }

            (at, before) = (step.To, step.Sequence);
        }

        if (job.Version < history.Count)
        {
            add(StoreFindingKind.BrokenHistory, FormattableString.Invariant($"its version is {job.Version}, and it has {history.Count} events."));
        }

        if (history.Count(step => step.Trigger == JobTrigger.Started) != job.Attempt)
        {
            add(StoreFindingKind.BrokenHistory, FormattableString.Invariant($"its document counts {job.Attempt} attempts, its events {history.Count(step => step.Trigger == JobTrigger.Started)}."));
        }
    }

    private static void CheckTransfers(Job job, Action<StoreFindingKind, string> add)
    {
        foreach (TransferItem item in job.Transfers.Where(item => TransferStanding.At(job.State, item) != item.State))
        {
            add(StoreFindingKind.WrongState, $"its document says {job.State.ToText()}, and its transfer '{item.Slot}' is {item.State.ToText()}.");
        }
    }

    private static void CheckLinks(Job job, JobEvidence evidence, IInspectedStore store, Action<StoreFindingKind, string> add)
    {
        if (job.State == JobState.AwaitingParents && job.Parents.FirstOrDefault(edge => store.StateOf(edge.Parent.Value) is null) is { } missing && missing.Parent != default)
        {
            add(StoreFindingKind.MissingParent, $"it waits for job {missing.Parent}, which does not exist.");
        }

        foreach (string tag in evidence.UnindexedTags)
        {
            add(StoreFindingKind.NotIndexed, $"it has the tag {tag.Replace(JobDocument.TagSeparator, '=')}, by which it is not found.");
        }

        foreach (string mark in evidence.UnindexedMarks)
        {
            add(StoreFindingKind.NotIndexed, $"it has {(mark == JobMarks.Cleanup ? "to be cleaned up" : "transfers")}, by which it is not found.");
        }

        if (job.Key is { } key && !store.IsFoundByKey(key, evidence.Id))
        {
            add(StoreFindingKind.NotIndexed, $"it has the key '{key}', by which it is not found.");
        }
    }
}
