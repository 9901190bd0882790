using System.Runtime.InteropServices;
using Balsam.Launch;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Balsam;

/// <summary>A site for scripts: one directory with store and workdirs, a client, and a launcher, without writing a host.</summary>
/// <remarks>
/// <para>The directory holds <c>balsam.db</c> and <c>data/</c>, one workdir a job. The launcher runs from opening to disposal.</para>
/// <para>Ctrl-C and SIGTERM end what runs and close the store in good order, then the process, with exit code 130 or 143; opened again, the site goes on.
    /// While that happens, <see cref="RunUntilIdleAsync"/> and <see cref="DisposeAsync"/> do not return. A second signal ends the process at once.</para>
/// </remarks>
/// <example><code>
/// await using var site = await BalsamSite.OpenAsync("my-site", b => b.AddApplication&lt;Relax&gt;());
/// await site.Client.SubmitAsync(Relax.NewJob("first", new Relax.Parameters("a.xyz")));
/// Console.WriteLine(await site.RunUntilIdleAsync());
/// </code></example>
public sealed class BalsamSite : IAsyncDisposable
{
    private const int SignalExitBase = 128;
    private const int Open = 0;
    private const int Closed = 1;
    private const int Exiting = 2;

    private static readonly Task Never = new TaskCompletionSource().Task;

    private readonly IHost _host;
    private readonly Launcher _launcher;
    private readonly List<PosixSignalRegistration> _signals = [];
    private int _state;

    private BalsamSite(IHost host, string directory)
    {
        _host = host;
        _launcher = host.Services.GetRequiredService<Launcher>();
        Client = host.Services.GetRequiredService<BalsamClient>();
        Directory = directory;
        DataDirectory = Path.GetFullPath(host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<BalsamOptions>>().Value.DataDirectory);
    }

    /// <summary>The client.</summary>
    public BalsamClient Client { get; }

    /// <summary>The site's directory, absolute.</summary>
    public string Directory { get; }

    /// <summary>The directory of the workdirs, absolute: a job's files are in this directory and its workdir.</summary>
    public string DataDirectory { get; }

    /// <summary>The services, for what the client does not reach.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>Opens a site and starts its launcher. A directory that is not there is made.</summary>
    /// <param name="directory">The directory, absolute or relative to the current one.</param>
    /// <param name="configure">Adds applications; may choose another store or set the launcher's options.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>The site.</returns>
    /// <exception cref="StoreException">The store cannot be opened; when another process holds it, the message says which.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The set-up cannot work; the message names every problem.</exception>
    public static async Task<BalsamSite> OpenAsync(string directory, Action<IBalsamBuilder> configure, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        ArgumentNullException.ThrowIfNull(configure);
        string root = Path.GetFullPath(directory);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMinutes(1));
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
            IdleReport report = await _launcher.WaitUntilIdleAsync(cancellationToken).ConfigureAwait(false);
            await HoldWhileExitingAsync().ConfigureAwait(false);
            return report;
        }
        catch (BalsamException)
        {
            await HoldWhileExitingAsync().ConfigureAwait(false);
            throw;
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
        if (Interlocked.CompareExchange(ref _state, Closed, Open) != Open)
        {
            await HoldWhileExitingAsync().ConfigureAwait(false);
            return;
        }

        _signals.ForEach(signal => signal.Dispose());
        await _host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await DisposeAsync(_host).ConfigureAwait(false);
    }

    private static async ValueTask DisposeAsync(IHost host)
    {
        if (host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync().ConfigureAwait(false);
        }
    }

    // After a signal the process is about to end: the program must not go on with a site that is being closed, nor end with another exit code.
    private Task HoldWhileExitingAsync() => Volatile.Read(ref _state) == Exiting ? Never : Task.CompletedTask;

    private void HeedSignals()
    {
        foreach ((PosixSignal signal, int number) in (ReadOnlySpan<(PosixSignal, int)>)[(PosixSignal.SIGINT, 2), (PosixSignal.SIGTERM, 15)])
        {
            _signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                int before = Interlocked.CompareExchange(ref _state, Exiting, Open);
                context.Cancel = before != Exiting;
                if (before == Open)
                {
                    _ = Task.Run(() => ExitAsync(SignalExitBase + number));
                }
            }));
        }
    }

    private async Task ExitAsync(int code)
    {
        try
        {
            await _host.StopAsync(CancellationToken.None).ConfigureAwait(false);
            await DisposeAsync(_host).ConfigureAwait(false);
        }
        finally
        {
            Environment.Exit(code);
        }
    }
}
