using Balsam.Storage;

namespace Balsam;

/// <content>What reads.</content>
public sealed partial class JobQuery
{
    private const int PageSize = 256;

    /// <summary>
    /// Reads the jobs page by page: <c>await foreach (Job job in query)</c>. Each job is given as it is when its page is read, and at most once.
    /// </summary>
    /// <remarks>
    /// In the order of the number, each page continues behind the last job, so that a job which meets the query throughout is given however many others
    /// come and go; jobs submitted meanwhile come at the end. In any other order the numbers and the order are fixed at the beginning (the store reads
    /// the jobs once for it, keeping a number and a field of each); a job that is gone or no longer meets the query when its page is read is left out.
    /// </remarks>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The jobs.</returns>
    public IAsyncEnumerator<Job> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        Selector.OrderBy == JobField.Id ? ByNumberAsync(cancellationToken) : ByFieldAsync(cancellationToken);

    /// <summary>Reads the jobs.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The jobs.</returns>
    public async Task<List<Job>> ToListAsync(CancellationToken cancellationToken = default) =>
        [.. await _store.QueryAsync(await PrepareAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false)];

    /// <summary>Reads the first job.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The job.</returns>
    /// <exception cref="JobQueryException">There is none.</exception>
    public async Task<Job> FirstAsync(CancellationToken cancellationToken = default) =>
        await FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false) ?? throw JobQueryException.None(ToString());

    /// <summary>Reads the first job.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The job; null when there is none.</returns>
    public async Task<Job?> FirstOrDefaultAsync(CancellationToken cancellationToken = default) =>
        await Take(1).ToListAsync(cancellationToken).ConfigureAwait(false) is [Job job] ? job : null;

    /// <summary>Reads the only job.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The job.</returns>
    /// <exception cref="JobQueryException">There is none, or more than one.</exception>
    public async Task<Job> SingleAsync(CancellationToken cancellationToken = default) =>
        await SingleOrDefaultAsync(cancellationToken).ConfigureAwait(false) ?? throw JobQueryException.None(ToString());

    /// <summary>Reads the only job, if there is one.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The job; null when there is none.</returns>
    /// <exception cref="JobQueryException">There is more than one.</exception>
    public async Task<Job?> SingleOrDefaultAsync(CancellationToken cancellationToken = default) => await Take(2).ToListAsync(cancellationToken).ConfigureAwait(false) switch
    {
        [] => null,
        [Job job] => job,
        [Job first, Job second, ..] => throw JobQueryException.Several(ToString(), first.Id, second.Id),
    };

    /// <summary>Whether there is any job.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>Whether there is.</returns>
    public async Task<bool> ExistsAsync(CancellationToken cancellationToken = default) => await FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false) is not null;

    /// <summary>Counts the jobs.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The number, of those that <see cref="Skip"/> and <see cref="Take"/> leave.</returns>
    public async Task<long> CountAsync(CancellationToken cancellationToken = default)
    {
        JobSelector selector = await PrepareAsync(cancellationToken).ConfigureAwait(false);
        long all = (await _store.CountAsync(selector.Filter, cancellationToken).ConfigureAwait(false)).Total;
        return Math.Min(Math.Max(all - selector.Skip, 0), selector.Take);
    }

    /// <summary>Counts the jobs by state.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The counts.</returns>
    /// <exception cref="InvalidOperationException">The query has been cut by <see cref="Skip"/> or <see cref="Take"/>.</exception>
    public async Task<JobCounts> CountByStateAsync(CancellationToken cancellationToken = default)
    {
        DemandUncut();
        JobSelector selector = await PrepareAsync(cancellationToken).ConfigureAwait(false);
        return await _store.CountAsync(selector.Filter, cancellationToken).ConfigureAwait(false);
    }

    internal async Task<JobSelector> PrepareAsync(CancellationToken cancellationToken)
    {
        await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        JobFilter filter = Selector.Filter;
        foreach (JobId child in _children)
        {
            Job job = await _client.GetAsync(child, cancellationToken).ConfigureAwait(false);
            filter = filter.And(new IdFilter([.. job.Parents.Select(edge => edge.Parent)]));
        }

        return Selector with { Filter = filter };
    }

    private async IAsyncEnumerator<Job> ByNumberAsync(CancellationToken cancellationToken)
    {
        JobSelector selector = await PrepareAsync(cancellationToken).ConfigureAwait(false);
        JobFilter filter = selector.Filter;
        int left = selector.Take;
        while (left > 0)
        {
            IReadOnlyList<Job> page = await _store.QueryAsync(selector with { Take = Math.Min(left, PageSize) }, cancellationToken).ConfigureAwait(false);
            foreach (Job job in page)
            {
                yield return job;
            }

            if (page.Count < PageSize)
            {
                yield break;
            }

            left -= page.Count;
            JobId last = page[^1].Id;
            selector = selector with { Filter = filter.And(selector.Descending ? new IdRangeFilter(null, last) : new IdRangeFilter(last, null)), Skip = 0 };
        }
    }

    private async IAsyncEnumerator<Job> ByFieldAsync(CancellationToken cancellationToken)
    {
        JobSelector selector = await PrepareAsync(cancellationToken).ConfigureAwait(false);
        List<JobOrderKey> keys = [];
        var byNumber = new JobQuery(_client, _store, new JobSelector { Filter = selector.Filter });
        await foreach (Job job in byNumber.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            keys.Add(JobOrderKey.Of(job, selector.OrderBy));
        }

        keys.Sort((left, right) => JobOrderKey.Compare(left, right, selector.Descending));
        JobId[] ids = [.. keys.Skip(selector.Skip).Take(selector.Take).Select(key => key.Id)];
        keys = [];
        foreach (JobId[] page in ids.Chunk(PageSize))
        {
            foreach (Job job in await _store.FindAsync(page, cancellationToken).ConfigureAwait(false))
            {
                if (selector.Filter.Matches(job))
                {
                    yield return job;
                }
            }
        }
    }
}
