using Balsam.Storage;
using Microsoft.Extensions.Options;

namespace Balsam;

/// <summary>What a program does with jobs: submit, find, wait for, update, cancel, restart and delete them.</summary>
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
    private readonly SubmissionDesk _submissions;
    private readonly SecretKeeper _secrets;
    private readonly JobExplainer _explainer;
    private readonly ILauncherInsight[] _insights;
    private readonly JobWatcher _watcher;
    private readonly TimeProvider _time;
    private readonly IOptions<BalsamOptions> _options;
    private volatile bool _hasRecordedApplications;

    /// <summary>Makes a client.</summary>
    /// <param name="store">Where jobs live.</param>
    /// <param name="applications">The applications of this host.</param>
    /// <param name="catalogs">Who knows nodes; none is allowed.</param>
    /// <param name="insights">The launchers of this process; none is allowed.</param>
    /// <param name="options">The site. Read at the first submit or wait, from which an <see cref="OptionsValidationException"/> comes out when the host is not set up to run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="transfers">The site's locations; none when left out. Read at the first submit.</param>
    /// <param name="secrets">Who knows secrets, so that none is stored by mistake; the last counts, none is allowed.</param>
    public BalsamClient(
        IJobStore store,
        ApplicationRegistry applications,
        IEnumerable<INodeCatalog> catalogs,
        IEnumerable<ILauncherInsight> insights,
        IOptions<BalsamOptions> options,
        TimeProvider time,
        IOptions<TransferOptions>? transfers = null,
        IEnumerable<ISecretSource>? secrets = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _store = store;
        _applications = applications;
        _submissions = new SubmissionDesk(
            store, applications, catalogs, transfers ?? Options.Create(new TransferOptions()), _secrets = new SecretKeeper(applications, secrets?.LastOrDefault()));
        _time = time;
        _options = options;
        _insights = [.. insights];
        _explainer = new JobExplainer(store, applications, _insights, time);
        _watcher = new JobWatcher(store, _explainer, options, time);
        Applications = new ApplicationCatalog(store);
        Jobs = new JobQuery(this, store, new JobSelector());
        Transfers = new TransferQuery(this);
        Events = new JobEventQuery(store, Jobs, new EventConditions());
    }

    // Read late: reading the options checks the applications, and an application may be given this client.
    private SiteName Site => _options.Value.Site;

    /// <summary>All jobs: the start of every query.</summary>
    public JobQuery Jobs { get; }

    /// <summary>The transfers of all jobs: the start of every question about them.</summary>
    public TransferQuery Transfers { get; }

    /// <summary>The applications that programs have registered with the store.</summary>
    public ApplicationCatalog Applications { get; }

    /// <summary>Submits one job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Cancels the call; a write that has begun is finished.</param>
    /// <returns>The stored job.</returns>
    /// <exception cref="SubmitRefusedException">The job is refused; nothing was written.</exception>
    /// <exception cref="StoreException">The store cannot be opened or written.</exception>
    public async Task<Job> SubmitAsync(NewJob job, CancellationToken cancellationToken = default) =>
        (await SubmitAsync([job], cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Submits jobs, and the edges between them, in one atomic call: all of them are stored durably, or none.</summary>
    /// <remarks>A job whose <see cref="NewJob.Key"/> a stored job has is not added again: that job is given back in its place, unchanged, and is the parent of those that come after it.</remarks>
    /// <param name="jobs">The jobs; parents may be jobs of the same call, in any order, or stored ones.</param>
    /// <param name="cancellationToken">Cancels the call; a write that has begun is finished.</param>
    /// <returns>The stored jobs, in the order of <paramref name="jobs"/>.</returns>
    /// <exception cref="SubmitRefusedException">A job is refused; nothing was written. The exception names every problem of the call.</exception>
    /// <exception cref="StoreException">The store cannot be opened or written.</exception>
    public async Task<IReadOnlyList<Job>> SubmitAsync(IEnumerable<NewJob> jobs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        SubmissionPlan plan = await PlanAsync(jobs, cancellationToken).ConfigureAwait(false);
        if (plan.Problems.Count > 0)
        {
            throw new SubmitRefusedException(plan.Problems);
        }

        if (plan.Additions.Count == 0)
        {
            return [];
        }

        await RecordApplicationsAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<CommitResult> results = await _store.CommitAsync([new JobCommit { Additions = plan.Additions }], cancellationToken).ConfigureAwait(false);
        return results[0].Refusal is { } refusal ? throw refusal : [.. results[0].Added.Select(GiveOut)];
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
        return await _store.FindAsync([id], cancellationToken).ConfigureAwait(false) is [Job job] ? GiveOut(job) : null;
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

    /// <summary>A job as users get it: one that can be awaited.</summary>
    internal Job GiveOut(Job job) => job.GivenBy(this);

    private async Task RecordApplicationsAsync(CancellationToken cancellationToken)
    {
        if (!_hasRecordedApplications)
        {
            await _applications.RecordAsync(_store, cancellationToken).ConfigureAwait(false);
            _hasRecordedApplications = true;
        }
    }

    /// <summary>The numbers of jobs that this client, or another of the same store, gave out.</summary>
    internal JobId[] IdsOf(IEnumerable<Job> jobs)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        return [.. jobs.Select(Demand)];
    }

    /// <summary>Refuses a query on another store: the numbers of its jobs mean other jobs here.</summary>
    internal JobQuery Demand(JobQuery query) => ReferenceEquals(query.Store, _store)
        ? query
        : throw new ArgumentException($"The query is on another store ({query.Store.Description}) than this client's ({_store.Description}). Start it from this client's Jobs.", nameof(query));

    private JobId Demand(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return job.Giver is null || ReferenceEquals(job.Giver._store, _store)
            ? job.Id
            : throw new ArgumentException(
                $"Job {job.Id} ({job.Application} in {job.Workdir}) is in another store ({job.Giver._store.Description}) than this client's ({_store.Description}). Use the client that gave it out.", nameof(job));
    }

    private static void Demand(JobId id)
    {
        if (id == default)
        {
            throw new ArgumentException("The job id is not set.", nameof(id));
        }
    }
}
