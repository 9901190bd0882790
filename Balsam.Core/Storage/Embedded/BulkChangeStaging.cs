namespace Balsam.Storage.Embedded;

/// <summary>Runs the rule of a bulk change on a batch of its own, which the real one takes in only when all went well.</summary>
internal sealed class BulkChangeStaging(StagedBatch batch, SessionTable sessions, JobBulkChange change) : IBulkChangeView
{
    private readonly StagedBatch _trial = batch.Fork();
    private readonly Dictionary<JobId, JobState> _before = [];
    private readonly SortedSet<JobId> _changed = [];
    private readonly Dictionary<JobId, UnchangedJob> _unchanged = [];

    public Job? Find(JobId id) => _trial.Find(id);

    public LauncherSession? HolderOf(JobId id) => batch.IsReleased(id) ? null : sessions.HolderOf(id)?.Launcher;

    public ChangeReport Stage()
    {
        Dictionary<JobId, Job> jobs = [];
        foreach (JobId id in change.Ids)
        {
            if (Find(id) is not { } job)
            {
                _unchanged[id] = new UnchangedJob(WhyUnchanged.Missing, "there is no such job");
            }
            else if (jobs.TryAdd(id, job))
            {
                _before.Add(id, job.State);
            }
        }

        List<JobId> open = ParentsFirst(jobs);
        while (open.Count > 0 && Decide(open, out open))
        {
            _trial.FollowEdges();
            open.RemoveAll(HasMovedAlong);
        }

        foreach (JobId id in _unchanged.Keys.Where(HasMovedAlong).ToArray())
        {
            _changed.Add(id);
            _unchanged.Remove(id);
        }

        batch.Absorb(_trial);
        return new ChangeReport([.. _changed], _unchanged);
    }

    /// <summary>Asks the rule about each job; says whether anything was changed, and which jobs may yet be once its consequences are there.</summary>
    private bool Decide(List<JobId> open, out List<JobId> blocked)
    {
        bool any = false;
        blocked = [];
        foreach (JobId id in open)
        {
            Job job = Find(id)!;
            JobDecision decision = change.Filter.Matches(job)
                ? change.Rule(job, this)
                : JobDecision.Refuse(WhyUnchanged.NoLongerMatches, $"it no longer meets the query: it is {job.State.ToText()} now, last changed at {job.LastUpdate:u}");
            if (decision.Change is { } made)
            {
                CommitChecks.DemandMadeOn(job, made);
                _trial.Put(made);
                _changed.Add(id);
                _unchanged.Remove(id);
                any = true;
                continue;
            }

            _unchanged[id] = decision.Refusal!;
            if (decision.Refusal!.Why == WhyUnchanged.BlockedByParent)
            {
                blocked.Add(id);
            }
        }

        return any;
    }

    // Failed with another job of the call, or brought back with it.
    private bool HasMovedAlong(JobId id) => _before.TryGetValue(id, out JobState before) && Find(id)!.State != before;

    // By number where the graph leaves it open. Numbers alone would not do: a parent may be younger than its child.
    private static List<JobId> ParentsFirst(Dictionary<JobId, Job> jobs)
    {
        Dictionary<JobId, int> above = new(jobs.Count);
        Dictionary<JobId, List<JobId>> children = [];
        foreach (Job job in jobs.Values)
        {
            above[job.Id] = 0;
            foreach (JobDependency edge in job.Parents.Where(edge => jobs.ContainsKey(edge.Parent)))
            {
                above[job.Id]++;
                if (!children.TryGetValue(edge.Parent, out List<JobId>? below))
                {
                    children.Add(edge.Parent, below = []);
                }

                below.Add(job.Id);
            }
        }

        List<JobId> ordered = new(jobs.Count);
        Queue<JobId> free = new(above.Where(entry => entry.Value == 0).Select(entry => entry.Key).Order());
        while (free.TryDequeue(out JobId next))
        {
            ordered.Add(next);
            foreach (JobId child in children.GetValueOrDefault(next) ?? [])
            {
                if (--above[child] == 0)
                {
                    free.Enqueue(child);
                }
            }
        }

        // Jobs may stand in a circle, through one that never waits again: their numbers are all the order there is.
        return ordered.Count == jobs.Count ? ordered : [.. ordered, .. jobs.Keys.Except(ordered).Order()];
    }
}
