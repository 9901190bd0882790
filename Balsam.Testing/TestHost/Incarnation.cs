using Balsam.Launch;
using Balsam.Launch.Lifecycle;
using Balsam.Launch.Running;
using Balsam.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Balsam.Testing;

/// <summary>One launcher of a test host, from its start to its end, with services of its own.</summary>
internal sealed class Incarnation : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly VirtualTime _time;
    private readonly CancellationTokenSource _stop = new();
    private Task _run = Task.CompletedTask;

    private Incarnation(ServiceProvider services, VirtualTime time, Conductor conductor, NewsGate news)
    {
        _services = services;
        _time = time;
        Conductor = conductor;
        News = news;
        Launcher = services.GetRequiredService<Launcher>();
    }

    public Conductor Conductor { get; }

    public NewsGate News { get; }

    public Launcher Launcher { get; }

    public IServiceProvider Services => _services;

    /// <summary>Makes a launcher; nothing runs yet.</summary>
    public static Incarnation Make(IServiceCollection common, VirtualClock clock, InMemoryJobStore store, ScriptBook scripts, BalsamTestHostOptions options, Action<LauncherOptions> configure)
    {
        var time = new VirtualTime(clock);
        var conductor = new Conductor(clock, options.MostAttempts);
        var news = new NewsGate(store, clock);
        var services = new ServiceCollection { common };
        services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time));
        services.Replace(ServiceDescriptor.Singleton<IJobStore>(news));
        services.Replace(ServiceDescriptor.Singleton<IJobRunner>(_ => new ScriptedRunner(scripts, store, time, conductor, options.Seed)));
        services.AddSingleton<ILauncherConductor>(conductor);
        services.PostConfigure(configure);
        return new Incarnation(services.BuildServiceProvider(), time, conductor, news);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _services.GetService<IStartupValidator>()?.Validate();
        await Launcher.OpenAsync(cancellationToken).ConfigureAwait(false);
        _run = Task.Run(() => Launcher.RunAsync(_stop.Token), CancellationToken.None);
    }

    /// <summary>Waits for a launcher that has ended.</summary>
    /// <exception cref="BalsamException">It failed.</exception>
    public Task EndAsync() => _run;

    /// <summary>Ends it as if its process had been killed: it hears nothing any more, its timers never fire, and its lease stays until it runs out.</summary>
    public void Kill()
    {
        Conductor.Die();
        _time.Die();
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await _services.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }
}
