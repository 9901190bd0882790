using System.Runtime.CompilerServices;

namespace Balsam;

/// <content>What reads.</content>
public sealed partial class JobEventQuery
{
    private const int PageSize = 1024;
    private const int FewJobs = 256;

    private static readonly TimeSpan ClockStep = TimeSpan.FromMinutes(1);

    /// <summary>Reads the events page by page, up to the newest there is when the read begins: <c>await foreach (JobEvent step in query)</c>. It does not wait for more.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The events.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The token of <see cref="Since"/> is larger than the newest event's.</exception>
    /// <exception cref="StoreException">The store cannot be opened or read.</exception>
    public async IAsyncEnumerator<JobEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        int left = _conditions.Take;
        if (left == 0)
        {
            yield break;
        }

        await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        long newest = await _store.GetLastSequenceAsync(cancellationToken).ConfigureAwait(false);
        DemandKnown(_conditions.Since ?? 0, newest, "token");
        JobFilter jobs = await JobsAsync(cancellationToken).ConfigureAwait(false);
        var verdicts = new JobVerdicts(_store, jobs);
        IAsyncEnumerable<IReadOnlyList<JobEvent>> pages = await FewAsync(jobs, cancellationToken).ConfigureAwait(false) is { } few
            ? ReadHistoriesAsync(few, newest, cancellationToken)
            : _conditions.Descending ? ReadBackAsync(newest, cancellationToken) : ReadOnAsync(newest, cancellationToken);
        await foreach (IReadOnlyList<JobEvent> page in pages.ConfigureAwait(false))
        {
            foreach (JobEvent step in await verdicts.ChooseAsync([.. page.Where(_conditions.Hold)], cancellationToken).ConfigureAwait(false))
            {
                yield return step;
                if (--left == 0)
                {
                    yield break;
                }
            }
        }
    }

    /// <summary>Reads the events.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The events.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The token of <see cref="Since"/> is larger than the newest event's.</exception>
    public async Task<List<JobEvent>> ToListAsync(CancellationToken cancellationToken = default)
    {
        List<JobEvent> events = [];
        await foreach (JobEvent step in this.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            events.Add(step);
        }

        return events;
    }

    /// <summary>Counts the events, by reading them.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The number.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The token of <see cref="Since"/> is larger than the newest event's.</exception>
    public async Task<long> CountAsync(CancellationToken cancellationToken = default)
    {
        long count = 0;
        await foreach (JobEvent _ in this.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            count++;
        }

        return count;
    }

    /// <summary>Reads the first event: the oldest, or after <see cref="Descending"/> the newest.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The event; null when there is none.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The token of <see cref="Since"/> is larger than the newest event's.</exception>
    public async Task<JobEvent?> FirstOrDefaultAsync(CancellationToken cancellationToken = default) =>
        await Take(1).ToListAsync(cancellationToken).ConfigureAwait(false) is [JobEvent step] ? step : null;

    /// <summary>
    /// Reads the events, and goes on with each new one as it is stored: <c>await foreach (JobEvent step in client.Events.WatchAsync(from: token))</c>. It ends when it is cancelled,
    /// or with the last event that <see cref="Take"/> leaves.
    /// </summary>
    /// <remarks>Every event that the query means is given once and in order: who remembers the <see cref="JobEvent.Sequence"/> of the last event and begins with it anew misses none and sees none twice.</remarks>
    /// <param name="from">The <see cref="JobEvent.Sequence"/> of the last event already seen; 0 to begin with the oldest; null to begin where <see cref="Since"/> says, and without it with the next that is stored.</param>
    /// <param name="cancellationToken">Cancels the stream.</param>
    /// <returns>The events.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="from"/>, or the token of <see cref="Since"/>, is negative or larger than the newest event's: it is of another store.</exception>
    /// <exception cref="InvalidOperationException">The query is <see cref="Descending"/>: there is no newest event to begin with.</exception>
    /// <exception cref="StoreException">The store cannot be opened or read, or it was closed.</exception>
    public IAsyncEnumerable<JobEvent> WatchAsync(long? from = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from ?? 0, nameof(from));
        return _conditions.Descending
            ? throw new InvalidOperationException("A stream of events that are still to come begins with the oldest: leave out Descending.")
            : FollowAsync(from, cancellationToken);
    }

    private async IAsyncEnumerable<JobEvent> FollowAsync(long? from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int left = _conditions.Take;
        if (left == 0)
        {
            yield break;
        }

        await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        long newest = await _store.GetLastSequenceAsync(cancellationToken).ConfigureAwait(false);
        long at = from ?? _conditions.Since ?? newest;
        DemandKnown(from ?? 0, newest, nameof(from));
        DemandKnown(_conditions.Since ?? 0, newest, "token");
        JobFilter jobs = await JobsAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            IReadOnlyList<JobEvent> page = await _store.ReadEventsAsync(at, PageSize, cancellationToken).ConfigureAwait(false);
            if (page.Count == 0)
            {
                // Numbers of deleted events do not come again.
                at = Math.Max(at, newest);
                await _store.WaitForEventsAsync(at, cancellationToken).ConfigureAwait(false);
                newest = await _store.GetLastSequenceAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            // Jobs change while the stream goes on: what is known of them is forgotten with each page.
            foreach (JobEvent step in await new JobVerdicts(_store, jobs).ChooseAsync([.. page.Where(_conditions.Hold)], cancellationToken).ConfigureAwait(false))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return step;
                if (--left == 0)
                {
                    yield break;
                }
            }

            at = page[^1].Sequence;
        }
    }

    private static void DemandKnown(long token, long newest, string parameter)
    {
        if (token > newest)
        {
            throw new ArgumentOutOfRangeException(
                parameter, FormattableString.Invariant($"The newest event of this store has number {newest}; the token {token} is not of this store. A token is the Sequence of an event of the store that is read; 0 begins with the oldest."));
        }
    }

    private async Task<JobFilter> JobsAsync(CancellationToken cancellationToken)
    {
        JobFilter filter = JobFilter.All;
        foreach (JobQuery jobs in _conditions.Jobs)
        {
            filter = filter.And((await jobs.PrepareAsync(cancellationToken).ConfigureAwait(false)).Filter);
        }

        return filter;
    }

    // Of a handful of jobs the histories are read. A query of many jobs fills the handful soon; one of few is worth the search.
    private async Task<IReadOnlyList<JobId>?> FewAsync(JobFilter jobs, CancellationToken cancellationToken)
    {
        if (jobs == JobFilter.All)
        {
            return null;
        }

        if (jobs is IdFilter { Ids: var ids })
        {
            return ids.Count <= FewJobs ? [.. ids] : null;
        }

        IReadOnlyList<Job> found = await _store.QueryAsync(new JobSelector { Filter = jobs, Take = FewJobs + 1 }, cancellationToken).ConfigureAwait(false);
        return found.Count <= FewJobs ? [.. found.Select(job => job.Id)] : null;
    }

    private async IAsyncEnumerable<IReadOnlyList<JobEvent>> ReadHistoriesAsync(IReadOnlyList<JobId> ids, long newest, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<JobEvent> events = [];
        foreach (JobId id in ids)
        {
            events.AddRange((await _store.ReadHistoryAsync(id, cancellationToken).ConfigureAwait(false)).Where(step => step.Sequence <= newest && _conditions.Hold(step)));
        }

        events.Sort((left, right) => _conditions.Descending ? right.Sequence.CompareTo(left.Sequence) : left.Sequence.CompareTo(right.Sequence));
        yield return events;
    }

    private async IAsyncEnumerable<IReadOnlyList<JobEvent>> ReadOnAsync(long newest, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long after = Math.Max(_conditions.Since ?? 0, await LastBeforeAsync(Shifted(_conditions.Earliest, -ClockStep), newest, cancellationToken).ConfigureAwait(false));
        DateTimeOffset end = Shifted(_conditions.Latest, ClockStep);
        while (after < newest)
        {
            IReadOnlyList<JobEvent> page = await _store.ReadEventsAsync(after, PageSize, cancellationToken).ConfigureAwait(false);
            if (page.Count == 0 || page[0].Sequence > newest || page.All(step => step.At > end))
            {
                yield break;
            }

            after = page[^1].Sequence;
            yield return after <= newest ? page : [.. page.TakeWhile(step => step.Sequence <= newest)];
        }
    }

    private async IAsyncEnumerable<IReadOnlyList<JobEvent>> ReadBackAsync(long newest, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DateTimeOffset latest = Shifted(_conditions.Latest, ClockStep);
        DateTimeOffset start = Shifted(_conditions.Earliest, -ClockStep);
        long before = 1 + (latest == DateTimeOffset.MaxValue ? newest : await LastBeforeAsync(latest, newest, cancellationToken).ConfigureAwait(false));
        long since = _conditions.Since ?? 0;

        // Most callers want a few: the first page is small.
        for (int size = Math.Min(_conditions.Take, PageSize); before > since + 1; size = PageSize)
        {
            IReadOnlyList<JobEvent> page = await _store.ReadEventsBeforeAsync(before, size, cancellationToken).ConfigureAwait(false);
            if (page.Count == 0 || page.All(step => step.At < start))
            {
                yield break;
            }

            before = page[^1].Sequence;
            yield return page;
        }
    }

    // By halving: the number of the last event before an instant, as far as time rises with the number; 0 when there is none.
    private async Task<long> LastBeforeAsync(DateTimeOffset instant, long newest, CancellationToken cancellationToken)
    {
        long low = 0;
        long high = instant == DateTimeOffset.MinValue ? 0 : newest;
        while (low < high)
        {
            long middle = low + ((high - low) / 2);
            if (await _store.ReadEventsAsync(middle, 1, cancellationToken).ConfigureAwait(false) is [JobEvent step] && step.At < instant && step.Sequence <= newest)
            {
                low = step.Sequence;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private static DateTimeOffset Shifted(DateTimeOffset instant, TimeSpan by) =>
        by < TimeSpan.Zero ? (instant - DateTimeOffset.MinValue > -by ? instant + by : DateTimeOffset.MinValue) : DateTimeOffset.MaxValue - instant > by ? instant + by : DateTimeOffset.MaxValue;
}
