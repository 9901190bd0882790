namespace Balsam.Storage.Embedded;

/// <summary>Decides which jobs of a delete can go, and stages that.</summary>
internal sealed class DeleteStaging(JobDeletion deletion)
{
    private readonly Dictionary<JobId, JobId[]> _children = [];
    private readonly HashSet<JobId> _going = [];
    private readonly Dictionary<JobId, UnchangedJob> _kept = [];

    private bool Cascades => deletion.Scope == DeleteScope.WithDescendants;

    /// <summary>Reads what can be read without keeping others waiting.</summary>
    public void Prepare(StagedBatch batch)
    {
        HashSet<JobId> wanted = [.. deletion.Ids];
        if (Cascades)
        {
            Descend(deletion.Ids, batch, wanted);
        }

        batch.Load(wanted);
    }

    public ChangeReport Stage(StagedBatch batch, SessionTable sessions)
    {
        foreach (JobId id in deletion.Ids)
        {
            if (batch.Find(id) is not { } job)
            {
                _kept[id] = new UnchangedJob(WhyUnchanged.Missing, "there is no such job");
            }
            else if (!deletion.Filter.Matches(job))
            {
                _kept[id] = new UnchangedJob(WhyUnchanged.NoLongerMatches, $"it no longer meets the query: it is {job.State.ToText()} now, last changed at {job.LastUpdate:u}");
            }
            else
            {
                _going.Add(id);
            }
        }

        if (Cascades)
        {
            Descend([.. _going], batch, _going);
            Array.ForEach([.. _kept.Keys.Where(_going.Contains)], id => _kept.Remove(id));
        }

        JobId[] all = [.. _going.Order()];
        foreach (JobId id in all)
        {
            if (WhyKept(batch, sessions, id) is { } reason)
            {
                Keep(batch, id, reason);
            }
        }

        // What does not meet the query stays, and so does what it waits for.
        foreach (JobId id in _kept.Where(entry => entry.Value.Why == WhyUnchanged.NoLongerMatches).Select(entry => entry.Key).ToArray())
        {
            KeepParents(batch, id);
        }

        JobId[] deleted = [.. all.Where(_going.Contains)];
        Array.ForEach(deleted, batch.Write.Delete);
        return new ChangeReport(deleted, _kept);
    }

    private static UnchangedJob NeededBy(JobId child) => new(WhyUnchanged.NeededByChild, $"job {child} waits for it; delete that too, or first");

    private static UnchangedJob Above(JobId child) => new(WhyUnchanged.NeededByChild, $"job {child}, which lies below it, stays");

    private UnchangedJob? WhyKept(StagedBatch batch, SessionTable sessions, JobId id)
    {
        Job job = batch.Find(id)!;
        WhyUnchanged busy = job.State == JobState.Running ? WhyUnchanged.Running : WhyUnchanged.Leased;
        string advice = job.State.IsFinal() ? "is still ending its run; try again once that is done" : "holds it; cancel it first";
        return !batch.IsReleased(id) && sessions.HolderOf(id) is { } holder ? new UnchangedJob(busy, $"launcher {holder.Launcher.Request.Host}:{holder.Launcher.Request.ProcessId} {advice}")
            : job.State == JobState.Running ? new UnchangedJob(busy, "it is RUNNING; cancel it first")
            : WaitingChildOf(batch, id) is { } child ? NeededBy(child)
            : null;
    }

    private JobId? WaitingChildOf(StagedBatch batch, JobId id)
    {
        JobId child = batch.ChildrenOf(id).Select(edge => edge.Key).FirstOrDefault(child => !_going.Contains(child) && batch.StateOf(child) == JobState.AwaitingParents);
        return child == default ? null : child;
    }

    // A job that stays keeps what it waits for, and so on up the line; of a delete with descendants, everything above it.
    private void Keep(StagedBatch batch, JobId id, UnchangedJob reason)
    {
        if (_going.Remove(id))
        {
            _kept[id] = reason;
            KeepParents(batch, id);
        }
    }

    private void KeepParents(StagedBatch batch, JobId id)
    {
        Queue<JobId> staying = new([id]);
        while (staying.TryDequeue(out JobId stays))
        {
            Job job = batch.Find(stays)!;
            bool waits = job.State == JobState.AwaitingParents;
            foreach (JobDependency edge in waits || Cascades ? job.Parents : [])
            {
                if (_going.Remove(edge.Parent))
                {
                    _kept[edge.Parent] = waits ? NeededBy(stays) : Above(stays);
                    staying.Enqueue(edge.Parent);
                }
            }
        }
    }

    private void Descend(IEnumerable<JobId> from, StagedBatch batch, HashSet<JobId> seen)
    {
        Queue<JobId> open = new(from);
        while (open.TryDequeue(out JobId parent))
        {
            if (!_children.TryGetValue(parent, out JobId[]? published))
            {
                _children.Add(parent, published = [.. batch.PublishedChildrenOf(parent)]);
            }

            foreach (JobId child in published.Concat(batch.NewChildrenOf(parent)))
            {
                if (batch.StateOf(child) is not null && seen.Add(child))
                {
                    open.Enqueue(child);
                }
            }
        }
    }
}
