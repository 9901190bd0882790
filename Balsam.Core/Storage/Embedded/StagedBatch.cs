using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Balsam.Storage.Embedded;

/// <summary>
/// Commits on their way to disk, on top of what is published: checks them, and adds what follows from them by the rules of the graph.
/// Nothing here is seen by anybody until the batch is durable.
/// </summary>
internal sealed partial class StagedBatch
{
    private const int ReadAhead = 1024;

    private readonly Func<JobId, Job?> _published;
    private readonly Func<IReadOnlyCollection<JobId>, IEnumerable<Job>> _publishedJobs;
    private readonly Func<JobId, JobState?> _publishedState;
    private readonly ChildLookup _publishedChildren;
    private readonly Func<IReadOnlyCollection<string>, IEnumerable<Job>> _publishedKeys;
    private readonly Dictionary<string, Job?> _keys = new(StringComparer.Ordinal);
    private readonly DependencyGraph _graph;
    private readonly DependencyGraph _staged = new();
    private readonly TimeProvider _time;
    private readonly Queue<(Job Parent, JobState Was, long Order)> _moved = [];
    private readonly Dictionary<JobId, long> _countedAt = [];
    private readonly Dictionary<JobId, List<JobId>> _newChildren = [];
    private readonly Dictionary<JobId, Job> _loaded = [];
    private readonly StagedBatch? _below;
    private long _moves;

    public StagedBatch(
        long lastId,
        long lastSequence,
        long lastEpoch,
        DependencyGraph graph,
        Func<JobId, Job?> published,
        Func<IReadOnlyCollection<JobId>, IEnumerable<Job>> publishedJobs,
        Func<JobId, JobState?> publishedState,
        ChildLookup publishedChildren,
        Func<IReadOnlyCollection<string>, IEnumerable<Job>> publishedKeys,
        TimeProvider time)
    {
        Write = new WriteBatch { LastId = lastId, LastSequence = lastSequence, LastEpoch = lastEpoch };
        _graph = graph;
        _published = published;
        _publishedJobs = publishedJobs;
        _publishedState = publishedState;
        _publishedChildren = publishedChildren;
        _publishedKeys = publishedKeys;
        _time = time;
    }

    private StagedBatch(StagedBatch below)
        : this(below.Write.LastId, below.Write.LastSequence, below.Write.LastEpoch, below._graph, below.Find, below._publishedJobs, below.StateOf, below._publishedChildren, below._publishedKeys, below._time) => _below = below;

    public WriteBatch Write { get; }

    /// <summary>The jobs that launchers let go of with their commits.</summary>
    public HashSet<JobId> Released { get; } = [];

    /// <summary>The ended jobs that launchers take hold of.</summary>
    public Dictionary<JobId, LeaseToken> Taken { get; } = [];

    /// <summary>The sessions that begin.</summary>
    public List<LauncherSession> Opened { get; } = [];

    /// <summary>The sessions that end.</summary>
    public HashSet<Session> Closed { get; } = [];

    /// <summary>The jobs that were changed, and the lease under which: no lease for users and for the graph.</summary>
    public Dictionary<JobId, LeaseToken?> Authors { get; } = [];

    public Job? Find(JobId id) => Write.Find(id) ?? (Write.IsDeleted(id) ? null : _loaded.GetValueOrDefault(id) ?? _published(id));

    /// <summary>The state of a job, without a read of it; null when there is none.</summary>
    public JobState? StateOf(JobId id) => Write.Find(id)?.State ?? (Write.IsDeleted(id) ? null : _publishedState(id));

    /// <summary>Reads published jobs that <see cref="Find"/> will be asked for, all at once, and where it can be while nobody else has to wait.</summary>
    public void Load(IEnumerable<JobId> ids)
    {
        if (_below is not null)
        {
            _below.Load(ids);
            return;
        }

        HashSet<JobId> missing = [.. ids.Where(id => !_loaded.ContainsKey(id))];
        foreach (Job job in missing.Count == 0 ? [] : _publishedJobs(missing))
        {
            _loaded.Add(job.Id, job);
        }
    }

    /// <summary>The children of a job that are published, ended ones too.</summary>
    public IEnumerable<JobId> PublishedChildrenOf(JobId parent) => _publishedChildren.Find(parent);

    /// <summary>The children of a job that are not published yet.</summary>
    public IEnumerable<JobId> NewChildrenOf(JobId parent) => (_newChildren.GetValueOrDefault(parent) ?? []).Concat(_below?.NewChildrenOf(parent) ?? []);

    /// <summary>Whether a launcher has let go of a job in this batch.</summary>
    public bool IsReleased(JobId id) => Released.Contains(id);

    /// <summary>A batch on top of this one, to be absorbed by it or dropped.</summary>
    public StagedBatch Fork() => new(this);

    /// <summary>Takes in what was staged on top; nothing may have been staged here since the fork.</summary>
    public void Absorb(StagedBatch fork)
    {
        Write.Take(fork.Write);
        foreach ((JobId child, int pending) in fork._staged.AllPending)
        {
            if (Find(child) is { State: JobState.AwaitingParents } waiting)
            {
                _staged.Add(waiting, pending);
            }
        }

        foreach ((JobId id, LeaseToken? author) in fork.Authors)
        {
            Authors[id] = author;
        }

        foreach (JobId child in fork._newChildren.Values.SelectMany(children => children).Distinct())
        {
            NoteParents(Find(child)!);
        }
    }

    /// <summary>How many parents a waiting job waits for, once the batch is published.</summary>
    public int Pending(JobId child) => _staged.IsWaiting(child) ? _staged.Pending(child) : _below?.Pending(child) ?? _graph.Pending(child);

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
        [.. (_below?.ChildrenOf(parent) ?? _graph.ChildrenOf(parent)).Concat(_staged.ChildrenOf(parent)).DistinctBy(child => child.Key)];

    /// <summary>Looks up who has some keys. What was looked up before a commit is staged need not be while others wait for it.</summary>
    public void LookUp(IEnumerable<string> keys)
    {
        HashSet<string> unknown = new(keys.Where(key => !_keys.ContainsKey(key)), StringComparer.Ordinal);
        foreach (Job job in unknown.Count == 0 ? [] : _publishedKeys(unknown))
        {
            _keys.Add(job.Key!, job);
            unknown.Remove(job.Key!);
        }

        foreach (string key in unknown)
        {
            _keys.Add(key, null);
        }
    }

    public CommitResult Stage(JobCommit commit, SessionTable sessions)
    {
        if (WhyRefused(commit, sessions) is { } refusal)
        {
            return CommitResult.Refused(refusal);
        }

        foreach (JobChange change in commit.Changes)
        {
            Place(change, commit.Lease);
            if (commit is { Lease: { } taker, TakesEnded: true })
            {
                Taken.Add(change.After.Id, taker);
            }
            else if (commit.Lease is not null && !commit.KeepLease)
            {
                Released.Add(change.After.Id);
            }
        }

        HashSet<JobId> existing = [];
        Job[] added = Add(commit.Additions, existing);
        Link(commit.Links, added);
        FollowEdges();
        return CommitResult.Written([.. added.Select(job => Write.Find(job.Id) ?? job)], existing);
    }

    /// <summary>Moves a job on the store's own account.</summary>
    public void StageMove(JobChange change)
    {
        Put(change, null);
        FollowEdges();
    }

    /// <summary>Changes a job on a user's account; <see cref="FollowEdges()"/> does what follows.</summary>
    public void Put(JobChange change) => Place(change, null);

    /// <summary>Does what follows from the moves so far by the rules of the graph.</summary>
    public void FollowEdges()
    {
        while (_moved.Count > 0)
        {
            List<JobId> restarted = [];
            while (_moved.TryDequeue(out (Job Parent, JobState Was, long Order) moved))
            {
                FollowEdges(moved.Parent, moved.Was, moved.Order);
                if (moved.Was.IsFinal() && moved.Parent.State != moved.Was)
                {
                    restarted.Add(moved.Parent.Id);
                }
            }

            BringBackChildren(restarted);
        }
    }

    private void Place(JobChange change, LeaseToken? author)
    {
        if (change.After.State == JobState.AwaitingParents && change.Before.State != JobState.AwaitingParents)
        {
            Await(change, author);
        }
        else
        {
            Put(change, author);
        }
    }

    /// <summary>The session of a lease that is valid, and that nobody has ended in this batch.</summary>
    /// <exception cref="LeaseLostException">There is none.</exception>
    public Session Demand(LeaseToken lease, SessionTable sessions) => WhyLost(lease, sessions) is { } lost ? throw lost : sessions.Demand(lease);

    private LeaseLostException? WhyLost(LeaseToken lease, SessionTable sessions) =>
        (sessions.WhyLost(lease) ?? (Closed.Any(session => session.Launcher.Token == lease) ? SessionTable.Ended : null)) is { } reason ? new LeaseLostException(lease.Session, reason) : null;

    private bool IsFree(Job stored, SessionTable sessions) => stored.State.IsFinal() && sessions.HolderOf(stored.Id) is null && !Taken.ContainsKey(stored.Id);

    private BalsamException? WhyRefused(JobCommit commit, SessionTable sessions)
    {
        if (commit.Lease is { } lease && WhyLost(lease, sessions) is { } lost)
        {
            return lost;
        }

        foreach (JobChange change in commit.Changes)
        {
            JobId id = change.Before.Id;
            Job? stored = Find(id);
            if (stored is null || stored.Version != change.Before.Version)
            {
                return new JobConcurrencyException(id, change.Before.Version, stored?.Version ?? 0);
            }

            if (commit.Lease is { } held && !(commit.TakesEnded ? IsFree(stored, sessions) : sessions.Holds(held, id) && !Released.Contains(id)))
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
        return missing == default ? WhyUnlinkable(commit) : new JobNotFoundException(missing);
    }

    private void Put(JobChange change, LeaseToken? author)
    {
        Write.Put(change.After);
        if (change.After.Parents != change.Before.Parents)
        {
            NoteParents(change.After);
            Write.Relink(change.After.Id);
        }

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

    private void NoteParents(Job child)
    {
        foreach (JobDependency edge in child.Parents)
        {
            ref List<JobId>? children = ref CollectionsMarshal.GetValueRefOrAddDefault(_newChildren, edge.Parent, out _);
            (children ??= []).Add(child.Id);
        }
    }

    private Job[] Add(IReadOnlyList<JobAddition> additions, HashSet<JobId> existing)
    {
        if (additions.Count == 0)
        {
            return [];
        }

        LookUp(additions.Select(addition => addition.Key).OfType<string>());
        DateTimeOffset now = _time.GetUtcNow();
        Job?[] owners = [.. additions.Select(addition => OwnerOf(addition.Key))];
        JobId[] ids = [.. owners.Select(owner => owner?.Id ?? new JobId(++Write.LastId))];
        var jobs = new Job[additions.Count];
        for (int i = 0; i < jobs.Length; i++)
        {
            jobs[i] = owners[i] ?? Job.Create(ids[i], additions[i], ParentsOf(additions[i], ids), now);
            if (owners[i] is not null)
            {
                existing.Add(ids[i]);
                continue;
            }

            Write.Insert(jobs[i]);
            NoteParents(jobs[i]);
            if (jobs[i].Key is { } key)
            {
                _keys[key] = jobs[i];
            }
        }

        foreach (Job job in jobs.Where((_, i) => owners[i] is null))
        {
            Settle(job, now);
        }

        return jobs;
    }

    private Job? OwnerOf(string? key) =>
        key is null || _keys[key] is not { } owner || Write.IsDeleted(owner.Id) ? null : Write.Find(owner.Id) ?? owner;

    private static ImmutableArray<JobDependency> ParentsOf(JobAddition addition, JobId[] siblings) => addition.Parents.IsEmpty
        ? []
        : [.. addition.Parents.Select(parent => new JobDependency(parent.IsStored ? parent.Stored : siblings[parent.Index], parent.Condition)).DistinctBy(edge => edge.Parent)];

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
            PassStageIn(change.Apply(JobTrigger.ParentsFinished, now), now);
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

    private void Proceed(JobChange change, DateTimeOffset now) => Put(PassStageIn(change, now), null);

    // Without anything to be brought in, a job passes stage-in in the same write.
    private static JobChange PassStageIn(JobChange change, DateTimeOffset now) => change.After.NeedsStageIn ? change : change.Apply(JobTrigger.StagedIn, now);

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
            if (StateOf(edge.Parent) is not { } parent)
            {
                continue;
            }

            DependencyVerdict verdict = DependencyRules.Judge(edge.Condition, parent);
            pending += verdict == DependencyVerdict.Satisfied ? 0 : 1;
            broken ??= verdict == DependencyVerdict.Broken ? Find(edge.Parent) : null;
        }

        return pending;
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

    // Each child is looked at once, when all moves so far are known: with many parents that are restarted together, once for each of them would be quadratic.
    private void BringBackChildren(List<JobId> parents)
    {
        DateTimeOffset now = _time.GetUtcNow();
        Dictionary<JobId, JobId> parentOf = [];
        foreach (JobId parent in parents)
        {
            foreach (JobId child in _publishedChildren.Find(parent).Concat(NewChildrenOf(parent)).Where(child => StateOf(child) == JobState.Failed))
            {
                parentOf.TryAdd(child, parent);
            }
        }

        LoadWithDescendants(parentOf.Keys);
        foreach ((JobId id, JobId parent) in parentOf)
        {
            if (Find(id) is not { State: JobState.Failed, Failure.Kind: FailureKind.ParentFailed } child || child.Parents.Any(edge => StateOf(edge.Parent) is null))
            {
                continue;
            }

            CountPending(child, out Job? broken);
            if (broken is null)
            {
                Await(new JobChange(child).Apply(JobTrigger.ParentRestarted, now, $"Parent {parent} was restarted."), null);
            }
        }
    }

    // Whoever comes back brings its failed children back in turn: a long chain is read in pages, not job by job.
    private void LoadWithDescendants(Dictionary<JobId, JobId>.KeyCollection jobs)
    {
        if (jobs.All(IsLoaded))
        {
            return;
        }

        HashSet<JobId> wanted = [.. jobs];
        Queue<JobId> open = new(jobs);
        while (wanted.Count < jobs.Count + ReadAhead && open.TryDequeue(out JobId job))
        {
            foreach (JobId child in _publishedChildren.Find(job).Where(child => StateOf(child) == JobState.Failed && wanted.Add(child)))
            {
                open.Enqueue(child);
            }
        }

        Load(wanted);
    }

    private bool IsLoaded(JobId id) => Write.Find(id) is not null || _loaded.ContainsKey(id) || _below?.IsLoaded(id) == true;
}
