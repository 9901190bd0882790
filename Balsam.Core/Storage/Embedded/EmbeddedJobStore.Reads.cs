using System.Collections.Immutable;

namespace Balsam.Storage.Embedded;

/// <content>Reads: from memory where the working set knows, else from what is underneath.</content>
public abstract partial class EmbeddedJobStore
{
    // So few jobs are read one by one, or kept in memory, without a second thought.
    private const int FewJobs = 4096;

    private const int FirstPage = 4;
    private const int LargestPage = 1024;

    // After so many looks that found a commit half seen, a read of several jobs queues up with the writes.
    private const int MostLooks = 3;

    /// <inheritdoc/>
    public Task<IReadOnlyList<Job>> FindAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        DemandOpen();
        var active = new Job[ids.Count];
        lock (_gate)
        {
            int found = 0;
            while (found < active.Length && _active.TryGetValue(ids[found], out Job? job))
            {
                active[found++] = job;
            }

            if (found == active.Length)
            {
                return Task.FromResult<IReadOnlyList<Job>>(active);
            }
        }

        return FindTogetherAsync(ids, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Job>> QueryAsync(JobSelector selector, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(selector);
        DemandOpen();
        return ReadingPublished<IReadOnlyList<Job>>(
            () =>
            {
                bool byId = selector.OrderBy == JobField.Id;
                IEnumerable<Job> matching = Candidates(selector.Filter, byId && selector.Descending).TakeWhile(_ => !cancellationToken.IsCancellationRequested).Where(selector.Filter.Matches);
                Job[] page = [.. (byId ? matching : First(matching, selector)).Skip(selector.Skip).Take(selector.Take)];
                cancellationToken.ThrowIfCancellationRequested();
                return page;
            },
            (write, page) => MayHaveSeen(write, selector.Filter, selector.Skip == 0 ? page : null),
            cancellationToken);
    }

    /// <inheritdoc/>
    public string DescribePlan(JobSelector selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        (JobAccess access, JobFilter? indexed) = Choose(selector.Filter);
        return string.Join(Environment.NewLine, EmbeddedPlan.Describe(selector, access, indexed));
    }

    /// <inheritdoc/>
    public Task<JobCounts> CountAsync(JobFilter filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        DemandOpen();
        if (JobFilters.AsStates(filter) is { } states)
        {
            lock (_gate)
            {
                return Task.FromResult(new JobCounts(states.Select(state => (state, _states.Count(state)))));
            }
        }

        return ReadingPublished(
            () => new JobCounts(Candidates(filter, false).Where(filter.Matches).Select(job => (job.State, 1L))), (write, _) => MayHaveSeen(write, filter, null), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<JobEvent>> ReadEventsAsync(long after, int limit, CancellationToken cancellationToken)
    {
        DemandOpen();
        return Reading(() => Published(ReadEvents(after, limit)), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<JobEvent>> ReadEventsBeforeAsync(long before, int limit, CancellationToken cancellationToken)
    {
        DemandOpen();
        return Reading(() => ReadEventsBefore(Math.Clamp(before, 0, Published() + 1), limit), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<JobEvent>> ReadHistoryAsync(JobId id, CancellationToken cancellationToken)
    {
        DemandOpen();
        return Reading(() => Published(ReadHistory(id)), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<long> GetLastSequenceAsync(CancellationToken cancellationToken)
    {
        DemandOpen();
        lock (_gate)
        {
            return Task.FromResult(_lastSequence);
        }
    }

    /// <inheritdoc/>
    public async Task WaitForEventsAsync(long after, CancellationToken cancellationToken)
    {
        DemandOpen();
        while (true)
        {
            Task came;
            lock (_gate)
            {
                if (_lastSequence > after)
                {
                    return;
                }

                came = _eventsCame.Task;
            }

            await came.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The number of the newest published event; 0 when there is none. Called from any thread.</summary>
    protected long PublishedSequence => Published();

    /// <summary>The state in which a job is published. Called from any thread.</summary>
    /// <param name="id">The job's number.</param>
    /// <returns>The state; null when there is no such job.</returns>
    protected JobState? StateOf(long id)
    {
        lock (_gate)
        {
            return _states[id];
        }
    }

    /// <summary>The published jobs behind a number. Called from any thread.</summary>
    /// <param name="after">The number; 0 to begin with the first job.</param>
    /// <param name="limit">How many at most.</param>
    /// <returns>Their numbers, rising.</returns>
    protected IReadOnlyList<long> NumbersAfter(long after, int limit)
    {
        List<long> numbers = [];
        lock (_gate)
        {
            while (numbers.Count < limit && _states.Next(after, JobStates.All) is > 0 and var next)
            {
                numbers.Add(after = next);
            }
        }

        return numbers;
    }

    /// <summary>Runs something in the place of the writer: no write is on its way, so that what is stored is what is published. Others wait to write meanwhile.</summary>
    /// <typeparam name="T">What comes of it.</typeparam>
    /// <param name="look">What to run; it must not write.</param>
    /// <returns>What came of it.</returns>
    protected Task<T> BetweenWritesAsync<T>(Func<T> look)
    {
        DemandOpen();
        return _queue.RunAsync(look);
    }

    // Events are written a moment before the jobs are seen to have moved: whoever is told of a step must find the job where it went.
    private IReadOnlyList<JobEvent> Published(IReadOnlyList<JobEvent> events)
    {
        long last = Published();
        return events.Count == 0 || events[^1].Sequence <= last ? events : [.. events.TakeWhile(step => step.Sequence <= last)];
    }

    private long Published()
    {
        lock (_gate)
        {
            return _lastSequence;
        }
    }

    // The jobs as they are at one instant: one that has ended is read from underneath, where a commit is a moment before it is published.
    private async Task<IReadOnlyList<Job>> FindTogetherAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken)
    {
        for (int look = 0; look < MostLooks; look++)
        {
            long publications = Interlocked.Read(ref _publications);
            Job?[] found = await Reading<Job?[]>(() => [.. ids.Chunk(FewJobs).SelectMany(page => FindAll(page, cancellationToken))], cancellationToken).ConfigureAwait(false);
            Task? written;
            lock (_gate)
            {
                written = WhenWritten(write => ids.Any(write.Changes));
                if (written is null && (_publications == publications || ids.Zip(found).All(each => IsPublished(each.First, each.Second))))
                {
                    return [.. found.OfType<Job>()];
                }
            }

            await (written ?? Task.CompletedTask).WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return await _queue.WriteAsync(batch => ids.Select(batch.Find).OfType<Job>().ToArray(), cancellationToken).ConfigureAwait(false);
    }

    private bool IsPublished(JobId id, Job? job) => _active.TryGetValue(id, out Job? active) ? ReferenceEquals(active, job) : _states[id.Value] == job?.State;

    // Under the gate: the end of the write that is on its way, when somebody may have seen of it what is not published; else null.
    private Task? WhenWritten(Func<WriteBatch, bool> mayHaveSeen) => _writing is { IsEmpty: false } write && mayHaveSeen(write)
        ? (_written ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task
        : null;

    // Under the gate: whether a selection depends on a write. The first page of one cannot do so by jobs that are new, unless they are on it.
    private bool MayHaveSeen(WriteBatch write, JobFilter filter, IReadOnlyList<Job>? firstPage) =>
        (firstPage is null ? write.Inserts.Any(filter.Matches) : firstPage.Any(job => write.IsInserted(job.Id)))
        || write.Updates.Any(job => filter.Matches(job) || MayHaveMatched(job.Id, filter))
        || write.Deletes.Any(id => MayHaveMatched(id, filter));

    private bool MayHaveMatched(JobId id, JobFilter filter) => !_active.TryGetValue(id, out Job? before) || filter.Matches(before);

    // In the order of the ids, null for one that is not there. What is not in memory is read together.
    private IEnumerable<Job?> FindAll(JobId[] ids, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Dictionary<JobId, Job> found = [];
        HashSet<JobId> stored = [];
        lock (_gate)
        {
            foreach (JobId id in ids)
            {
                if (_active.TryGetValue(id, out Job? active))
                {
                    found[id] = active;
                }
                else if (_states[id.Value] is not null)
                {
                    stored.Add(id);
                }
            }
        }

        foreach (Job job in stored.Count == 0 ? [] : ReadMany(stored))
        {
            found.Add(job.Id, job);
        }

        return ids.Select(id => found.GetValueOrDefault(id));
    }

    private IEnumerable<Job> Candidates(JobFilter filter, bool descending) => Choose(filter) switch
    {
        (JobAccess.Numbers, _) => FindInPages(Numbers(filter, descending).Where(InStatesOf(filter))),
        (JobAccess.StateMap, _) => FindInPages(InStates(filter, descending)),
        _ => Scan(filter, descending),
    };

    // By number where the filter names them; by state where it does (the state map knows them) unless these are many and an index of the store narrows
    // further; else as the store underneath can.
    private (JobAccess Access, JobFilter? Indexed) Choose(JobFilter filter)
    {
        if (JobFilters.IdsOf(filter) is not null)
        {
            return (JobAccess.Numbers, null);
        }

        JobFilter? indexed = FindIndexed(filter);
        return JobFilters.StatesOf(filter) is { } states && states != JobStates.All && (indexed is null || CountOf(states) <= FewJobs)
            ? (JobAccess.StateMap, null)
            : indexed is null ? (JobAccess.Everything, null) : (JobAccess.Index, indexed);
    }

    private long CountOf(JobStateSet states)
    {
        lock (_gate)
        {
            return states.Sum(_states.Count);
        }
    }

    private static IEnumerable<JobId> Numbers(JobFilter filter, bool descending)
    {
        ImmutableHashSet<JobId> ids = JobFilters.IdsOf(filter) ?? [];
        return descending ? ids.OrderDescending() : ids.Order();
    }

    // The state map tells which of many numbers are worth a read.
    private Func<JobId, bool> InStatesOf(JobFilter filter)
    {
        if (JobFilters.StatesOf(filter) is not { } states)
        {
            return static _ => true;
        }

        return id =>
        {
            lock (_gate)
            {
                return _states[id.Value] is { } state && states.Contains(state);
            }
        };
    }

    private IEnumerable<JobId> InStates(JobFilter filter, bool descending)
    {
        JobStateSet states = JobFilters.StatesOf(filter) ?? JobStates.All;
        IdRangeFilter range = JobFilters.IdRangeOf(filter);
        long at = descending ? range.Before?.Value ?? long.MaxValue : range.After?.Value ?? 0;
        while (true)
        {
            lock (_gate)
            {
                at = descending ? _states.Previous(at, states) : _states.Next(at, states);
            }

            if (at == 0 || at <= (descending ? range.After?.Value ?? 0 : 0) || at >= (descending ? long.MaxValue : range.Before?.Value ?? long.MaxValue))
            {
                yield break;
            }

            yield return new JobId(at);
        }
    }

    // The first pages are small, since most callers want no more.
    private IEnumerable<Job> FindInPages(IEnumerable<JobId> ids)
    {
        List<JobId> page = [];
        int size = FirstPage;
        foreach (JobId id in ids)
        {
            page.Add(id);
            if (page.Count < size)
            {
                continue;
            }

            foreach (Job job in FindAll([.. page], CancellationToken.None).OfType<Job>())
            {
                yield return job;
            }

            page.Clear();
            size = Math.Min(size * 4, LargestPage);
        }

        foreach (Job job in FindAll([.. page], CancellationToken.None).OfType<Job>())
        {
            yield return job;
        }
    }

    // The first jobs of an order need no more memory than they take themselves.
    private static IEnumerable<Job> First(IEnumerable<Job> jobs, JobSelector selector)
    {
        IComparer<Job> order = selector.ToComparer();
        long wanted = (long)selector.Skip + selector.Take;
        if (wanted is 0 or > FewJobs)
        {
            return wanted == 0 ? [] : jobs.Order(order);
        }

        var kept = new PriorityQueue<Job, Job>(Comparer<Job>.Create((left, right) => order.Compare(right, left)));
        foreach (Job job in jobs)
        {
            if (kept.Count < wanted)
            {
                kept.Enqueue(job, job);
            }
            else
            {
                kept.EnqueueDequeue(job, job);
            }
        }

        return kept.UnorderedItems.Select(item => item.Element).Order(order);
    }

    // Underneath, a write is seen a moment before it is published. Whoever may have seen it answers once everybody does: nobody reads what is newer, and then what is older.
    private async Task<T> ReadingPublished<T>(Func<T> read, Func<WriteBatch, T, bool> mayHaveSeen, CancellationToken cancellationToken)
    {
        T answer = await Reading(read, cancellationToken).ConfigureAwait(false);
        Task? written;
        lock (_gate)
        {
            written = WhenWritten(write => mayHaveSeen(write, answer));
        }

        if (written is not null)
        {
            await written.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return answer;
    }

    // A read of what is underneath may touch the disk: not on the caller's thread.
    private async Task<T> Reading<T>(Func<T> read, CancellationToken cancellationToken)
    {
        if (MustReload)
        {
            await _queue.RunAsync(ReloadIfMust).WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return await Task.Run(
            () =>
            {
                try
                {
                    return read();
                }
                catch (Exception exception) when (exception is not (OperationCanceledException or BalsamException or OutOfMemoryException))
                {
                    throw new StoreException(StoreErrorKind.Unavailable, $"The store ({Description}) could not read: {exception.Message}", exception);
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    private bool ReloadIfMust()
    {
        if (MustReload)
        {
            Reload();
        }

        return true;
    }
}
