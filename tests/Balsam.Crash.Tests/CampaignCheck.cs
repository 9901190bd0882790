using Balsam.Storage.LiteDb;

namespace Balsam.Crash.Tests;

/// <summary>Looks at a campaign from outside: its store against its acknowledgements, the transition table, and the marks of its processes.</summary>
internal sealed class CampaignCheck
{
    private const int Page = 1000;
    private const int Shown = 20;
    private readonly List<string> _wrong = [];
    private readonly IReadOnlyList<AckEntry> _acks;
    private readonly Dictionary<long, Job> _jobs;
    private readonly List<JobEvent> _events;
    private readonly ILookup<long, JobEvent> _history;
    private readonly HashSet<long> _mayBeGone;
    private readonly MarkLog _marks;

    private CampaignCheck(IReadOnlyList<AckEntry> acks, IReadOnlyList<Job> jobs, List<JobEvent> events, MarkLog marks)
    {
        _acks = acks;
        _jobs = jobs.ToDictionary(job => job.Id.Value);
        _events = events;
        _history = events.ToLookup(step => step.JobId.Value);
        _mayBeGone = [.. acks.Where(entry => entry is { What: AckWhat.Meant, Kind: CrashInstants.Delete }).SelectMany(entry => entry.Jobs)];
        _marks = marks;
    }

    /// <summary>Says what is wrong; nothing when all is well.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(string directory, bool hasEnded)
    {
        await using var store = new LiteDbJobStore(Path.Combine(directory, "campaign.db"));
        await store.OpenAsync(CancellationToken.None);
        List<JobEvent> events = [];
        while (await store.ReadEventsAsync(events.Count == 0 ? 0 : events[^1].Sequence, Page, CancellationToken.None) is { Count: > 0 } page)
        {
            events.AddRange(page);
        }

        var check = new CampaignCheck(AckLog.Read(directory), await store.QueryAsync(new JobSelector(), CancellationToken.None), events, MarkLog.Read(Path.Combine(directory, "marks")));
        check.Events();
        check.Histories();
        check.Submits();
        check.Keys();
        check.Changes();
        check.Hooks();
        check.Processes();
        await check.TransfersAsync(directory);
        if (hasEnded)
        {
            check.Ends();
            string[] parts = [.. Directory.EnumerateFiles(Path.Combine(directory, Carry.Vault), ".balsam-*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })];
            check.Expect(parts.Length == 0 || check._jobs.Values.Any(job => job.Application == "Carry" && job.State == JobState.Failed), $"Parts of files were left behind: {string.Join(", ", parts)}.");
        }

        foreach (Job job in check._jobs.Values)
        {
            IReadOnlyList<JobEvent> own = await store.ReadHistoryAsync(job.Id, CancellationToken.None);
            check.Expect(own.SequenceEqual(check._history[job.Id.Value], EventComparer.Instance), $"Job {job.Id}: its history of {own.Count} events is not what the stream of all events says.");
        }

        return check._wrong.Count <= Shown ? check._wrong : [.. check._wrong.Take(Shown), $"and {check._wrong.Count - Shown} more"];
    }

    private void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            _wrong.Add(otherwise);
        }
    }

    // What somebody was shown stays; and no number is left out unless its job was deleted.
    private void Events()
    {
        Dictionary<long, JobEvent> bySequence = _events.ToDictionary(step => step.Sequence);
        foreach (AckEntry seen in _acks.Where(entry => entry.What == AckWhat.Seen && !_mayBeGone.Contains(entry.Jobs[0])))
        {
            Expect(
                bySequence.TryGetValue(seen.Operation, out JobEvent? stored) && stored.JobId.Value == seen.Jobs[0] && stored.Trigger.ToString() == seen.Kind,
                $"Event {seen.Operation} ({seen.Kind} of job {seen.Jobs[0]}) was seen and is not stored so: {stored}.");
        }

        HashSet<long> seenOfDeleted = [.. _acks.Where(entry => entry.What == AckWhat.Seen && _mayBeGone.Contains(entry.Jobs[0])).Select(entry => entry.Operation)];
        long last = _events.Count == 0 ? 0 : _events[^1].Sequence;
        int missing = 0;
        for (long sequence = 1; sequence <= last; sequence++)
        {
            missing += bySequence.ContainsKey(sequence) || seenOfDeleted.Contains(sequence) ? 0 : 1;
        }

        Expect(missing == 0 || _mayBeGone.Count > 0, $"{missing} sequence numbers up to {last} are missing, and no job was deleted.");
    }

    private void Histories()
    {
        foreach (Job job in _jobs.Values)
        {
            JobState state = JobState.Created;
            int starts = 0;
            foreach (JobEvent step in _history[job.Id.Value])
            {
                Expect(step.From == state, $"Job {job.Id}: event {step} follows {state}.");
                Expect(JobTransitions.TryGetNext(step.From, step.Trigger, out JobState to) && to == step.To, $"Job {job.Id}: event {step} is not in the table.");
                state = step.To;
                if (step.Trigger == JobTrigger.Started)
                {
                    starts++;
                    Expect(step.Data.Root.GetProperty("attempt").GetInt32() == starts, $"Job {job.Id}: start number {starts} says {step.Data}.");
                }
            }

            Expect(job.State == state, $"Job {job.Id} is {job.State}, its events lead to {state}.");
            Expect(job.Attempt == starts, $"Job {job.Id} has attempt {job.Attempt}, its events {starts} starts.");
            Expect(job.Version >= _history[job.Id.Value].Count(), $"Job {job.Id} has version {job.Version} after {_history[job.Id.Value].Count()} events.");
            foreach (JobDependency edge in job.Parents)
            {
                JobEvent? started = _history[job.Id.Value].FirstOrDefault(step => step.Trigger == JobTrigger.Started);
                JobEvent? ended = _history[edge.Parent.Value].FirstOrDefault(step => step.Trigger == JobTrigger.Finished);
                Expect(started is null || ended?.Sequence < started.Sequence, $"Job {job.Id} started ({started}) before its parent {edge.Parent} had finished ({ended}).");
            }
        }
    }

    // Acknowledged: there. Not acknowledged: there as a whole, or not at all.
    private void Submits()
    {
        ILookup<string, Job> byOperation = _jobs.Values.Where(job => !job.Tags.ContainsKey(Split.Tag)).ToLookup(job => job.Tags[CampaignUser.OperationTag]);
        Dictionary<long, AckEntry> done = _acks.Where(entry => entry.What == AckWhat.Done).ToDictionary(entry => entry.Operation);
        foreach (AckEntry meant in _acks.Where(entry => entry is { What: AckWhat.Meant, Kind: CrashInstants.Submit or CrashInstants.Bulk }))
        {
            Job[] stored = [.. byOperation[FormattableString.Invariant($"{meant.Operation}")]];
            if (done.TryGetValue(meant.Operation, out AckEntry? told))
            {
                long[] lost = [.. told.Jobs.Where(id => !_jobs.ContainsKey(id) && !_mayBeGone.Contains(id))];
                Expect(lost.Length == 0, $"Operation {meant.Operation}: the jobs {string.Join(", ", lost)} were acknowledged and are gone.");
                Expect(stored.All(job => told.Jobs.Contains(job.Id.Value)), $"Operation {meant.Operation} made other jobs than it acknowledged.");
                Expect(told.Jobs.Count == meant.Jobs[0], $"Operation {meant.Operation} acknowledged {told.Jobs.Count} jobs of {meant.Jobs[0]}.");
            }
            else
            {
                Expect(stored.Length == 0 || stored.Length == meant.Jobs[0], $"Operation {meant.Operation} was cut off and left {stored.Length} of {meant.Jobs[0]} jobs.");
            }
        }
    }

    private void Keys()
    {
        foreach (IGrouping<string, Job> same in _jobs.Values.Where(job => job.Key is not null).GroupBy(job => job.Key!).Where(group => group.Count() > 1))
        {
            Expect(false, $"The key {same.Key} has {same.Count()} jobs: {string.Join(", ", same.Select(job => job.Id))}.");
        }
    }

    private void Changes()
    {
        foreach (AckEntry done in _acks.Where(entry => entry.What == AckWhat.Done))
        {
            foreach (long id in done.Jobs)
            {
                if (!_jobs.TryGetValue(id, out Job? job))
                {
                    Expect(_mayBeGone.Contains(id), $"Operation {done.Operation} ({done.Kind}) changed job {id}, which is gone.");
                    continue;
                }

                bool holds = done.Kind switch
                {
                    CrashInstants.Edit => job.Tags.ContainsKey(CampaignUser.EditTag(done.Operation)),
                    CrashInstants.Cancel => _history[id].Any(step => step.Trigger == JobTrigger.Cancelled && step.Message == CampaignUser.CancelReason(done.Operation)),
                    CrashInstants.Restart => _history[id].Count(step => step.Trigger is JobTrigger.Restarted or JobTrigger.ParentRestarted) >= Restarts(id),
                    CrashInstants.Delete => false,
                    _ => true,
                };
                Expect(holds, $"Operation {done.Operation} ({done.Kind}) was acknowledged for job {id}, and there is nothing of it.");
            }
        }

        HashSet<string> reasons = [.. _acks.Where(entry => entry is { What: AckWhat.Meant, Kind: CrashInstants.Cancel }).Select(entry => CampaignUser.CancelReason(entry.Operation))];
        foreach (JobEvent cancelled in _events.Where(step => step.Trigger == JobTrigger.Cancelled))
        {
            Expect(cancelled.Message is { } reason && reasons.Contains(reason), $"Nobody meant to cancel: {cancelled}.");
        }

        int Restarts(long id) => _acks.Count(entry => entry is { What: AckWhat.Done, Kind: CrashInstants.Restart } && entry.Jobs.Contains(id));
    }

    // What a hook submits is there once for each time that its outcome is.
    private void Hooks()
    {
        ILookup<string, Job> parts = _jobs.Values.Where(job => job.Tags.ContainsKey(Split.Tag)).ToLookup(job => job.Tags[Split.Tag]);
        foreach (Job split in _jobs.Values.Where(job => job.Application == "Split"))
        {
            int passed = _history[split.Id.Value].Count(step => step.Trigger == JobTrigger.Postprocessed);
            int submitted = parts[split.Id.ToString()].Count();
            Expect(submitted == passed * Split.Parts, $"The hook of job {split.Id} passed {passed} times, and there are {submitted} jobs of it.");
        }

        foreach (Job echo in _jobs.Values.Where(job => job.Application == "Echo" && job.State == JobState.JobFinished))
        {
            Expect(echo.TryGetResult(out int result) && echo.Parameters.Root.ToString() == FormattableString.Invariant($"{result}"), $"Job {echo.Id} echoed {result}, not {echo.Parameters}.");
        }
    }

    // What is recorded as arrived is there, whole, and under its own name only.
    private async Task TransfersAsync(string directory)
    {
        byte[] source = await File.ReadAllBytesAsync(Path.Combine(directory, Carry.Depot, Carry.Source));
        foreach (Job carry in _jobs.Values.Where(job => job.Application == "Carry"))
        {
            foreach (TransferItem item in carry.Transfers.Where(item => item.State == TransferState.Done))
            {
                string path = item.Direction == TransferDirection.In ? Path.Combine(directory, "data", carry.Workdir, item.LocalPath) : directory + "/" + Carry.Vault + item.Remote.Path;
                byte[] there = File.Exists(path) ? await File.ReadAllBytesAsync(path) : [];
                Expect(there.AsSpan().SequenceEqual(source), $"Job {carry.Id}: '{item.Slot}' is recorded as arrived, and {path} is not what was sent.");
            }

            JobEvent? finished = _history[carry.Id.Value].LastOrDefault(step => step.Trigger == JobTrigger.Finished);
            Expect(carry.State != JobState.JobFinished || carry.Transfers.All(item => item.State == TransferState.Done), $"Job {carry.Id} has finished ({finished}), and not everything of it has arrived.");
        }
    }

    private void Processes()
    {
        _wrong.AddRange(_marks.Overlaps());
        foreach (((long id, int attempt), int begins) in _marks.Begins.Where(begin => !_mayBeGone.Contains(begin.Key.Job)))
        {
            Expect(begins == 1, $"Attempt {attempt} of job {id} began {begins} times.");
            Expect(_jobs.TryGetValue(id, out Job? job) && job.Attempt >= attempt, $"Attempt {attempt} of job {id} began, and the store knows of {job?.Attempt}.");
        }

        foreach (Job job in _jobs.Values.Where(job => job.Application == "Script"))
        {
            int attempt = 0;
            foreach (JobEvent step in _history[job.Id.Value])
            {
                attempt += step.Trigger == JobTrigger.Started ? 1 : 0;
                Expect(step.Trigger != JobTrigger.RunSucceeded || _marks.HasEnded(job.Id.Value, attempt), $"Job {job.Id}: attempt {attempt} is recorded as done, and its process did not come to its end.");
            }
        }
    }

    private void Ends()
    {
        foreach (Job job in _jobs.Values)
        {
            Expect(job.State.IsFinal(), $"Job {job.Id} has not ended: {job.State}.");
            bool explained = job.State != JobState.Failed || job.Failure?.Kind switch
            {
                FailureKind.Cancelled => true,

                // Its child was cancelled between the look of its hook and the hook's commit: what is refused fails the hook.
                FailureKind.HookException => job.Failure.ToString().Contains("cannot be given parents: it is FAILED", StringComparison.Ordinal)
                    && _jobs.Values.Any(child => child.Parents.Any(edge => edge.Parent == job.Id) && _history[child.Id.Value].Any(step => step.To == JobState.Failed)),
                FailureKind.ParentFailed => job.Parents.Any(edge => _jobs[edge.Parent.Value].State == JobState.Failed),
                _ => false,
            };
            Expect(explained, $"Job {job.Id} failed, and nobody wanted that: {job.Failure}.");
        }
    }
}
