using System.Collections.Immutable;
using Balsam.Storage;

namespace Balsam;

/// <summary>A question about jobs. Immutable and lazy: each call narrows it and gives a new one; nothing is read before a call that ends in <c>Async</c>.</summary>
/// <example><code>
/// IReadOnlyList&lt;Job&gt; failed = await client.Jobs.InState(JobState.Failed).WithTag("study", "a").OrderByDescending(JobField.LastUpdate).Take(10).ToListAsync();
/// await client.Jobs.WithTag("study", "b").CancelAsync("wrong mesh");
/// </code></example>
public sealed class JobQuery
{
    private readonly BalsamClient _client;
    private readonly IJobStore _store;

    internal JobQuery(BalsamClient client, IJobStore store, JobSelector selector)
    {
        _client = client;
        _store = store;
        Selector = selector;
    }

    /// <summary>What the store is asked.</summary>
    public JobSelector Selector { get; }

    /// <summary>Jobs that meet a condition besides.</summary>
    /// <param name="filter">The condition.</param>
    /// <returns>The narrower query.</returns>
    /// <exception cref="InvalidOperationException">The query has been cut by <see cref="Skip"/> or <see cref="Take"/> already.</exception>
    public JobQuery Where(JobFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        DemandUncut();
        return With(Selector with { Filter = Selector.Filter.And(filter) });
    }

    /// <summary>Jobs in one of some states.</summary>
    /// <param name="states">The states.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery InState(params ReadOnlySpan<JobState> states) => Where(new StateFilter(JobStateSet.Of(states)));

    /// <summary>Jobs in none of some states.</summary>
    /// <param name="states">The states.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery NotInState(params ReadOnlySpan<JobState> states) => Where(new StateFilter(JobStates.All.Except(JobStateSet.Of(states))));

    /// <summary>Jobs of an application.</summary>
    /// <typeparam name="TApplication">The application.</typeparam>
    /// <returns>The narrower query.</returns>
    public JobQuery WithApplication<TApplication>()
        where TApplication : ApplicationDefinition => WithApplication(ApplicationName.Of(typeof(TApplication)));

    /// <summary>Jobs of an application.</summary>
    /// <param name="application">Its stored name.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery WithApplication(ApplicationName application) => Where(new ApplicationFilter(application));

    /// <summary>Jobs with a tag; call it again for further tags.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">Its value; null for any.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery WithTag(string key, string? value = null) => Where(new TagFilter(key, value));

    /// <summary>Jobs of some numbers.</summary>
    /// <param name="ids">The numbers; none gives no job.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery WithIds(IEnumerable<JobId> ids) => Where(new IdFilter([.. ids]));

    /// <summary>Jobs whose workdir is a directory or lies below it.</summary>
    /// <param name="directory">The directory, relative to the site's data directory.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery UnderWorkdir(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return Where(new WorkdirFilter(directory.TrimEnd('/')));
    }

    /// <summary>Children of a job.</summary>
    /// <param name="parent">The parent.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery ChildrenOf(JobId parent) => Where(new ChildOfFilter(parent));

    /// <summary>Jobs of a site.</summary>
    /// <param name="site">The site.</param>
    /// <returns>The narrower query.</returns>
    public JobQuery InSite(SiteName site) => Where(new SiteFilter(site));

    /// <summary>Orders by a field, smallest first; the number breaks ties.</summary>
    /// <param name="field">The field.</param>
    /// <returns>The ordered query.</returns>
    public JobQuery OrderBy(JobField field) => Order(field, false);

    /// <summary>Orders by a field, largest first; the number breaks ties.</summary>
    /// <param name="field">The field.</param>
    /// <returns>The ordered query.</returns>
    public JobQuery OrderByDescending(JobField field) => Order(field, true);

    /// <summary>Passes over the first jobs.</summary>
    /// <param name="count">How many.</param>
    /// <returns>The cut query.</returns>
    public JobQuery Skip(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return With(Selector with { Skip = checked(Selector.Skip + count) });
    }

    /// <summary>Gives at most so many jobs.</summary>
    /// <param name="count">How many.</param>
    /// <returns>The cut query.</returns>
    public JobQuery Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return With(Selector with { Take = Math.Min(Selector.Take, count) });
    }

    /// <summary>Reads the jobs.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The jobs.</returns>
    public async Task<List<Job>> ToListAsync(CancellationToken cancellationToken = default)
    {
        await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return [.. await _store.QueryAsync(Selector, cancellationToken).ConfigureAwait(false)];
    }

    /// <summary>Reads the first job.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The job; null when there is none.</returns>
    public async Task<Job?> FirstOrDefaultAsync(CancellationToken cancellationToken = default) =>
        await Take(1).ToListAsync(cancellationToken).ConfigureAwait(false) is [Job job] ? job : null;

    /// <summary>Counts the jobs.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The number.</returns>
    public async Task<long> CountAsync(CancellationToken cancellationToken = default) =>
        IsCut ? (await ToListAsync(cancellationToken).ConfigureAwait(false)).Count : (await CountByStateAsync(cancellationToken).ConfigureAwait(false)).Total;

    /// <summary>Counts the jobs by state.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The counts.</returns>
    /// <exception cref="InvalidOperationException">The query has been cut by <see cref="Skip"/> or <see cref="Take"/>.</exception>
    public async Task<JobCounts> CountByStateAsync(CancellationToken cancellationToken = default)
    {
        DemandUncut();
        await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await _store.CountAsync(Selector.Filter, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Cancels the jobs: see <see cref="BalsamClient.CancelAsync(IEnumerable{JobId}, string, CancellationToken)"/>.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was cancelled, and what was not and why.</returns>
    public async Task<ChangeReport> CancelAsync(string reason, CancellationToken cancellationToken = default) =>
        await _client.CancelAsync(await IdsAsync(cancellationToken).ConfigureAwait(false), reason, cancellationToken).ConfigureAwait(false);

    /// <summary>Runs the jobs again: see <see cref="BalsamClient.RestartAsync(IEnumerable{JobId}, CancellationToken)"/>.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was restarted, and what was not and why.</returns>
    public async Task<ChangeReport> RestartAsync(CancellationToken cancellationToken = default) =>
        await _client.RestartAsync(await IdsAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>Deletes the jobs: see <see cref="BalsamClient.DeleteAsync(IEnumerable{JobId}, CancellationToken)"/>.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was deleted, and what was not and why.</returns>
    public async Task<ChangeReport> DeleteAsync(CancellationToken cancellationToken = default) =>
        await _client.DeleteAsync(await IdsAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    private bool IsCut => Selector.Skip > 0 || Selector.Take < int.MaxValue;

    private async Task<ImmutableArray<JobId>> IdsAsync(CancellationToken cancellationToken) =>
        [.. (await ToListAsync(cancellationToken).ConfigureAwait(false)).Select(job => job.Id)];

    private JobQuery Order(JobField field, bool descending)
    {
        DemandUncut();
        return With(Selector with { OrderBy = field, Descending = descending });
    }

    private void DemandUncut()
    {
        if (IsCut)
        {
            throw new InvalidOperationException("Skip and Take cut the result; filter, order and count before them.");
        }
    }

    private JobQuery With(JobSelector selector) => new(_client, _store, selector);
}
