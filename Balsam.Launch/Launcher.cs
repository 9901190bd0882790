using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Balsam.Launch.Hosting;
using Balsam.Launch.Lifecycle;
using Balsam.Launch.Packing;
using Balsam.Launch.Running;
using Balsam.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Balsam.Launch;

/// <summary>
/// Runs the jobs of a site on this host's nodes: claims what it can use under a lease, calls hooks, packs, starts, records, until it is stopped.
/// </summary>
/// <remarks>
/// One loop owns all state. What happens elsewhere (a run ends, a hook returns, the store has news, a timer fires) is a message to it. A turn takes
/// all messages there are, decides, and writes once: what piles up while a write is under way is the next turn's batch.
/// </remarks>
public sealed partial class Launcher
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(49);

    private readonly IJobStore _store;
    private readonly ApplicationRegistry _applications;
    private readonly LauncherNodes _nodeSource;
    private readonly IJobRunner _runner;
    private readonly IPackingPolicy _policy;
    private readonly IServiceScopeFactory _scopes;
    private readonly TimeProvider _time;
    private readonly ILogger<Launcher> _log;
    private readonly LauncherOptions _options;
    private readonly SiteName _site;
    private readonly SiteDirectory _directory;
    private readonly SecretKeeper _secrets;
    private readonly ContextDesk _desk;
    private readonly HookRunner _hooks;
    private readonly LauncherInsight _insight;
    private readonly JobExplainer _explainer;
    private readonly ILauncherConductor? _conductor;
    private readonly Channel<Action> _messages;
    private readonly Dictionary<JobId, ActiveRun> _runs = [];
    private readonly Backlog _backlog = new();
    private readonly Dictionary<JobId, ActiveHook> _activeHooks = [];
    private readonly List<StagedCommit> _commits = [];
    private readonly List<JobId> _releases = [];
    private readonly List<TaskCompletionSource> _idleWaiters = [];
    private readonly TaskCompletionSource _stopAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FrozenDictionary<ApplicationName, JobStateSet> _launchable = FrozenDictionary<ApplicationName, JobStateSet>.Empty;
    private FrozenDictionary<ApplicationName, JobStateSet> _processable = FrozenDictionary<ApplicationName, JobStateSet>.Empty;
    private ImmutableArray<NodeSpec> _nodes;
    private Inventory? _inventory;
    private LauncherSession? _session;
    private RunEnvironment? _environment;
    private DateTimeOffset? _endsAt;
    private long _renewedAt;
    private long _startedAt;
    private DateTimeOffset _startedOn;
    private long _readCount;
    private bool _mayClaim;
    private DateTimeOffset? _nextDue;
    private ITimer? _dueTimer;

    /// <summary>Makes a launcher; nothing runs yet.</summary>
    internal Launcher(
        IJobStore store,
        ApplicationRegistry applications,
        LauncherNodes nodes,
        LauncherInsight insight,
        IJobRunner runner,
        IPackingPolicy policy,
        IServiceScopeFactory scopes,
        IEnumerable<INodeCatalog> catalogs,
        IOptions<BalsamOptions> balsam,
        IOptions<LauncherOptions> options,
        SecretKeeper secrets,
        TimeProvider time,
        ILogger<Launcher> log,
        ILauncherConductor? conductor = null)
    {
        _store = store;
        _applications = applications;
        _nodeSource = nodes;
        _runner = runner;
        _policy = policy;
        _scopes = scopes;
        _time = time;
        _log = log;
        _options = options.Value.Copy();
        _site = balsam.Value.Site;
        _secrets = secrets;
        _directory = new SiteDirectory(balsam.Value.DataDirectory, balsam.Value.WorkdirAccess, balsam.Value.FollowWorkdirLinks);
        _desk = new ContextDesk(store, new SubmissionDesk(store, applications, catalogs, secrets), _directory, secrets);
        _hooks = new HookRunner(scopes, _directory, _desk, secrets, time, _options.HookTimeLimit);
        _insight = insight;
        _explainer = new JobExplainer(store, applications, [insight], time);
        _conductor = conductor;

        // On virtual time a turn of the loop is a call by whoever posts: nobody else is at work then.
        _messages = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = conductor is not null });
    }

    private LeaseToken Lease => _session!.Token;

    // By the launcher's own clock, from before it asked: what the store says of the lease is known only once it has answered.
    private bool IsLeaseOver => _time.GetElapsedTime(Volatile.Read(ref _renewedAt)) > _options.LeaseDuration;

    /// <summary>Opens the store, ends what an earlier launcher left running, recovers its jobs, and opens a session.</summary>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>A task that ends when jobs can run.</returns>
    /// <exception cref="StoreException">The store cannot be opened.</exception>
    /// <exception cref="ConfigurationException">An application's definition cannot be used.</exception>
    internal async Task OpenAsync(CancellationToken cancellationToken)
    {
        await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        _nodes = await _nodeSource.GetAsync(cancellationToken).ConfigureAwait(false);
        _inventory = new Inventory(_nodes);
        _directory.CreateRoot();
        _ = _secrets.Refresh();
        _launchable = Wanted(application => JobStates.Runnable.Union(Unhooked(application, JobState.StagedIn)).Union(Unhooked(application, JobState.StagedIn, JobState.Ready)));
        _processable = Wanted(application => JobStates.Claimable.Except(_launchable[application.Name]));

        await _applications.RecordAsync(_store, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<JobId> recovered = await _store.RecoverAsync(_site, cancellationToken).ConfigureAwait(false);
        if (recovered.Count > 0)
        {
            LogRecovered(_log, recovered.Count);
        }

        // Once their jobs are recovered, so that no launcher is lost in between; and before this one takes any.
        await EndLeftoversAsync(await _store.FindAsync(recovered, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        long asked = _time.GetTimestamp();
        _session = await _store.OpenSessionAsync(
            new SessionRequest
            {
                Site = _site,
                Host = Environment.MachineName,
                ProcessId = Environment.ProcessId,
                Nodes = _nodes,
                Applications = [.. _applications.All.SelectMany(application => application.Names).Order()],
                Filter = _options.Filter,
                EndsAt = _endsAt ??= _time.GetUtcNow() + _options.WallTime,
                LeaseDuration = _options.LeaseDuration,
            },
            cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _renewedAt, asked);
        _insight.Begin(_session);
        _environment = new RunEnvironment(Marker, _session.Token.Session, _nodes, _secrets);
        await OpenLedgerAsync(cancellationToken).ConfigureAwait(false);
        _mayClaim = true;
        LogStarted(_log, _session.Token.Session, _site, string.Join("; ", _nodes.Select(node => node.ToString())));

        FrozenDictionary<ApplicationName, JobStateSet> Wanted(Func<ApplicationDescriptor, JobStateSet> states) =>
            _applications.All.SelectMany(application => application.Names.Select(name => (name, states: states(application)))).ToFrozenDictionary(wanted => wanted.name, wanted => wanted.states);

        static JobStateSet Unhooked(ApplicationDescriptor application, JobState hook, JobState? state = null) =>
            application.HookedStates.Contains(hook) ? JobStateSet.Empty : JobStateSet.Of(state ?? hook);
    }

    /// <summary>Runs jobs until told to stop, or until the wall time or idle timeout of the options.</summary>
    /// <param name="stop">Stops the launcher: what runs may go on for the drain timeout, then is ended and becomes RUN_TIMEOUT.</param>
    /// <returns>A task that ends when nothing runs any more and everything is recorded.</returns>
    internal async Task RunAsync(CancellationToken stop)
    {
        _startedAt = _time.GetTimestamp();
        _startedOn = _time.GetUtcNow();
        using CancellationTokenRegistration onStop = stop.Register(() =>
        {
            _stopAsked.TrySetResult();
            PostUrgently(() => BeginStop(HostStopped));
        });
        using ITimer? wallTime = _options.WallTime is { } limit ? PostAfter(limit, () => BeginStop("the launcher came to its wall time", byItself: true), urgently: true) : null;
        _ = WatchRunnerAsync();
        try
        {
            while (await RunSessionAsync().ConfigureAwait(false) is { } lost)
            {
                LogLeaseLost(_log, lost);
                await DiscardAsync().ConfigureAwait(false);
                await AbandonSessionAsync().ConfigureAwait(false);
                if (IsStopping)
                {
                    KillEverything();
                    break;
                }

                if (!await OpenUnlessStoppedAsync().ConfigureAwait(false))
                {
                    break;
                }
            }

            await CloseAsync().ConfigureAwait(false);
            _insight.End();
        }
        catch (Exception exception)
        {
            await HandBackAsync().ConfigureAwait(false);
            _insight.Fail(exception);
            _ended.TrySetException(exception);
            _ = _ended.Task.Exception;
            throw;
        }
        finally
        {
            _messages.Writer.TryComplete();
            _dueTimer?.Dispose();
            _idleTimer?.Dispose();
            _stopTimer?.Dispose();
            _abandonTimer?.Dispose();
            _ended.TrySetResult();
            _conductor?.End();
        }
    }

    // Without a session there is nothing to record: a stop need not wait for the store.
    private async Task<bool> OpenUnlessStoppedAsync()
    {
        try
        {
            return await AskStoreAsync(() => _stopAsked.Task.IsCompleted ? Task.FromCanceled(new CancellationToken(true)) : OpenAsync(CancellationToken.None)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopAsked.Task.IsCompleted)
        {
            return false;
        }
    }

    // A runner that failed has killed what it ran, and can start nothing more.
    private async Task WatchRunnerAsync()
    {
        await _runner.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Exception? cause = _runner.Completion.Exception?.GetBaseException();
        PostUrgently(() => _trouble ??= new BalsamException($"The job runner {(cause is null ? "was closed" : $"failed: {cause.Message.TrimEnd('.')}")}. Nothing can be started any more in this process; start it again.", cause));
    }

    /// <returns>Why the lease was lost; null when the launcher was told to end.</returns>
    private async Task<LeaseLostException?> RunSessionAsync()
    {
        using var done = new CancellationTokenSource();
        Task news = ListenAsync(Lease, done.Token);
        Task heartbeat = KeepLeaseAsync(Lease, done.Token);
        try
        {
            return await LoopAsync().ConfigureAwait(false);
        }
        finally
        {
            await done.CancelAsync().ConfigureAwait(false);
            if (!_hasGivenUp)
            {
                await HearUntilAsync(Task.WhenAll(news, heartbeat)).ConfigureAwait(false);
            }
        }
    }

    private async Task<LeaseLostException?> LoopAsync()
    {
        ChannelReader<Action> messages = _messages.Reader;
        while (true)
        {
            while (TryRead(out Action? message))
            {
                message();
            }

            if (_trouble is not null)
            {
                return _trouble as LeaseLostException ?? throw _trouble as BalsamException ?? new BalsamException($"The launcher failed: {_trouble.Message}", _trouble);
            }

            bool wrote;
            try
            {
                await ReleaseAsync().ConfigureAwait(false);
                if (!IsStopping && !IsPaused)
                {
                    await ClaimAsync().ConfigureAwait(false);
                    if (!IsStopping)
                    {
                        Pack();
                    }
                }

                wrote = await WriteAsync().ConfigureAwait(false);
            }
            catch (LeaseLostException lost) when (lost.JobId is null)
            {
                return lost;
            }

            if (IsStopping && !HasWork && _commits.Count == 0)
            {
                // From here on only the store can hold up the end.
                KillEverything();
                return null;
            }

            if (!wrote && (IsStopping || IsPaused || !_mayClaim) && !messages.TryPeek(out _))
            {
                await WaitForMessageAsync(TellIdle()).ConfigureAwait(false);
            }
        }
    }

    private bool Post(Action message) => _conductor?.Admit() != false && _messages.Writer.TryWrite(message);

    private bool TryRead([NotNullWhen(true)] out Action? message)
    {
        bool isRead = _messages.Reader.TryRead(out message);
        _readCount += isRead ? 1 : 0;
        return isRead;
    }

    private ValueTask<bool> WaitForMessageAsync(bool idle)
    {
        _conductor?.Rest(_readCount, idle);
        return _messages.Reader.WaitToReadAsync();
    }

    // What is no turn of this loop: code of applications, and whatever may take its time.
    private void RunApart(Job job, string what, Func<Task> work)
    {
        if (_conductor is null)
        {
            _ = Task.Run(work);
        }
        else
        {
            _conductor.Run(job, what, work);
        }
    }

    private void Cancel(Job job, CancellationTokenSource? stop)
    {
        if (stop is null)
        {
            return;
        }

        if (_conductor is null)
        {
            _ = stop.CancelAsync();
        }
        else
        {
            _conductor.Run(job, "cancellation", stop.CancelAsync);
        }
    }

    // A timer of the system runs 49 days at most: a longer one is wound up again.
    private ITimer PostAfter(TimeSpan delay, Action message, bool urgently = false)
    {
        TimeSpan left = delay;
        ITimer? timer = null;
        timer = _time.CreateTimer(
            _ =>
            {
                left -= LongestTimer;
                if (left > TimeSpan.Zero)
                {
                    timer!.Change(left < LongestTimer ? left : LongestTimer, Timeout.InfiniteTimeSpan);
                }
                else if (urgently)
                {
                    PostUrgently(message);
                }
                else
                {
                    Post(message);
                }
            },
            null,
            delay < LongestTimer ? delay : LongestTimer,
            Timeout.InfiniteTimeSpan);
        return timer;
    }

    // Writes everything decided in this turn, in one call; then does what each write allows.
    private async Task<bool> WriteAsync()
    {
        if (_commits.Count == 0)
        {
            return false;
        }

        // What is written may wake children, or make room behind what waits.
        _mayClaim = true;
        StagedCommit[] commits = [.. _commits];
        _commits.Clear();
        IReadOnlyList<CommitResult> results = await CommitAsync([.. commits.Select(commit => commit.ToJobCommit(Lease))]).ConfigureAwait(false);
        List<(StagedCommit Commit, BalsamException Refusal)> refused = [];
        for (int i = 0; i < commits.Length; i++)
        {
            switch (results[i].Refusal)
            {
                case null:
                    LogMoves(commits[i].Change);
                    commits[i].Stored();
                    break;
                case LeaseLostException { JobId: null } lost:
                    _trouble ??= lost;
                    commits[i].Refused(null, lost);
                    break;
                case var refusal:
                    refused.Add((commits[i], refusal));
                    break;
            }
        }

        if (refused.Count > 0)
        {
            Dictionary<JobId, Job> now = (await FindAsync([.. refused.Select(each => each.Commit.Change.Before.Id)]).ConfigureAwait(false)).ToDictionary(job => job.Id);
            foreach ((StagedCommit commit, BalsamException refusal) in refused)
            {
                LogRefused(_log, commit.Change.Before.Id, refusal.Message);
                commit.Refused(now.GetValueOrDefault(commit.Change.Before.Id), refusal);
            }
        }

        return true;
    }

    private Task<IReadOnlyList<CommitResult>> CommitAsync(JobCommit[] commits) => AskStoreAsync(() => _store.CommitAsync(commits, CancellationToken.None));

    private Task<IReadOnlyList<Job>> FindAsync(JobId[] ids) => AskStoreAsync(() => _store.FindAsync(ids, CancellationToken.None));

    private void LogMoves(JobChange change)
    {
        if (_log.IsEnabled(LogLevel.Debug))
        {
            foreach (JobEvent step in change.Events)
            {
                LogMoved(_log, step.JobId, change.After.Application, step.From.ToText(), step.To.ToText(), step.Message);
            }
        }
    }

    private bool TellIdle()
    {
        bool idle = _runs.Count == 0 && _activeHooks.Count == 0 && _nextDue is null && _hookQueue.Count == 0;
        if (idle)
        {
            _idleWaiters.ForEach(waiter => waiter.TrySetResult());
            _idleWaiters.Clear();
        }

        WatchIdleTimeout(idle && !IsPaused);
        return idle;
    }
}
