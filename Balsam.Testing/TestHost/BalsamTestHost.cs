using Balsam.Launch;
using Balsam.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Balsam.Testing;

/// <summary>Your applications with the real client and the real launcher, on virtual time: commands follow scripts instead of being started, hooks and functions really run.</summary>
/// <remarks>
/// <para>Time stands still between the calls that run the host (<see cref="RunUntilIdleAsync"/>, <see cref="RunUntilAsync"/>, <see cref="AdvanceAsync"/>). Within them everything that can happen
/// at an instant happens, one thing after the other, before the clock goes on to the next instant at which something will. A hook or function is waited for, unless it waits for virtual
/// time: on a timer of the <see cref="TimeProvider"/> that it gets from dependency injection. The same campaign under the same <see cref="BalsamTestHostOptions.Seed"/> yields the same events.</para>
/// <para>Jobs are kept in memory; workdirs are real, in a temporary directory that goes with the host.</para>
/// </remarks>
/// <example><code>
/// await using BalsamTestHost host = await BalsamTestHost.StartAsync(balsam => balsam.AddApplication&lt;Relax&gt;());
/// host.Runs&lt;Relax&gt;().Take(TimeSpan.FromMinutes(40)).Write("energy.txt", "-76.4");
/// Job job = await host.Client.SubmitAsync(Relax.NewJob("first", new Relax.Parameters("a.xyz")));
/// await host.RunUntilIdleAsync();
/// host.Expect(job).Finished().Took(TimeSpan.FromMinutes(40));
/// </code></example>
public sealed partial class BalsamTestHost : IAsyncDisposable
{
    private static readonly NodeSpec DefaultNode = new("node1", cores: 4);

    private readonly BalsamTestHostOptions _options;
    private readonly IServiceCollection _common;
    private readonly ServiceProvider _front;
    private readonly VirtualClock _clock;
    private readonly VirtualTime _time;
    private readonly InMemoryJobStore _store;
    private readonly ScriptBook _scripts = new();
    private readonly Driver _driver;
    private Incarnation? _last;

    private BalsamTestHost(IServiceCollection common, BalsamTestHostOptions options, VirtualClock clock, VirtualTime time, InMemoryJobStore store)
    {
        _common = common;
        _options = options;
        _clock = clock;
        _time = time;
        _store = store;
        _driver = new Driver(clock, store, options.Patience, options.LongestRun);
        var services = new ServiceCollection { common };
        services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time));
        services.RemoveAll<ILauncherInsight>();
        services.AddSingleton<ILauncherInsight>(new CurrentInsight(() => _driver.Launcher?.Services.GetRequiredService<ILauncherInsight>()));
        services.PostConfigure<LauncherOptions>(SetNodes);
        _front = services.BuildServiceProvider();
        Client = _front.GetRequiredService<BalsamClient>();
        DataDirectory = Path.GetFullPath(_front.GetRequiredService<IOptions<BalsamOptions>>().Value.DataDirectory);
    }

    /// <summary>The client. It outlives launchers that are stopped or killed.</summary>
    /// <remarks>Its waits end when the jobs do; but no time passes in a wait: run the host first.</remarks>
    public BalsamClient Client { get; }

    /// <summary>The launcher that runs, or ran last.</summary>
    public Launcher Launcher => _last!.Launcher;

    /// <summary>The services of the launcher that runs, or ran last: those that hooks and functions get. Each launcher has singletons of its own, as each process would.</summary>
    public IServiceProvider Services => _last!.Services;

    /// <summary>The virtual clock.</summary>
    public TimeProvider Time => _time;

    /// <summary>The virtual time.</summary>
    public DateTimeOffset Now => _clock.Now;

    /// <summary>How much virtual time has passed since the host was started.</summary>
    public TimeSpan Elapsed => _clock.Now - _options.StartsAt;

    /// <summary>The directory of the workdirs, absolute.</summary>
    public string DataDirectory { get; }

    /// <summary>Starts a host and its launcher.</summary>
    /// <param name="configure">Adds applications, and services for their hooks; <c>AddLauncher</c> sets the launcher's options.</param>
    /// <param name="setUp">Sets nodes, seed and limits; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>The host.</returns>
    /// <exception cref="OptionsValidationException">The set-up cannot work; the message names every problem.</exception>
    public static async Task<BalsamTestHost> StartAsync(Action<IBalsamBuilder> configure, Action<BalsamTestHostOptions>? setUp = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new BalsamTestHostOptions();
        setUp?.Invoke(options);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.Patience, TimeSpan.Zero, nameof(options.Patience));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.LongestRun, TimeSpan.Zero, nameof(options.LongestRun));
        var clock = new VirtualClock(options.StartsAt);
        var time = new VirtualTime(clock);
        var store = new InMemoryJobStore(time);
        string directory = options.DataDirectory ?? Directory.CreateTempSubdirectory("balsam-test-").FullName;
        var common = new ServiceCollection();
        common.AddBalsam(balsam =>
        {
            balsam.Configure(shared => shared.DataDirectory = directory);
            configure(balsam);
            balsam.UseInMemory(store).AddLauncher();
        });
        var host = new BalsamTestHost(common, options, clock, time, store);
        try
        {
            await host.StartLauncherAsync(null, cancellationToken).ConfigureAwait(false);
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Writes a script for the runs of an application's command. It counts for all runs that start later.</summary>
    /// <remarks>A command that starts without a script fails its job, with a message that says what to write.</remarks>
    /// <typeparam name="TApplication">The application.</typeparam>
    /// <returns>The script; without any further call such runs end at once with exit code 0.</returns>
    public RunScript Runs<TApplication>()
        where TApplication : ApplicationDefinition => _scripts.Add(ApplicationName.Of(typeof(TApplication)));

    /// <summary>Writes a script for the runs of every command.</summary>
    /// <returns>The script; without any further call runs end at once with exit code 0.</returns>
    public RunScript Runs() => _scripts.Add(null);

    /// <summary>The files of a job.</summary>
    /// <param name="job">The job.</param>
    /// <returns>Its workdir, absolute.</returns>
    public string WorkdirOf(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return Path.Combine(DataDirectory, job.Workdir);
    }

    /// <summary>Ends the launcher as it is, without recording anything more, and removes the files.</summary>
    /// <returns>A task that ends when everything is gone.</returns>
    public async ValueTask DisposeAsync()
    {
        _driver.Launcher = null;
        if (_last is not null)
        {
            await _last.DisposeAsync().ConfigureAwait(false);
        }

        _time.Die();
        await _front.DisposeAsync().ConfigureAwait(false);
        await _store.DisposeAsync().ConfigureAwait(false);
        if (_options is { KeepFiles: false, DataDirectory: null })
        {
            Directory.Delete(DataDirectory, recursive: true);
        }
    }

    private void SetNodes(LauncherOptions launcher)
    {
        if (_options.Nodes.Count > 0)
        {
            launcher.Nodes.Clear();
        }

        foreach (NodeSpec node in _options.Nodes.Count > 0 ? _options.Nodes : launcher.Nodes.Count > 0 ? [] : [DefaultNode])
        {
            launcher.Nodes.Add(node);
        }
    }
}
