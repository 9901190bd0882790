using System.Threading.Channels;
using Balsam.Storage;
using Balsam.Storage.LiteDb;
using Balsam.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Balsam.Core.Tests.Explaining;

/// <summary>A client on a store of either kind. Launchers are sessions that a test opens by hand; it moves jobs as they would.</summary>
internal sealed class SiteHarness : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly string? _directory;

    public SiteHarness(StoreKind store, Action<BalsamOptions>? configure = null)
    {
        _directory = store == StoreKind.LiteDb ? Directory.CreateTempSubdirectory("balsam-site-").FullName : null;
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddBalsam(balsam =>
        {
            balsam.AddApplication<Client.Norm>().AddApplication<Client.Tool>().AddApplication<Careful>().AddApplication<Submission.Carry>().AddTransferLocation("laptop", "sftp://laptop/").Configure(configure ?? (_ => { }));
            if (_directory is not null)
            {
                balsam.UseLiteDb(Path.Combine(_directory, "site.db"));
            }
            else
            {
                balsam.UseInMemory();
            }
        });
        _services = services.BuildServiceProvider();
        Client = _services.GetRequiredService<BalsamClient>();
        Store = _services.GetRequiredService<IJobStore>();
        Other = ActivatorUtilities.CreateInstance<BalsamClient>(_services);
    }

    public Clock Time { get; } = new();

    public BalsamClient Client { get; }

    /// <summary>A second client of the same store: what it does, the first is not told.</summary>
    public BalsamClient Other { get; }

    public IJobStore Store { get; }

    public static Task<T> Soon<T>(Task<T> task) => task.WaitAsync(TimeSpan.FromSeconds(20));

    public Task<Job> SubmitAsync(NewJob? job = null) => Client.SubmitAsync(job ?? new NewJob("Norm"));

    public async Task<LauncherSession> OpenLauncherAsync(Func<SessionRequest, SessionRequest>? change = null)
    {
        await Store.OpenAsync(default);
        var request = new SessionRequest { Site = SiteName.Local, Host = "n01", ProcessId = 17, Nodes = [new NodeSpec("n1", 8, 4)], Applications = ["Norm", "Tool", "Careful", "Carry"] };
        return await Store.OpenSessionAsync(change?.Invoke(request) ?? request, default);
    }

    public async Task<Job> ClaimAsync(LauncherSession launcher, Job job)
    {
        ClaimResult claim = await Store.ClaimAsync(
            new ClaimRequest { Lease = launcher.Token, Limit = 1, Filter = new IdFilter([job.Id]), Wanted = new Dictionary<ApplicationName, JobStateSet> { [job.Application] = JobStates.Claimable } }, default);
        return claim.Jobs.Single();
    }

    public async Task<Job> MoveAsync(Job job, LauncherSession? launcher, params JobTrigger[] triggers)
    {
        var change = new JobChange(await Client.GetAsync(job.Id));
        foreach (JobTrigger trigger in triggers)
        {
            change.Apply(trigger, Time.GetUtcNow(), data: trigger == JobTrigger.Started ? JobData.From(new Dictionary<string, string[]> { ["nodes"] = ["n1", "n2"] }) : null);
        }

        return await CommitAsync(change, launcher);
    }

    public Task<Job> FinishAsync(Job job, string? result = null)
    {
        var change = new JobChange(job);
        foreach (JobTrigger trigger in (JobTrigger[])[JobTrigger.Preprocessed, JobTrigger.Started, JobTrigger.RunSucceeded, JobTrigger.Postprocessed, JobTrigger.StagedOut, JobTrigger.Finished])
        {
            change.Apply(trigger, Time.GetUtcNow());
        }

        return CommitAsync(change.Edit(fields => fields with { Result = result }, Time.GetUtcNow()));
    }

    public Task<Job> FailAsync(Job job, string message = "exit code 3") => CommitAsync(
        new JobChange(job).Fail(JobTrigger.Cancelled, Time.GetUtcNow(), new FailureDetails { Kind = FailureKind.ExitCode, Message = message }));

    public async Task<Job> CommitAsync(JobChange change, LauncherSession? launcher = null)
    {
        CommitResult result = (await Store.CommitAsync([new JobCommit { Changes = [change], Lease = launcher?.Token, KeepLease = launcher is not null }], default)).Single();
        Assert.That(result.Refusal, Is.Null);
        return await Client.GetAsync(change.Before.Id);
    }

    public async Task<string> WhyAsync(Job job) => (await Client.ExplainAsync(job)).Why;

    public async Task<TReason> ReasonAsync<TReason>(Job job)
        where TReason : JobReason => (TReason)(await Client.ExplainAsync(job)).Reasons.Single();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_directory is not null)
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    /// <summary>A clock that stands until it is moved, and tells when a timer is set: a wait has begun once its check is.</summary>
    internal sealed class Clock() : FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
        private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            ITimer timer = base.CreateTimer(callback, state, dueTime, period);
            _timers.Writer.TryWrite(dueTime);
            return timer;
        }

        /// <summary>Whether a timer was set that nobody has waited for.</summary>
        public bool HasTimer => _timers.Reader.TryPeek(out _);

        /// <summary>Waits until a timer of this length was set.</summary>
        public async Task TimerAsync(TimeSpan dueTime)
        {
            while (await Soon(_timers.Reader.ReadAsync().AsTask()) != dueTime)
            {
            }
        }
    }

    /// <summary>A function with a hook.</summary>
    internal sealed class Careful : FunctionApplication<string, string>
    {
        protected override Task<string> Run(string input, RunContext context, CancellationToken cancellationToken) => Task.FromResult(input);

        protected override Task<PreprocessOutcome> Preprocess(JobContext context, CancellationToken cancellationToken) => Task.FromResult(PreprocessOutcome.Ready);
    }
}
