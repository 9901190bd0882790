using Balsam.Storage;
using Microsoft.Extensions.Options;

namespace Balsam;

/// <summary>What a program does with jobs: submit, find, wait for, cancel, restart and delete them.</summary>
/// <remarks>One client serves a whole program, from any thread. It comes from dependency injection after <c>AddBalsam</c>.</remarks>
/// <example><code>
/// var client = host.Services.GetRequiredService&lt;BalsamClient&gt;();
/// IReadOnlyList&lt;Job&gt; jobs = await client.SubmitAsync(inputs.Select(file => Relax.NewJob($"study/{file}", new Relax.Parameters(file))));
/// await foreach (Job done in client.WhenEachAsync(jobs)) Console.WriteLine(done);
/// </code></example>
public sealed partial class BalsamClient
{
    private readonly IJobStore _store;
    private readonly ApplicationRegistry _applications;
    private readonly INodeCatalog[] _catalogs;
    private readonly JobWatcher _watcher;
    private readonly TimeProvider _time;
    private readonly SiteName _site;

    /// <summary>Makes a client.</summary>
    /// <param name="store">Where jobs live.</param>
    /// <param name="applications">The applications of this host.</param>
    /// <param name="catalogs">Who knows nodes; none is allowed.</param>
    /// <param name="options">The site; an <see cref="OptionsValidationException"/> comes out when the host is not set up to run.</param>
    /// <param name="time">The clock.</param>
    public BalsamClient(IJobStore store, ApplicationRegistry applications, IEnumerable<INodeCatalog> catalogs, IOptions<BalsamOptions> options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _store = store;
        _applications = applications;
        _catalogs = [.. catalogs];
        _time = time;
        _site = options.Value.Site;
        _watcher = new JobWatcher(store);
        Jobs = new JobQuery(this, store, new JobSelector());
        Events = new JobEventQuery(store, Jobs, new EventConditions());
    }

    /// <summary>All jobs: the start of every query.</summary>
    public JobQuery Jobs { get; }

    /// <summary>Submits one job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Cancels the call; a write that has begun is finished.</param>
    /// <returns>The stored job.</returns>
    /// <exception cref="SubmitRefusedException">The job is refused; nothing was written.</exception>
    /// <exception cref="StoreException">The store cannot be opened or written.</exception>
    public async Task<Job> SubmitAsync(NewJob job, CancellationToken cancellationToken = default) =>
        (await SubmitAsync([job], cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Submits jobs, and the edges between them, in one atomic call: all of them are stored durably, or none.</summary>
    /// <param name="jobs">The jobs; parents may be jobs of the same call, in any order, or stored ones.</param>
    /// <param name="cancellationToken">Cancels the call; a write that has begun is finished.</param>
    /// <returns>The stored jobs, in the order of <paramref name="jobs"/>.</returns>
    /// <exception cref="SubmitRefusedException">A job is refused; nothing was written. The exception names every problem of the call.</exception>
    /// <exception cref="StoreException">The store cannot be opened or written.</exception>
    public async Task<IReadOnlyList<Job>> SubmitAsync(IEnumerable<NewJob> jobs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        NewJob[] all = [.. jobs];
        if (all.Contains(null))
        {
            throw new ArgumentException("One of the jobs is null.", nameof(jobs));
        }

        await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        JobId[] parents = [.. all.SelectMany(job => job.Parents).Where(parent => parent.Job is null).Select(parent => parent.Stored).Distinct()];
        HashSet<JobId> stored = parents.Length == 0 ? [] : [.. (await _store.FindAsync(parents, cancellationToken).ConfigureAwait(false)).Select(job => job.Id)];
        Dictionary<SiteName, IReadOnlyList<NodeSpec>> nodes = [];
        foreach (SiteName site in all.Select(job => job.Site ?? _site).Distinct())
        {
            List<NodeSpec> known = [];
            foreach (INodeCatalog catalog in _catalogs)
            {
                known.AddRange(await catalog.GetNodesAsync(site, cancellationToken).ConfigureAwait(false));
            }

            nodes.Add(site, known);
        }

        var planner = new SubmissionPlanner(_applications, _site, nodes, stored);
        IReadOnlyList<JobAddition> additions = planner.Plan(all);
        if (planner.Problems.Count > 0)
        {
            throw new SubmitRefusedException(planner.Problems);
        }

        if (additions.Count == 0)
        {
            return [];
        }

        IReadOnlyList<CommitResult> results = await _store.CommitAsync([new JobCommit { Additions = additions }], cancellationToken).ConfigureAwait(false);
        return results[0].Refusal is { } refusal ? throw refusal : results[0].Added;
    }

    /// <summary>Reads a job.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The job.</returns>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    public async Task<Job> GetAsync(JobId id, CancellationToken cancellationToken = default) =>
        await FindAsync(id, cancellationToken).ConfigureAwait(false) ?? throw new JobNotFoundException(id);

    /// <summary>Reads a job if it is there.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The job; null when there is none.</returns>
    public async Task<Job?> FindAsync(JobId id, CancellationToken cancellationToken = default)
    {
        Demand(id);
        await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await _store.FindAsync([id], cancellationToken).ConfigureAwait(false) is [Job job] ? job : null;
    }

    /// <summary>Counts all jobs by state.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The counts.</returns>
    public Task<JobCounts> CountByStateAsync(CancellationToken cancellationToken = default) => Jobs.CountByStateAsync(cancellationToken);

    /// <summary>Reads the history of a job: every step it has taken, oldest first.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The events.</returns>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    public async Task<IReadOnlyList<JobEvent>> GetHistoryAsync(JobId id, CancellationToken cancellationToken = default)
    {
        Demand(id);
        await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<JobEvent> history = await _store.ReadHistoryAsync(id, cancellationToken).ConfigureAwait(false);
        return history.Count > 0 ? history : throw new JobNotFoundException(id);
    }

    private static void Demand(JobId id)
    {
        if (id == default)
        {
            throw new ArgumentException("The job id is not set.", nameof(id));
        }
    }
}
