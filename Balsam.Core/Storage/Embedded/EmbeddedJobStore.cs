using System.Globalization;

namespace Balsam.Storage.Embedded;

/// <summary>
/// The engine of stores that live inside one process: one writer at a time with group commit; active jobs, states, the run queues and leases in memory.
/// A store on top of it only loads, writes batches durably, and reads.
/// </summary>
/// <remarks>
/// The writer takes whatever has queued up while the last batch was written: no timer. What a batch changes is published only once it is durable, so
/// that nobody sees a state that a crash could take back.
/// </remarks>
public abstract partial class EmbeddedJobStore : IJobStore
{
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly WriteQueue _queue;
    private readonly SessionTable _sessions;
    // Never disposed, so that a call after DisposeAsync meets the store's own error.
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly Dictionary<JobId, Job> _active = [];
    private DependencyGraph _graph = new();
    private ReadyQueues _ready = new();
    private StateMap _states = new();
    private long _lastId;
    private long _lastSequence;
    private long _lastEpoch;
    // Claims that came while jobs which they could take are being changed, in their order; null while nothing of the kind is on its way.
    private List<WaitingClaim>? _withheld;
    // Releases that came while a write was on its way: it may rest on what they give back, so nobody is told that they are done before it can be seen.
    private readonly List<Action> _releases = [];
    private WriteBatch? _writing;
    // Ends with the write; null while nobody waits for that.
    private TaskCompletionSource? _written;
    private long _publications;
    private volatile bool _isOpen;
    private volatile bool _isClosed;
    private bool _mustReload;
    private TaskCompletionSource _eventsCame = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Makes the engine; nothing is opened yet.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="writesAtOnce">
    /// Whether a write waits for nothing, no disk and no network: it is then done on the thread of a caller, one at a time, rather than on a writer thread.
    /// </param>
    protected EmbeddedJobStore(TimeProvider time, bool writesAtOnce = false)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _sessions = new SessionTable(time, _gate);
        _queue = new WriteQueue(Process, writesAtOnce, Closed, Failed);
    }

    /// <inheritdoc/>
    public abstract string Description { get; }

    /// <summary>How long closing waits for a write that hangs, by the real clock: it is for disks.</summary>
    /// <value>30 seconds, unless the store says otherwise.</value>
    protected virtual TimeSpan ClosePatience => TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (_isOpen)
        {
            return;
        }

        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_isOpen)
            {
                await _queue.RunAsync(() =>
                {
                    Reload();
                    return true;
                }).ConfigureAwait(false);
                _isOpen = true;
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Finishes the writes that have been asked for, and closes the store. A write that hangs is waited for, but not longer than <see cref="ClosePatience"/>.</summary>
    /// <returns>A task that ends when the store is closed.</returns>
    /// <exception cref="StoreException">A write hangs; its thread is left behind. What was acknowledged is safe: the store can be opened again by another process.</exception>
    public async ValueTask DisposeAsync()
    {
        Task closed = _queue.CloseAsync(Shut);
        try
        {
            await closed.WaitAsync(ClosePatience, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!closed.IsCompleted)
        {
            throw new StoreException(
                StoreErrorKind.Unavailable,
                $"The store ({Description}) was left open: a write has not come back within {ClosePatience.TotalSeconds.ToString(CultureInfo.InvariantCulture)} seconds. What was acknowledged is safe; look at the disk that the store is on, then start again.");
        }
        finally
        {
            Leave();
        }

        GC.SuppressFinalize(this);
    }

    private void Leave()
    {
        lock (_gate)
        {
            _isClosed = true;
            _isOpen = false;
            _eventsCame.TrySetException(Closed());
            _ = _eventsCame.Task.Exception;
            _sessions.WakeAll();
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CommitResult>> CommitAsync(IReadOnlyList<JobCommit> commits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(commits);
        CommitChecks.DemandSound(commits);
        DemandOpen();
        string[] keys = commits.All(commit => commit.Additions.Count == 0) ? [] : [.. commits.SelectMany(commit => commit.Additions).Select(addition => addition.Key).OfType<string>()];
        return await _queue.WriteAsync(batch => commits.Select(commit => batch.Stage(commit, _sessions)).ToArray(), cancellationToken, batch => batch.LookUp(keys)).ConfigureAwait(false);
    }

    /// <summary>Says whether what is underneath can no longer be read and has to be loaded again; a failed write does so in any case.</summary>
    protected virtual bool MustReload => false;

    /// <summary>Opens what is underneath and reads the start of the working set. Called in the place of the writer, again after a failed write.</summary>
    /// <returns>What is known.</returns>
    /// <exception cref="StoreException">It cannot be opened.</exception>
    protected abstract StoreImage Load();

    /// <summary>Writes a batch: it is durable when the call returns, and absent when it throws and the store is loaded again. Called by one writer at a time: a thread that does nothing else, or a caller (<c>writesAtOnce</c>).</summary>
    /// <param name="batch">The batch.</param>
    protected abstract void Write(WriteBatch batch);

    /// <summary>Reads a job. Called from any thread.</summary>
    /// <param name="id">Its number.</param>
    /// <returns>The job; null when there is none.</returns>
    protected abstract Job? Read(JobId id);

    /// <summary>Reads some jobs, in any order; those that there are not are left out. Called from any thread.</summary>
    /// <param name="ids">Their numbers, each once.</param>
    /// <returns>The jobs.</returns>
    protected virtual IEnumerable<Job> ReadMany(IReadOnlyCollection<JobId> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return ids.Select(Read).OfType<Job>();
    }

    /// <summary>Reads the jobs that have a parent. Called from any thread.</summary>
    /// <param name="parent">The parent.</param>
    /// <returns>The children.</returns>
    protected abstract IEnumerable<Job> ReadChildren(JobId parent);

    /// <summary>Reads which jobs have which parents: every edge of the store, in any order. Called from any thread, when the children of very many jobs are asked for.</summary>
    /// <returns>The edges; their parents are numbers of jobs.</returns>
    protected virtual IEnumerable<JobLink> ReadEdges() =>
        Scan(new HasParentsFilter(), false).SelectMany(static job => job.Parents.Select(edge => new JobLink(job.Id, ParentReference.To(edge.Parent, edge.Condition))));

    /// <summary>Reads the jobs that may meet a condition, by number, rising or falling: all that do, and perhaps others. Called from any thread.</summary>
    /// <param name="filter">The condition.</param>
    /// <param name="descending">Whether the largest number comes first.</param>
    /// <returns>The jobs.</returns>
    protected abstract IEnumerable<Job> Scan(JobFilter filter, bool descending);

    /// <summary>Which part of a condition <see cref="Scan"/> answers by an index.</summary>
    /// <param name="filter">The condition.</param>
    /// <returns>The part; null when the scan passes over every job.</returns>
    protected abstract JobFilter? FindIndexed(JobFilter filter);

    /// <summary>Reads events in order. Called from any thread.</summary>
    /// <param name="after">The number of the last event already seen.</param>
    /// <param name="limit">How many at most.</param>
    /// <returns>The events.</returns>
    protected abstract IReadOnlyList<JobEvent> ReadEvents(long after, int limit);

    /// <summary>Reads events against their order. Called from any thread.</summary>
    /// <param name="before">The number that all of them are below.</param>
    /// <param name="limit">How many at most.</param>
    /// <returns>The events, newest first.</returns>
    protected abstract IReadOnlyList<JobEvent> ReadEventsBefore(long before, int limit);

    /// <summary>Reads the events of one job in order. Called from any thread.</summary>
    /// <param name="id">The job.</param>
    /// <returns>The events.</returns>
    protected abstract IReadOnlyList<JobEvent> ReadHistory(JobId id);

    /// <summary>Closes what is underneath. Called in the place of the writer, once.</summary>
    protected abstract void Shut();

    private static StoreException AsStoreException(Exception exception, string description) => exception as StoreException ?? new StoreException(
        StoreErrorKind.Unavailable, $"The store ({description}) could not write: {exception.Message} Nothing of this call is known to be stored; try again once the cause is gone.", exception);

    private void DemandOpen()
    {
        if (!_isOpen)
        {
            throw _isClosed ? Closed() : new StoreException(StoreErrorKind.Unavailable, $"The store ({Description}) is not open. Call OpenAsync first.");
        }
    }

    private StoreException Failed(Exception cause) => new(
        StoreErrorKind.Failed,
        $"The writer of the store ({Description}) failed: {cause.Message.TrimEnd('.')}. What was acknowledged is safe, what was being written may be stored or not. Start the process again.", cause);

    private StoreException Closed() => new(StoreErrorKind.Unavailable, $"The store ({Description}) was closed.");

    // The heart of the writer: stage everything that queued up, write it once, publish, answer.
    private void Process(List<IWriteRequest> requests)
    {
        StagedBatch? batch = null;
        try
        {
            if (_mustReload)
            {
                Reload();
            }

            batch = new StagedBatch(_lastId, _lastSequence, _lastEpoch, _graph, FindPublished, FindPublished, id => _states[id.Value], NewChildLookup(), FindKeyed, _time);
            requests.ForEach(request => request.Prepare(batch));
            WithholdClaims();
            requests.ForEach(request => request.Stage(batch));
            if (!batch.Write.IsEmpty)
            {
                _launchers.Complete(batch.Write);
            }

            LetClaimWhatStays(batch.Write);
            if (!batch.Write.IsEmpty)
            {
                Write(batch.Write);
            }

            lock (_gate)
            {
                Publish(batch);
            }

            requests.ForEach(request => request.Acknowledge());
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _mustReload = true;
            StoreException failure = AsStoreException(exception, Description);
            EndSessions(batch);
            TryReload();
            requests.ForEach(request => request.Fail(failure));
        }
        finally
        {
            LetClaim();
        }
    }

    // Under the gate: whether something is being staged, or written.
    private bool IsWriteUnderway => _writing is { IsEmpty: false } || (_writing is null && _withheld is not null);

    // Staging may find a job held by nobody and change it for that: nobody must claim it meanwhile. Reads go on, for only this thread changes what they see.
    private void WithholdClaims()
    {
        lock (_gate)
        {
            _withheld = [];
        }
    }

    // Nobody claims a job as it was while a change of it is on its way to disk: a hook would be called for what is no more.
    private void LetClaimWhatStays(WriteBatch write)
    {
        lock (_gate)
        {
            _writing = write;
            if (!write.Puts.Select(job => job.Id).Concat(write.Deletes).Any(id => _active.TryGetValue(id, out Job? job) && IsReady(job)))
            {
                AnswerClaims();
            }
        }
    }

    // Written or not: whoever asked for it is gone.
    private void EndSessions(StagedBatch? batch)
    {
        lock (_gate)
        {
            foreach (Session session in batch?.Closed ?? [])
            {
                _sessions.Close(session);
            }
        }
    }

    private void LetClaim()
    {
        lock (_gate)
        {
            _writing = null;
            _written?.TrySetResult();
            _written = null;
            _releases.ForEach(static release => release());
            _releases.Clear();
            AnswerClaims();
        }
    }

    // Here, before the next write begins: however many writes follow each other, a claim waits for one of them at most.
    private void AnswerClaims()
    {
        List<WaitingClaim> claims = _withheld ?? [];
        _withheld = null;
        claims.ForEach(claim => claim.Answer(Take, GiveBack));
    }

    private ChildLookup NewChildLookup() => new(ReadChildren, ReadEdges, _lastId);

    private IEnumerable<Job> FindPublished(IReadOnlyCollection<JobId> ids)
    {
        List<JobId> stored = [];
        foreach (JobId id in ids)
        {
            if (_active.TryGetValue(id, out Job? job))
            {
                yield return job;
            }
            else if (_states[id.Value] is not null)
            {
                stored.Add(id);
            }
        }

        foreach (Job job in ReadMany(stored))
        {
            yield return job;
        }
    }

    private Job? FindPublished(JobId id) => _active.GetValueOrDefault(id) ?? (_states[id.Value] is null ? null : Read(id));

    // On the writer's thread, everything written is published.
    private IEnumerable<Job> FindKeyed(IReadOnlyCollection<string> keys)
    {
        var filter = new KeyFilter([.. keys]);
        return Scan(filter, false).Where(filter.Matches);
    }

    // Before the callers are told, so that they can read where they cannot write: on a full disk, for example. If it fails, the next write tries again, and says why.
    private void TryReload()
    {
        try
        {
            Reload();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _mustReload = true;
        }
    }

    private void Reload()
    {
        StoreImage image = Load();
        lock (_gate)
        {
            _states = image.States;
            _lastId = image.LastId;
            _lastSequence = Math.Max(_lastSequence, image.LastSequence);
            _lastEpoch = Math.Max(_lastEpoch, image.LastEpoch);
            _launchers.Load(image.Launchers, _sessions.IsOpen, () => LastEventAt(image.LastSequence));
            _applications.Load(image.Applications);
            _active.Clear();
            _graph = new DependencyGraph();
            _ready = new ReadyQueues();
            foreach (Job job in image.ActiveJobs)
            {
                _active.Add(job.Id, job);
            }

            DateTimeOffset now = _time.GetUtcNow();
            List<(Job Job, int Pending)> waiting = [];
            foreach (Job job in _active.Values)
            {
                if (job.State == JobState.AwaitingParents)
                {
                    waiting.Add((job, job.Parents.Count(edge => _states[edge.Parent.Value] is { } state && DependencyRules.Judge(edge.Condition, state) != DependencyVerdict.Satisfied)));
                }
                else if (IsReady(job))
                {
                    _ready.Add(job, now);
                }
            }

            AddToGraph(waiting);
        }

        _mustReload = false;
    }

    private DateTimeOffset? LastEventAt(long lastSequence) => ReadEvents(lastSequence - 1, 1) is [var last, ..] ? last.At : null;

    private bool IsReady(Job job) => JobStates.Claimable.Contains(job.State) && _sessions.HolderOf(job.Id) is null;

    private void Publish(StagedBatch batch)
    {
        _publications++;
        _lastId = batch.Write.LastId;
        _lastEpoch = batch.Write.LastEpoch;
        batch.Opened.ForEach(_sessions.Open);
        foreach ((JobId id, LeaseToken taker) in batch.Taken)
        {
            _sessions.Hold(taker, id);
        }

        _launchers.Publish(batch.Write);
        _applications.Publish(batch.Write);
        DateTimeOffset now = _time.GetUtcNow();
        HashSet<SiteName> awake = [];
        List<(Job Job, int Pending)> waiting = [];
        foreach (Job job in batch.Write.Puts)
        {
            int pending = job.State == JobState.AwaitingParents ? batch.Pending(job.Id) : 0;
            Unpublish(job.Id);
            _states.Set(job.Id.Value, job.State);
            TellHolder(batch, job.Id);
            if (!job.State.IsFinal())
            {
                _active[job.Id] = job;
            }

            if (job.State == JobState.AwaitingParents)
            {
                waiting.Add((job, pending));
            }
        }

        AddToGraph(waiting);
        foreach (JobId id in batch.Write.Deletes)
        {
            Unpublish(id);
            _states.Set(id.Value, null);
        }

        foreach (Session session in batch.Closed)
        {
            batch.Released.UnionWith(_sessions.Close(session));
        }

        foreach (JobId id in batch.Released)
        {
            _sessions.Release(id);
        }

        foreach (JobId id in batch.Write.Puts.Select(job => job.Id).Concat(batch.Released))
        {
            if (_active.TryGetValue(id, out Job? job) && IsReady(job))
            {
                _ready.Add(job, now);
                awake.Add(job.Site);
            }
        }

        foreach (SiteName site in awake)
        {
            _sessions.WakeAll(site);
        }

        // Pending counts of children that still wait, but were not written themselves.
        batch.PublishPending(_graph);
        if (batch.Write.LastSequence > _lastSequence)
        {
            _lastSequence = batch.Write.LastSequence;
            TaskCompletionSource came = _eventsCame;
            _eventsCame = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            came.TrySetResult();
        }
    }

    // The last first: children mostly come after their parents.
    private void AddToGraph(List<(Job Job, int Pending)> waiting)
    {
        for (int i = waiting.Count - 1; i >= 0; i--)
        {
            _graph.Add(waiting[i].Job, waiting[i].Pending);
            _graph.TellParents(waiting[i].Job);
        }
    }

    private void Unpublish(JobId id)
    {
        if (_active.Remove(id, out Job? before))
        {
            _ready.Remove(before);
            _graph.Remove(before);
        }
    }

    private void TellHolder(StagedBatch batch, JobId id)
    {
        if (_sessions.HolderOf(id) is { } holder && batch.Authors.TryGetValue(id, out LeaseToken? author) && author != holder.Launcher.Token)
        {
            holder.TellChanged(id);
        }
    }
}
