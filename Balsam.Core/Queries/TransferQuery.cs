using System.Collections.Immutable;

namespace Balsam;

/// <summary>A question about transfers. Immutable and lazy: each call narrows it and gives a new one; nothing is read before a call that ends in <c>Async</c>, or <c>await foreach</c>.</summary>
/// <remarks>Jobs come in order of number, as they are when their page is read; the transfers of a job in the order of its application's slots.</remarks>
/// <example><code>
/// await foreach (JobTransfer late in client.Transfers.InState(TransferState.Pending).AtLocation("laptop").WithTag("study", "a")) Console.WriteLine($"{late}: {late.Item.Error}");
/// </code></example>
public sealed class TransferQuery : IAsyncEnumerable<JobTransfer>
{
    private readonly BalsamClient _client;
    private readonly JobQuery _jobs;
    private readonly TransferFilter _filter;

    // Null for any; the one state of a question about one stands in the filter.
    private readonly ImmutableHashSet<TransferState>? _states;

    internal TransferQuery(BalsamClient client)
        : this(client, client.Jobs, new TransferFilter(), null)
    {
    }

    private TransferQuery(BalsamClient client, JobQuery jobs, TransferFilter filter, ImmutableHashSet<TransferState>? states)
    {
        _client = client;
        _jobs = jobs;
        _filter = filter;
        _states = states;
    }

    /// <summary>Transfers in one of some states.</summary>
    /// <param name="states">The states; none gives no transfer.</param>
    /// <returns>The narrower query.</returns>
    public TransferQuery InState(params IEnumerable<TransferState> states)
    {
        ImmutableHashSet<TransferState> all = [.. states];
        return new TransferQuery(_client, _jobs, _filter, _states?.Intersect(all) ?? all);
    }

    /// <summary>Transfers that go one way. The last call counts.</summary>
    /// <param name="direction">Which way.</param>
    /// <returns>The narrower query.</returns>
    public TransferQuery WithDirection(TransferDirection direction) => new(_client, _jobs, _filter with { Direction = direction }, _states);

    /// <summary>Transfers from or to a location. The last call counts.</summary>
    /// <param name="location">The site's name of it.</param>
    /// <returns>The narrower query.</returns>
    public TransferQuery AtLocation(string location)
    {
        ArgumentException.ThrowIfNullOrEmpty(location);
        return new TransferQuery(_client, _jobs, _filter with { Location = location }, _states);
    }

    /// <summary>Transfers of a job.</summary>
    /// <param name="id">Its number.</param>
    /// <returns>The narrower query.</returns>
    public TransferQuery OfJob(JobId id) => Of(_jobs.WithIds(id));

    /// <summary>Transfers of jobs that meet a condition.</summary>
    /// <param name="filter">The condition.</param>
    /// <returns>The narrower query.</returns>
    public TransferQuery OfJobs(JobFilter filter) => Of(_jobs.Where(filter));

    /// <summary>Transfers of the jobs of a query: <c>client.Transfers.OfJobs(client.Jobs.DescendantsOf(mesh))</c>.</summary>
    /// <param name="jobs">The query, of the same client, without Skip and Take; its order does not count.</param>
    /// <returns>The narrower query.</returns>
    /// <exception cref="InvalidOperationException"><paramref name="jobs"/> has been cut by Skip or Take.</exception>
    /// <exception cref="ArgumentException"><paramref name="jobs"/> is on another store.</exception>
    public TransferQuery OfJobs(JobQuery jobs)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        return Of(_jobs.And(_client.Demand(jobs)));
    }

    /// <summary>Transfers of jobs with a tag; call it again for further tags.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">Its value; null for any.</param>
    /// <returns>The narrower query.</returns>
    public TransferQuery WithTag(string key, string? value = null) => Of(_jobs.WithTag(key, value));

    /// <summary>Reads the transfers, their jobs page by page: <c>await foreach (JobTransfer transfer in query)</c>.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The transfers.</returns>
    public async IAsyncEnumerator<JobTransfer> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await foreach (Job job in ToJobs().WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            foreach (TransferItem item in job.Transfers.Where(Matches))
            {
                yield return new JobTransfer(job, item);
            }
        }
    }

    /// <summary>Reads the transfers.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The transfers.</returns>
    public async Task<List<JobTransfer>> ToListAsync(CancellationToken cancellationToken = default)
    {
        List<JobTransfer> transfers = [];
        await foreach (JobTransfer transfer in this.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            transfers.Add(transfer);
        }

        return transfers;
    }

    /// <summary>Counts the transfers.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The number.</returns>
    public async Task<long> CountAsync(CancellationToken cancellationToken = default) => (await CountByStateAsync(cancellationToken).ConfigureAwait(false)).Values.Sum();

    /// <summary>Counts the transfers by state.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The numbers; a state without any transfer is left out.</returns>
    public async Task<IReadOnlyDictionary<TransferState, long>> CountByStateAsync(CancellationToken cancellationToken = default)
    {
        SortedDictionary<TransferState, long> counts = [];
        await foreach (JobTransfer transfer in this.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            counts[transfer.Item.State] = counts.GetValueOrDefault(transfer.Item.State) + 1;
        }

        return counts;
    }

    /// <summary>Says in words how the store will answer.</summary>
    /// <returns>A line a step.</returns>
    public string DescribePlan() => ToJobs().DescribePlan();

    private TransferQuery Of(JobQuery jobs) => new(_client, jobs, _filter, _states);

    private bool Matches(TransferItem item) => _filter.Matches(item) && _states?.Contains(item.State) != false;

    // The jobs that have such a transfer, so that the store looks them up; which of their transfers are meant is asked of each.
    private JobQuery ToJobs() => _states is null ? _jobs.Where(_filter) : _jobs.Where(_filter).WithTransferIn(_states, _filter);
}
