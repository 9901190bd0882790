using System.Runtime.InteropServices;
using Balsam.Launch;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Balsam;

/// <summary>A site for scripts: one directory with store and workdirs, a client, and a launcher, without writing a host.</summary>
/// <remarks>
/// <para>The directory holds <c>balsam.db</c> and <c>data/</c>, one workdir a job. The launcher runs from opening to disposal.</para>
/// <para>Ctrl-C and SIGTERM end what runs and close the store in good order, then the process, with exit code 130 or 143; opened again, the site goes on.
/// A second signal hurries: the drain ends, where there is one, or else the grace time; a third one the grace time. One more ends the process at once.</para>
/// </remarks>
/// <example><code>
/// await using var site = await BalsamSite.OpenAsync("my-site", b => b.AddApplication&lt;Relax&gt;());
/// await site.Client.SubmitAsync(Relax.NewJob("first", new Relax.Parameters("a.xyz")));
/// Console.WriteLine(await site.RunUntilIdleAsync());
/// </code></example>
public sealed class BalsamSite : IAsyncDisposable
{
    private const int SignalExitBase = 128;

    // What a stop takes besides the launcher's own limits; beyond, the host does not wait.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(40);

    private readonly IHost _host;
    private readonly Launcher _launcher;
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly Lazy<Task> _closing;
    private readonly TaskCompletionSource _exiting = new();
    private readonly int _mostSignals;
    private volatile bool _isExiting;
    private int _signalCount;

    private BalsamSite(IHost host, string directory)
    {
        _host = host;
        _closing = new Lazy<Task>(CloseAsync);
        _launcher = host.Services.GetRequiredService<Launcher>();
        Client = host.Services.GetRequiredService<BalsamClient>();
        // One to stop, one for the grace time, and one for the drain where there is one.
        _mostSignals = host.Services.GetRequiredService<IOptions<LauncherOptions>>().Value.DrainTimeout > TimeSpan.Zero ? 3 : 2;
        Directory = directory;
        DataDirectory = Path.GetFullPath(host.Services.GetRequiredService<IOptions<BalsamOptions>>().Value.DataDirectory);
    }

    /// <summary>The client.</summary>
    public BalsamClient Client { get; }

    /// <summary>The site's directory, absolute.</summary>
    public string Directory { get; }

    /// <summary>The directory of the workdirs, absolute: a job's files are in this directory and its workdir.</summary>
    public string DataDirectory { get; }

    /// <summary>The launcher: to pause it, to stop it before the site is closed, to ask how it is.</summary>
    public Launcher Launcher => _launcher;

    /// <summary>The services, for what the client does not reach.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>Opens a site and starts its launcher. A directory that is not there is made.</summary>
    /// <param name="directory">The directory, absolute or relative to the current one.</param>
    /// <param name="configure">Adds applications; may choose another store or set the launcher's options.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>The site.</returns>
    /// <exception cref="StoreException">The store cannot be opened; when another process holds it, the message says which.</exception>
    /// <exception cref="OptionsValidationException">The set-up cannot work; the message names every problem.</exception>
    public static async Task<BalsamSite> OpenAsync(string directory, Action<IBalsamBuilder> configure, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        ArgumentNullException.ThrowIfNull(configure);
        string root = Path.GetFullPath(directory);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddOptions<HostOptions>().Configure<IOptions<LauncherOptions>>((host, launcher) => host.ShutdownTimeout = PatienceFor(launcher.Value));
        builder.Services.AddBalsam(balsam =>
        {
            balsam.Configure(options => options.DataDirectory = Path.Combine(root, "data"));
            configure(balsam);
            if (balsam.Services.All(service => service.ServiceType != typeof(StoreRegistration)))
            {
                balsam.UseLiteDb(Path.Combine(root, "balsam.db"));
            }

            balsam.AddLauncher();
        });
        IHost host = builder.Build();
        try
        {
            MakeShared(root, host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<BalsamOptions>>().Value.WorkdirAccess);
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
            var site = new BalsamSite(host, root);
            site.HeedSignals();
            return site;
        }
        catch
        {
            await DisposeAsync(host).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits until nothing can progress any more.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>How many jobs ended how, and which are blocked and why.</returns>
    /// <exception cref="BalsamException">The launcher failed.</exception>
    public async Task<IdleReport> RunUntilIdleAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await _launcher.WaitUntilIdleAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // The launcher also becomes idle when a signal stops it; the program is not to go on then with a site that is being closed.
            await HoldWhileExitingAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The files of a job.</summary>
    /// <param name="job">The job.</param>
    /// <returns>Its workdir, absolute.</returns>
    public string WorkdirOf(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return Path.Combine(DataDirectory, job.Workdir);
    }

    /// <summary>Stops the launcher, which ends what runs, and closes the store.</summary>
    /// <returns>A task that ends when everything is recorded and closed.</returns>
    public async ValueTask DisposeAsync()
    {
        if (!_isExiting)
        {
            _signals.ForEach(signal => signal.Dispose());
        }

        await _closing.Value.ConfigureAwait(false);
        await HoldWhileExitingAsync().ConfigureAwait(false);
    }

    // The store and the launcher make directories for the owner alone; where workdirs are to be shared, the site's own must let others in.
    private static void MakeShared(string root, WorkdirAccess access)
    {
        if (access != WorkdirAccess.Owner && !OperatingSystem.IsWindows())
        {
            const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            UnixFileMode others = access == WorkdirAccess.Group ? UnixFileMode.None : UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
            System.IO.Directory.CreateDirectory(root, owner | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | others);
        }
    }

    // A signal is ending the process; its exit code is not to be overtaken by that of the program.
    private Task HoldWhileExitingAsync() => _isExiting ? _exiting.Task : Task.CompletedTask;

    private async Task CloseAsync()
    {
        await Task.Yield();
        try
        {
            await _host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            await DisposeAsync(_host).ConfigureAwait(false);
        }
    }

    private static TimeSpan PatienceFor(LauncherOptions options)
    {
        TimeSpan longest = options.DrainTimeout + options.KillGrace + options.RecordTimeout + Margin;
        return longest < LongestTimeout ? longest : Timeout.InfiniteTimeSpan;
    }

    private static async ValueTask DisposeAsync(IHost host)
    {
        if (host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void HeedSignals()
    {
        foreach ((PosixSignal signal, int number) in (ReadOnlySpan<(PosixSignal, int)>)[(PosixSignal.SIGINT, 2), (PosixSignal.SIGTERM, 15)])
        {
            _signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = Interlocked.Increment(ref _signalCount) <= _mostSignals;
                _ = ExitAsync(SignalExitBase + number);
            }));
        }
    }

    private async Task ExitAsync(int code)
    {
        if (_closing.IsValueCreated)
        {
            return;
        }

        _isExiting = true;
        try
        {
            await _closing.Value.ConfigureAwait(false);
        }
        finally
        {
            Environment.Exit(code);
        }
    }
}
