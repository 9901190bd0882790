using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Balsam.Launch.Hosting;

/// <summary>Runs the launcher for as long as the host runs. What is wrong at the start comes out of the host's start.</summary>
internal sealed partial class LauncherService(Launcher launcher, IHostApplicationLifetime lifetime, IOptions<LauncherOptions> options, ILogger<LauncherService> log) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await launcher.OpenAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await launcher.RunAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogFailed(log, exception);
            throw;
        }

        if (!stoppingToken.IsCancellationRequested && options.Value.StopHostAtEnd)
        {
            lifetime.StopApplication();
        }
    }

    [LoggerMessage(BalsamEventIds.LauncherFailed, LogLevel.Critical, "The launcher failed; jobs no longer run in this host.")]
    private static partial void LogFailed(ILogger log, Exception exception);
}
