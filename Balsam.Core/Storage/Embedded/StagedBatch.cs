using System.Collections.Immutable;

namespace Balsam.Storage.Embedded;

/// <summary>
/// Commits on their way to disk, on top of what is published: checks them, and adds what follows from them by the rules of the graph.
/// Nothing here is seen by anybody until the batch is durable.
/// </summary>
internal sealed class StagedBatch
{
    private readonly Func<JobId, Job?> _published;
    private readonly Func<JobId, IEnumerable<Job>> _publishedChildren;
    private readonly DependencyGraph _graph;
    private readonly DependencyGraph _staged = new();
    private readonly TimeProvider _time;
    private readonly Queue<(Job Parent, JobState Was, long Order)> _moved = [];
    private readonly Dictionary<JobId, long> _countedAt = [];
    private long _moves;

    public StagedBatch(
        long lastId, long lastSequence, long lastEpoch, DependencyGraph graph, Func<JobId, Job?> published, Func<JobId, IEnumerable<Job>> publishedChildren, TimeProvider time)
    {
        Write = new WriteBatch { LastId = lastId, LastSequence = lastSequence, LastEpoch = lastEpoch };
        _graph = graph;
        _published = published;
        _publishedChildren = publishedChildren;
        _time = time;
    }

    public WriteBatch Write { get; }

    /// <summary>The jobs that launchers let go of with their commits.</summary>
    public HashSet<JobId> Released { get; } = [];

    /// <summary>The sessions that begin.</summary>
    public List<LauncherSession> Opened { get; } = [];

    /// <summary>The jobs that were changed, and the lease under which: no lease for users and for the graph.</summary>
    public Dictionary<JobId, LeaseToken?> Authors { get; } = [];

    public Job? Find(JobId id) => Write.Find(id) ?? (Write.IsDeleted(id) ? null : _published(id));

    /// <summary>How many parents a waiting job waits for, once the batch is published.</summary>
    public int Pending(JobId child) => _staged.IsWaiting(child) ? _staged.Pending(child) : _graph.Pending(child);

    /// <summary>Writes the counts of children that still wait down where they are published.</summary>
    public void PublishPending(DependencyGraph graph)
    {
        foreach ((JobId child, int pending) in _staged.AllPending)
        {
            if (graph.IsWaiting(child))
            {
                graph.SetPending(child, pending);
            }
        }
    }

    /// <summary>The edges to jobs that wait for a parent.</summary>
    public KeyValuePair<JobId, DependencyCondition>[] ChildrenOf(JobId parent) =>
        [.. _graph.ChildrenOf(parent).Concat(_staged.ChildrenOf(parent)).DistinctBy(child => child.Key)];

    public CommitResult Stage(JobCommit commit, SessionTable sessions)
    {
        if (WhyRefused(commit, sessions) is { } refusal)
        {
            return CommitResult.Refused(refusal);
        }

        foreach (JobChange change in commit.Changes)
        {
            if (change.After.State == JobState.AwaitingParents && change.Before.State != JobState.AwaitingParents)
            {
                Await(change, commit.Lease);
            }
            else
            {
                Put(change, commit.Lease);
            }

            if (commit.Lease is not null && !commit.KeepLease)
            {
                Released.Add(change.After.Id);
            }
        }

        IReadOnlyList<Job> added = Add(commit.Additions);
        FollowEdges();
        return CommitResult.Written([.. added.Select(job => Find(job.Id)!)]);
    }

    /// <summary>Moves a job on the store's own account.</summary>
    public void StageMove(JobChange change)
    {
        Put(change, null);
        FollowEdges();
    }

    private BalsamException? WhyRefused(JobCommit commit, SessionTable sessions)
    {
        if (commit.Lease is { } lease && sessions.WhyLost(lease) is { } lost)
        {
            return new LeaseLostException(lease.Session, lost);
        }

        foreach (JobChange change in commit.Changes)
        {
            JobId id = change.Before.Id;
            Job? stored = Find(id);
            if (stored is null || stored.Version != change.Before.Version)
            {
                return new JobConcurrencyException(id, change.Before.Version, stored?.Version ?? 0);
            }

            if (commit.Lease is { } held && (!sessions.Holds(held, id) || Released.Contains(id)))
            {
                return new LeaseLostException(held.Session, id);
            }

            if (CommitChecks.WhyIllegal(stored, change) is { } illegal)
            {
                return illegal;
            }
        }

        JobId missing = commit.Additions.SelectMany(addition => addition.Parents).Where(parent => parent.IsStored).Select(parent => parent.Stored)
            .FirstOrDefault(parent => Find(parent) is null);
        return missing == default ? null : new JobNotFoundException(missing);
    }

    private void Put(JobChange change, LeaseToken? author)
    {
        Write.Put(change.After);
        Authors[change.After.Id] = author;
        foreach (JobEvent step in change.Events)
        {
            Write.Append(step);
        }

        if (change.Before.State.IsFinal() || change.After.State.IsFinal())
        {
            _moved.Enqueue((change.After, change.Before.State, _moves++));
        }
    }

    private Job[] Add(IReadOnlyList<JobAddition> additions)
    {
        if (additions.Count == 0)
        {
            return [];
        }

        DateTimeOffset now = _time.GetUtcNow();
        long first = Write.LastId + 1;
        Write.LastId += additions.Count;
        var jobs = new Job[additions.Count];
        for (int i = 0; i < jobs.Length; i++)
        {
            ImmutableArray<JobDependency> parents = additions[i].Parents.IsEmpty
                ? []
                : [.. additions[i].Parents.Select(parent => new JobDependency(parent.IsStored ? parent.Stored : new JobId(first + parent.Index), parent.Condition)).DistinctBy(edge => edge.Parent)];
            jobs[i] = Job.Create(new JobId(first + i), additions[i], parents, now);
            Write.Insert(jobs[i]);
        }

        foreach (Job job in jobs)
        {
            Settle(job, now);
        }

        return jobs;
    }

    // A job that comes back to wait for its parents may find them all finished, or one of them failed.
    private void Await(JobChange change, LeaseToken? author)
    {
        DateTimeOffset now = _time.GetUtcNow();
        int pending = CountPending(change.After, out Job? broken);
        if (broken is not null)
        {
            change.Fail(JobTrigger.ParentFailed, now, DependencyRules.FailureOfChild(broken));
        }
        else if (pending == 0)
        {
            change.Apply(JobTrigger.ParentsFinished, now).Apply(JobTrigger.StagedIn, now);
        }
        else
        {
            StartWaiting(change.After, pending);
        }

        Put(change, author);
    }

    // A job with unfinished parents waits, even for a parent that has failed already: then FollowEdges fails it, and its history says so.
    private void Settle(Job job, DateTimeOffset now)
    {
        var change = new JobChange(job);
        int pending = CountPending(job, out Job? broken);
        if (pending == 0 && broken is null)
        {
            Proceed(change.Apply(JobTrigger.ParentsFinished, now), now);
            return;
        }

        change.Apply(JobTrigger.ParentsPending, now);
        StartWaiting(job, pending);
        if (broken is not null)
        {
            change.Fail(JobTrigger.ParentFailed, now, DependencyRules.FailureOfChild(broken));
        }

        Put(change, null);
    }

    // Without transfers to wait for, a job passes stage-in in the same write.
    private void Proceed(JobChange change, DateTimeOffset now) => Put(change.Apply(JobTrigger.StagedIn, now), null);

    // The count holds all moves so far, also those of which FollowEdges has not told the children yet: it must not count them again.
    private void StartWaiting(Job job, int pending)
    {
        _staged.Add(job, pending);
        _countedAt[job.Id] = _moves;
    }

    // A parent that was deleted is not waited for: nobody could ever end that wait.
    private int CountPending(Job job, out Job? broken)
    {
        int pending = 0;
        broken = null;
        foreach (JobDependency edge in job.Parents)
        {
            if (Find(edge.Parent) is not { } parent)
            {
                continue;
            }

            DependencyVerdict verdict = DependencyRules.Judge(edge.Condition, parent.State);
            pending += verdict == DependencyVerdict.Satisfied ? 0 : 1;
            broken ??= verdict == DependencyVerdict.Broken ? parent : null;
        }

        return pending;
    }

    private void FollowEdges()
    {
        while (_moved.TryDequeue(out (Job Parent, JobState Was, long Order) moved))
        {
            FollowEdges(moved.Parent, moved.Was, moved.Order);
            if (moved.Was.IsFinal() && moved.Parent.State != moved.Was)
            {
                BringBackChildren(moved.Parent);
            }
        }
    }

    private void FollowEdges(Job parent, JobState was, long order)
    {
        foreach ((JobId childId, DependencyCondition condition) in ChildrenOf(parent.Id))
        {
            if (Find(childId) is not { State: JobState.AwaitingParents } child || order < _countedAt.GetValueOrDefault(childId))
            {
                continue;
            }

            DependencyVerdict verdict = DependencyRules.Judge(condition, parent.State);
            int change = (verdict == DependencyVerdict.Satisfied ? -1 : 0) + (DependencyRules.Judge(condition, was) == DependencyVerdict.Satisfied ? 1 : 0);
            int pending = Pending(childId) + change;
            _staged.SetPending(childId, pending);
            DateTimeOffset now = _time.GetUtcNow();
            if (verdict == DependencyVerdict.Broken)
            {
                Put(new JobChange(child).Fail(JobTrigger.ParentFailed, now, DependencyRules.FailureOfChild(parent)), null);
            }
            else if (pending == 0)
            {
                Proceed(new JobChange(child).Apply(JobTrigger.ParentsFinished, now), now);
            }
        }
    }

    private void BringBackChildren(Job parent)
    {
        DateTimeOffset now = _time.GetUtcNow();
        IEnumerable<JobId> children = _publishedChildren(parent.Id).Concat(Write.Puts.Where(job => job.Parents.Any(edge => edge.Parent == parent.Id)))
            .Select(job => job.Id).Distinct().ToArray();
        foreach (JobId id in children)
        {
            if (Find(id) is not { State: JobState.Failed, Failure.Kind: FailureKind.ParentFailed } child || child.Parents.Any(edge => Find(edge.Parent) is null))
            {
                continue;
            }

            CountPending(child, out Job? broken);
            if (broken is null)
            {
                Await(new JobChange(child).Apply(JobTrigger.ParentRestarted, now, $"Parent {parent.Id} was restarted."), null);
            }
        }
    }
}
