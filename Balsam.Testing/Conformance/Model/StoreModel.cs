namespace Balsam.Testing.Conformance.Model;

/// <summary>The contract in its plainest form: dictionaries, and rules applied over and over until nothing changes.</summary>
internal sealed class StoreModel
{
    private readonly SortedDictionary<JobId, ModelJob> _jobs = [];

    public List<ModelSession> Sessions { get; } = [];

    public IReadOnlyCollection<ModelJob> Jobs => _jobs.Values;

    /// <summary>The highest number given so far.</summary>
    public long LastId { get; private set; }

    public ModelJob? Find(JobId id) => _jobs.GetValueOrDefault(id);

    /// <summary>The highest epoch given so far.</summary>
    public long LastEpoch { get; set; }

    /// <summary>A model that is equal and shares nothing that changes.</summary>
    public StoreModel Copy()
    {
        var copy = new StoreModel { LastId = LastId, LastEpoch = LastEpoch };
        copy.Sessions.AddRange(Sessions.Select(session => session.Copy()));
        foreach (ModelJob job in _jobs.Values)
        {
            ModelJob other = job.Copy();
            other.Holder = job.Holder is { } holder ? copy.Sessions.First(session => session.Token == holder.Token) : null;
            copy._jobs.Add(other.Id, other);
        }

        return copy;
    }

    /// <summary>Everything that a later command can depend on, as text: equal for models that behave alike.</summary>
    public string Describe() => FormattableString.Invariant($"{LastId} {LastEpoch} ")
        + string.Join(' ', Sessions.Select(session => FormattableString.Invariant($"s{session.Token.Epoch}@{session.Expires.UtcTicks}"))) + " "
        + string.Join(' ', _jobs.Values.Select(job => FormattableString.Invariant(
            $"{job.Id}:{job.State}:{(job.IsVersionKnown ? "" : "≥")}{job.Version}:{job.Priority}:{job.Holder?.Token.Epoch}:{job.FailedWithParent}:{job.IsPreprocessed}:{job.Key}")));

    public void BeginCommand()
    {
        foreach (ModelJob job in _jobs.Values)
        {
            (job.Before, job.Touched, job.Shaken, job.IsTold) = (job.State, false, false, false);
        }
    }

    /// <summary>After a command: the versions of jobs that it moved, and that nobody was told, are known to have risen and no more.</summary>
    public void EndCommand()
    {
        foreach (ModelJob job in _jobs.Values.Where(job => (job.MustRise || job.Shaken) && !job.IsTold))
        {
            (job.Version, job.IsVersionKnown) = (job.MustRise ? job.Version + 1 : job.Version, false);
        }
    }

    public void Add(IEnumerable<ModelJob> jobs)
    {
        foreach (ModelJob job in jobs)
        {
            job.State = JobState.AwaitingParents;
            job.Touched = true;
            _jobs.Add(job.Id, job);
            LastId = Math.Max(LastId, job.Id.Value);
        }

        Settle();
    }

    public void Move(JobId id, IEnumerable<JobTrigger> triggers)
    {
        ModelJob job = _jobs[id];
        foreach (JobTrigger trigger in triggers)
        {
            job.State = JobTransitions.TryGetNext(job.State, trigger, out JobState to) ? to : throw new ConformanceException($"The model was given an illegal move: {job.State} {trigger}.");
            job.IsPreprocessed |= trigger == JobTrigger.Preprocessed;
            job.NotBefore = trigger == JobTrigger.Started ? null : job.NotBefore;
        }

        job.FailedWithParent = false;
        job.Touched = true;
    }

    /// <summary>Moves jobs at once, each by the state in which it is, then applies the rules; gives those that are where they were not before.</summary>
    public IReadOnlyList<JobId> MoveAll(IReadOnlyList<JobId> ids, Func<JobState, IEnumerable<JobTrigger>> way)
    {
        (ModelJob Job, JobState Was, JobTrigger[] Way)[] jobs = [.. ids.Select(Find).OfType<ModelJob>().Select(job => (job, job.State, way(job.State).ToArray()))];
        foreach ((ModelJob job, _, JobTrigger[] steps) in jobs.Where(each => each.Way.Length > 0))
        {
            Move(job.Id, steps);
        }

        Settle();
        return [.. jobs.Where(each => each.Way.Length > 0 || each.Job.State != each.Was).Select(each => each.Job.Id)];
    }

    /// <summary>Why a waiting job cannot be given parents; null when it was given those that it had not yet.</summary>
    public AddParentsProblemKind? Link(JobId child, IReadOnlyList<(JobId Parent, DependencyCondition Condition)> parents)
    {
        if (Find(child) is not { } job)
        {
            return AddParentsProblemKind.ChildNotFound;
        }

        if (job.State != JobState.AwaitingParents)
        {
            return AddParentsProblemKind.ChildNotWaiting;
        }

        if (parents.Any(edge => Find(edge.Parent) is null))
        {
            return AddParentsProblemKind.ParentNotFound;
        }

        if (parents.Any(edge => edge.Parent == child || Find(edge.Parent)!.IsBelow(child, Find)))
        {
            return AddParentsProblemKind.Cycle;
        }

        (JobId Parent, DependencyCondition Condition)[] added = [.. parents.Where(edge => job.Parents.All(known => known.Parent != edge.Parent)).DistinctBy(edge => edge.Parent)];
        job.Parents = [.. job.Parents, .. added];
        job.Touched |= added.Length > 0;
        Settle();
        return null;
    }

    /// <summary>Applies the rules of the graph until nothing changes any more.</summary>
    public void Settle()
    {
        while (_jobs.Values.Any(SettleOne))
        {
        }
    }

    public IEnumerable<ModelJob> Claimable(ModelSession session, DateTimeOffset now) => _jobs.Values
        .Where(job => job.Holder is null && job.Site == session.Site && JobStates.Claimable.Contains(job.State) && (job.NotBefore is null || job.NotBefore <= now))
        .OrderByDescending(job => job.Priority).ThenBy(job => job.Id);

    /// <summary>Ends a session; gives the jobs that ran under it.</summary>
    public IReadOnlyList<JobId> Close(ModelSession session)
    {
        Sessions.Remove(session);
        ModelJob[] held = [.. _jobs.Values.Where(job => job.Holder == session)];
        ModelJob[] running = [.. held.Where(job => job.State == JobState.Running)];
        Array.ForEach(held, job => job.Holder = null);
        Array.ForEach(running, job => Move(job.Id, [JobTrigger.RunTimedOut]));
        return [.. running.Select(job => job.Id)];
    }

    public IReadOnlyList<JobId> Recover(SiteName site, DateTimeOffset now)
    {
        List<JobId> recovered = [.. Sessions.Where(session => session.Site == site && session.Expires < now).ToArray().SelectMany(Close)];
        foreach (ModelJob orphan in _jobs.Values.Where(job => job.Site == site && job.State == JobState.Running && job.Holder is null).ToArray())
        {
            Move(orphan.Id, [JobTrigger.RunTimedOut]);
            recovered.Add(orphan.Id);
        }

        return recovered;
    }

    /// <summary>Deletes what can be deleted; gives what went, and what was meant to go and did not.</summary>
    public (IReadOnlyList<JobId> Gone, IReadOnlyList<JobId> Kept) Delete(IReadOnlyList<JobId> ids, bool cascade)
    {
        HashSet<JobId> meant = [.. ids.Where(id => Find(id) is not null)];
        for (int before = 0; cascade && before < meant.Count;)
        {
            before = meant.Count;
            meant.UnionWith(_jobs.Values.Where(job => job.Parents.Any(edge => meant.Contains(edge.Parent))).Select(job => job.Id).ToArray());
        }

        HashSet<JobId> going = [.. meant.Where(id => Find(id) is { Holder: null, State: not JobState.Running })];
        while (going.RemoveWhere(id => _jobs.Values.Any(job =>
            !going.Contains(job.Id) && (job.State == JobState.AwaitingParents || cascade) && job.Parents.Any(edge => edge.Parent == id))) > 0)
        {
        }

        foreach (JobId id in going)
        {
            _jobs.Remove(id);
        }

        return ([.. going], [.. meant.Union(ids).Except(going)]);
    }

    /// <summary>Sends jobs back to wait for their parents, in waves: all that can go, then what follows, as long as that brings anything; gives what went.</summary>
    public IReadOnlyList<JobId> SendBack(IReadOnlyList<JobId> ids)
    {
        (ModelJob Job, JobState Was)[] before = [.. ids.Select(Find).OfType<ModelJob>().Select(job => (job, job.State))];
        HashSet<ModelJob> sent = [];
        List<ModelJob> wave;
        do
        {
            wave = [];
            while (ids.Select(Find).FirstOrDefault(CanGoBack) is { } next)
            {
                Move(next.Id, [JobTrigger.ParentRestarted]);
                wave.Add(next);
            }

            sent.UnionWith(wave);
            wave.ForEach(job => SettleOne(job));
            Settle();
        }
        while (wave.Count > 0);
        return [.. before.Where(each => each.Job.State != each.Was || sent.Contains(each.Job)).Select(each => each.Job.Id)];
    }

    private bool CanGoBack(ModelJob? job) => job is { State: JobState.Failed }
        && job.Parents.All(edge => Find(edge.Parent) is { } parent && !Breaks(edge.Condition, parent.State));

    private bool SettleOne(ModelJob job)
    {
        JobState[] parents = [.. job.Parents.Select(edge => Find(edge.Parent)?.State ?? default)];
        bool broken = job.Parents.Zip(parents).Any(edge => Breaks(edge.First.Condition, edge.Second));
        bool satisfied = job.Parents.Zip(parents).All(edge => edge.Second == default || Satisfies(edge.First.Condition, edge.Second));
        JobState next = job.State switch
        {
            JobState.AwaitingParents when broken => JobState.Failed,
            JobState.AwaitingParents when satisfied => JobState.StagedIn,
            JobState.Failed when job.FailedWithParent && !broken && !parents.Contains(default) => JobState.AwaitingParents,
            _ => job.State,
        };
        if (next == job.State)
        {
            return false;
        }

        job.State = next;
        job.FailedWithParent = next == JobState.Failed;
        job.Shaken = true;
        return true;
    }

    private static bool Breaks(DependencyCondition condition, JobState parent) =>
        (condition == DependencyCondition.Success && parent == JobState.Failed) || (condition == DependencyCondition.Failure && parent == JobState.JobFinished);

    private static bool Satisfies(DependencyCondition condition, JobState parent) => parent switch
    {
        JobState.JobFinished => condition != DependencyCondition.Failure,
        JobState.Failed => condition is DependencyCondition.Failure or DependencyCondition.Either,
        _ => false,
    };
}
