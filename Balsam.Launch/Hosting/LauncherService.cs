using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Balsam.Launch.Hosting;

/// <summary>Runs the launcher for as long as the host runs. What is wrong at the start comes out of the host's start.</summary>
/// <remarks>
/// A launcher that fails comes out of <see cref="BackgroundService.ExecuteTask"/>, so that <c>HostOptions.BackgroundServiceExceptionBehavior</c> decides whether the host stops with it, as it does by
/// default. A host that is to go on without it has the log and the health check to learn from.
/// </remarks>
internal sealed partial class LauncherService(
    Launcher launcher, IHostApplicationLifetime lifetime, IOptions<LauncherOptions> options, TimeProvider time, ILogger<LauncherService> log) : BackgroundService
{
    // The launcher keeps its own limits; this is for a loop that is stuck in code which is not ours.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    private readonly List<IDisposable> _registrations = [];
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Thread? _stopper;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await launcher.OpenAsync(cancellationToken).ConfigureAwait(false);
        HeedSignals();
        await base.StartAsync(cancellationToken).ConfigureAwait(false);

        // What is stopped before a thread is free for it is never begun: then the session that is open must be closed here.
        await Task.WhenAny(_begun.Task, ExecuteTask!).ConfigureAwait(false);
        if (!_begun.Task.IsCompleted)
        {
            await launcher.RunAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        var overdue = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ITimer? timer = null;
        Task stopped = base.StopAsync(CancellationToken.None);
        CancellationTokenRegistration onDeadline = cancellationToken.Register(() =>
        {
            if (!stopped.IsCompleted)
            {
                LogOutOfPatience(log, options.Value.DrainTimeout, options.Value.KillGrace);
                launcher.StopNow();
                timer = time.CreateTimer(_ => overdue.TrySetResult(), null, options.Value.RecordTimeout + Margin, Timeout.InfiniteTimeSpan);
            }
        });
        Task first = await Task.WhenAny(stopped, overdue.Task).ConfigureAwait(false);
        await onDeadline.DisposeAsync().ConfigureAwait(false);
        timer?.Dispose();
        if (first == stopped)
        {
            await stopped.ConfigureAwait(false);
        }
        else
        {
            LogAbandoned(log, launcher.Status.ToString());
        }
    }

    public override void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _begun.TrySetResult();
        try
        {
            await launcher.RunAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogFailed(log, exception);
            throw;
        }

        if (launcher.EndedByItself && !stoppingToken.IsCancellationRequested && options.Value.StopHostAtEnd)
        {
            lifetime.StopApplication();
        }
    }

    // The first signal stops the host, by its lifetime; each further one hurries the launcher. The host's lifetime hears the first one on the same thread, before this or after.
    private void HeedSignals()
    {
        _registrations.Add(lifetime.ApplicationStopping.Register(() => _stopper = Thread.CurrentThread));
        foreach (PosixSignal signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM])
        {
            try
            {
                _registrations.Add(PosixSignalRegistration.Create(signal, _ =>
                {
                    if (lifetime.ApplicationStopping.IsCancellationRequested && !ReferenceEquals(_stopper, Thread.CurrentThread))
                    {
                        launcher.Hurry();
                    }
                }));
            }
            catch (PlatformNotSupportedException)
            {
                // Where there are no signals, nobody sends a second one.
            }
        }
    }

    [LoggerMessage(BalsamEventIds.LauncherFailed, LogLevel.Critical, "The launcher failed; jobs no longer run in this host.")]
    private static partial void LogFailed(ILogger log, Exception exception);

    [LoggerMessage(
        BalsamEventIds.HostOutOfPatience, LogLevel.Warning,
        "The host's shutdown timeout is over before the launcher has ended: what runs is killed now. Set HostOptions.ShutdownTimeout to more than the sum of DrainTimeout ({Drain}) and KillGrace ({Grace}).")]
    private static partial void LogOutOfPatience(ILogger log, TimeSpan drain, TimeSpan grace);

    [LoggerMessage(BalsamEventIds.LauncherAbandoned, LogLevel.Critical, "The launcher does not end; the host goes on without it. It is {Status}")]
    private static partial void LogAbandoned(ILogger log, string status);
}
