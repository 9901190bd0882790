using Balsam.Launch.Running;
using Balsam.Storage;
using Balsam.Storage.LiteDb;
using Balsam.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Balsam.Launch.Tests.Engine;

/// <summary>A host with store, client and launcher in a directory of its own; it can be stopped and started again on the same jobs.</summary>
internal sealed class EngineHarness : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly EngineSetup _setup;
    private readonly InMemoryJobStore? _memory;
    private IHost? _host;

    private EngineHarness(EngineSetup setup)
    {
        _setup = setup;
        Directory = setup.Beside?.Directory ?? setup.Directory ?? System.IO.Directory.CreateTempSubdirectory("balsam-engine-").FullName;
        _memory = setup.Beside is { } first ? first._memory : setup.Store == StoreKind.InMemory ? new InMemoryJobStore(setup.Clock ?? setup.Time ?? TimeProvider.System) : null;
    }

    public string Directory { get; }

    public Behaviour Behaviour => _setup.Behaviour;

    public EngineTime Time => _setup.Time!;

    public FakeJobRunner Runner => _setup.Runner!;

    public IHost Host => _host!;

    public BalsamClient Client => Host.Services.GetRequiredService<BalsamClient>();

    public Launcher Launcher => Host.Services.GetRequiredService<Launcher>();

    public FaultyStore Faults => (FaultyStore)Store;

    public IJobStore Store => Host.Services.GetRequiredService<IJobStore>();

    public static async Task<EngineHarness> StartAsync(Action<EngineSetup>? configure = null)
    {
        var setup = new EngineSetup();
        configure?.Invoke(setup);
        var engine = new EngineHarness(setup);
        try
        {
            await engine.StartAgainAsync();
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    public static Task<EngineHarness> StartAsync(StoreKind store, Action<EngineSetup>? configure = null) => StartAsync(setup =>
    {
        setup.Store = store;
        configure?.Invoke(setup);
    });

    public static async Task<T> Soon<T>(Task<T> task, string what = "a task")
    {
        await Soon((Task)task, what);
        return await task;
    }

    public static async Task Soon(Task task, string what = "a task")
    {
        try
        {
            await task.WaitAsync(Patience);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Waited {Patience} for {what}.");
        }
    }

    /// <summary>Starts a host on the same directory and jobs; the earlier one must have been stopped.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken = default)
    {
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(_setup.Behaviour);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = Patience);
        if ((_setup.Clock ?? _setup.Time) is { } time)
        {
            builder.Services.AddSingleton(time);
        }

        if (_setup.Runner is { } runner)
        {
            builder.Services.AddSingleton<IJobRunner>(runner);
        }

        builder.Services.AddBalsam(balsam =>
        {
            balsam.Configure(options => options.DataDirectory = Path.Combine(Directory, "data"));
            if (_memory is not null)
            {
                balsam.UseInMemory(_memory);
            }
            else
            {
                balsam.UseLiteDb(Path.Combine(Directory, "balsam.db"));
            }

            _setup.Applications(balsam);
            balsam.AddLauncher(options =>
            {
                options.Nodes.Add(new NodeSpec("n1", 2));
                options.KillGrace = TimeSpan.FromMilliseconds(200);
                if (_setup.Time is not null)
                {
                    // A clock that a test moves by hours must not cost the launcher its lease.
                    options.Heartbeat = TimeSpan.FromDays(40);
                    options.LeaseDuration = TimeSpan.FromDays(4000);
                }

                _setup.Options(options);
            });
        });
        if (_setup.FaultyStore)
        {
            ServiceDescriptor inner = builder.Services.Single(service => service.ServiceType == typeof(IJobStore));
            builder.Services.Remove(inner);
            builder.Services.AddSingleton<IJobStore>(provider => new FaultyStore(_memory ?? (IJobStore)inner.ImplementationFactory!(provider), owns: _memory is null));
        }

        _setup.Services(builder.Services);
        _host = builder.Build();
        await Soon(_host.StartAsync(cancellationToken), "the host's start");
    }

    public async Task StopAsync()
    {
        if (_host is not null)
        {
            await Soon(_host.StopAsync(), "the host's stop");
            await Soon(((IAsyncDisposable)_host).DisposeAsync().AsTask(), "the host's disposal");
            _host = null;
        }
    }

    /// <summary>Ends when the host has begun to stop, whoever told it to.</summary>
    public Task StoppingAsync()
    {
        var stopping = new TaskCompletionSource();
        Host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
        return stopping.Task;
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAgainAsync();
    }

    public Task<Job> SubmitAsync(NewJob job) => Soon(Client.SubmitAsync(job), "a submit");

    public Task<IReadOnlyList<Job>> SubmitAsync(params NewJob[] jobs) => Soon(Client.SubmitAsync(jobs), "a submit");

    public Task<Job> ShellAsync(string script, string? workdir = null) =>
        SubmitAsync(new NewJob("Shell", workdir).WithParameters(new Shell.Parameters(script)));

    /// <summary>Waits until a job has ended.</summary>
    public async Task<Job> EndAsync(Job job)
    {
        try
        {
            return await WhileJobsMoveAsync(Client.WaitAsync(job.Id), "its end");
        }
        catch (TimeoutException exception)
        {
            string history = string.Join(", ", (await Client.GetHistoryAsync(job.Id)).Select(step => step.To.ToText()));
            throw new TimeoutException($"{await GetAsync(job)} ({history}): {exception.Message}");
        }
    }

    public async Task<Job> RunAsync(NewJob job) => await EndAsync(await SubmitAsync(job));

    public async Task<Job> RunShellAsync(string script, string? workdir = null) => await EndAsync(await ShellAsync(script, workdir));

    public Task<IdleReport> IdleAsync() => WhileJobsMoveAsync(Launcher.WaitUntilIdleAsync(), "idleness");

    public Task<Job> GetAsync(Job job) => Client.GetAsync(job.Id);

    /// <summary>Waits until a job has taken a step to a state, now or before.</summary>
    public async Task<JobEvent> ReachAsync(Job job, JobState state, int times = 1)
    {
        long after = 0;
        while (true)
        {
            foreach (JobEvent step in await Store.ReadEventsAsync(after, 1000, default))
            {
                after = step.Sequence;
                if (step.JobId == job.Id && step.To == state && --times == 0)
                {
                    return step;
                }
            }

            await Soon(Store.WaitForEventsAsync(after, default), $"{job} to become {state}; it is {await GetAsync(job)}");
        }
    }

    public async Task<IReadOnlyList<JobState>> StatesAsync(Job job) => [.. (await Client.GetHistoryAsync(job.Id)).Select(step => step.To)];

    public string WorkdirOf(Job job) => Path.Combine(Directory, "data", job.Workdir);

    public string OutputOf(Job job, string name = "job.out") => File.ReadAllText(Path.Combine(WorkdirOf(job), name));

    // A machine with much else to do is slow, not stuck: patience ends only when no job takes a step any more.
    private async Task<T> WhileJobsMoveAsync<T>(Task<T> task, string what)
    {
        while (true)
        {
            long last = await Store.GetLastSequenceAsync(default);
            try
            {
                return await Soon(task, what);
            }
            catch (TimeoutException) when (!task.IsCompleted)
            {
                if (await Store.GetLastSequenceAsync(default) == last)
                {
                    throw;
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_setup.Beside is not null)
        {
            return;
        }

        if (_memory is not null)
        {
            await _memory.DisposeAsync();
        }

        System.IO.Directory.Delete(Directory, recursive: true);
    }
}

/// <summary>How a test's engine is set up.</summary>
internal sealed class EngineSetup
{
    public StoreKind Store { get; set; } = StoreKind.InMemory;

    /// <summary>The directory, which is deleted afterwards; null for a temporary one.</summary>
    public string? Directory { get; set; }

    public Behaviour Behaviour { get; set; } = new();

    /// <summary>The clock; null for the system's.</summary>
    public EngineTime? Time { get; set; }

    /// <summary>Another view of <see cref="Time"/>, for the engine; null for that itself.</summary>
    public TimeProvider? Clock { get; set; }

    /// <summary>A host on whose store, in memory, and directory this one is a second launcher; null for a host of its own. It ends first.</summary>
    public EngineHarness? Beside { get; set; }

    /// <summary>A runner without processes; null for real ones.</summary>
    public FakeJobRunner? Runner { get; set; }

    /// <summary>Whether the store is one that can be made to fail.</summary>
    public bool FaultyStore { get; set; }

    public Action<LauncherOptions> Options { get; set; } = _ => { };

    public Action<IServiceCollection> Services { get; set; } = _ => { };

    public Action<IBalsamBuilder> Applications { get; set; } = balsam => balsam
        .AddApplication<Work>().AddApplication<Retrying>().AddApplication<Hooked>().AddApplication<Shell>().AddApplication<Exec>().AddApplication<Prepared>().AddApplication<Unprepared>();
}
