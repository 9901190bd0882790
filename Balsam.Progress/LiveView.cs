using System.Runtime.InteropServices;
using Spectre.Console;

namespace Balsam;

/// <summary>A picture on the terminal that is drawn over and over.</summary>
internal sealed class LiveView(IAnsiConsole console, TimeProvider time) : IProgressView
{
    public static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly PosixSignal[] Signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];

    public async Task ShowAsync(ProgressFeed feed, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var ended = new ManualResetEventSlim();
        EventHandler onExit = (_, _) => EndBeforeTheProcess(end, ended);
        AppDomain.CurrentDomain.ProcessExit += onExit;
        PosixSignalRegistration[] registrations = [.. Signals.Select(signal => PosixSignalRegistration.Create(signal, _ => EndBeforeTheProcess(end, ended)))];
        try
        {
            await DrawAsync(feed, end.Token).ConfigureAwait(false);
        }
        finally
        {
            ended.Set();
            AppDomain.CurrentDomain.ProcessExit -= onExit;
            Array.ForEach(registrations, registration => registration.Dispose());
        }
    }

    private async Task DrawAsync(ProgressFeed feed, CancellationToken cancellationToken)
    {
        var screen = new ProgressScreen(console.Profile.Capabilities.Unicode);
        await console.Live(screen.Draw(feed.Latest, time.GetUtcNow())).Overflow(VerticalOverflow.Ellipsis).StartAsync(async display =>
        {
            using var timer = new PeriodicTimer(Refresh, time);
            while (!cancellationToken.IsCancellationRequested)
            {
                display.UpdateTarget(screen.Draw(feed.Latest, time.GetUtcNow()));
                Task tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
                await tick.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            display.UpdateTarget(screen.Draw(feed.Latest, time.GetUtcNow()));
        }).ConfigureAwait(false);
    }

    // A program that a signal ends has something to say yet, and wants its cursor back: handlers run last registered first, so this one waits until the picture stands.
    private static void EndBeforeTheProcess(CancellationTokenSource end, ManualResetEventSlim ended)
    {
        try
        {
            end.Cancel();
            ended.Wait(Patience);
        }
        catch (ObjectDisposedException)
        {
            // It had ended just then.
        }
    }
}
