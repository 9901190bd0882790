using Spectre.Console;

namespace Balsam;

/// <summary>A picture on the terminal that is drawn over and over.</summary>
internal sealed class LiveView(IAnsiConsole console, TimeProvider time) : IProgressView
{
    public static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(250);

    public async Task ShowAsync(ProgressFeed feed, CancellationToken cancellationToken)
    {
        // A program that is ended by a signal must not leave the terminal without a cursor.
        AppDomain.CurrentDomain.ProcessExit += ShowCursor;
        try
        {
            var screen = new ProgressScreen(console.Profile.Capabilities.Unicode);
            await console.Live(screen.Draw(null, time.GetUtcNow())).Overflow(VerticalOverflow.Ellipsis).StartAsync(async display =>
            {
                using var timer = new PeriodicTimer(Refresh, time);
                while (!cancellationToken.IsCancellationRequested)
                {
                    display.UpdateTarget(screen.Draw(feed.Latest, time.GetUtcNow()));
                    await timer.WaitForNextTickAsync(cancellationToken).AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }

                display.UpdateTarget(screen.Draw(feed.Latest, time.GetUtcNow()));
            }).ConfigureAwait(false);
        }
        finally
        {
            AppDomain.CurrentDomain.ProcessExit -= ShowCursor;
        }
    }

    private void ShowCursor(object? sender, EventArgs arguments) => console.Cursor.Show();
}
