using Spectre.Console;

namespace Balsam;

/// <summary>Shows how far jobs are while a console program waits: a live view on a terminal, and plain lines now and then where the output goes elsewhere.</summary>
/// <remarks>
/// <para>The live view shows the jobs by state as a bar, how many end in a second, how long what is left will take (an estimate, see
/// <see cref="CampaignProgress.TimeLeft"/>), what runs, and the last failures. <c>NO_COLOR</c> takes its colours away; on a dumb terminal, or in a build system's log,
/// there are plain lines.</para>
/// <para>Nothing else may write to the console between <see cref="Show"/> and disposal when it is a terminal: it would break the view.</para>
/// </remarks>
/// <example><code>
/// await using (ConsoleProgress.Show(site.Client))
/// {
///     await site.RunUntilIdleAsync();
/// }
/// </code></example>
public sealed class ConsoleProgress : IAsyncDisposable
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(1);

    private readonly BalsamClient _client;
    private readonly JobQuery _query;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly ProgressFeed _feed = new();
    private readonly Task _watching;
    private readonly Task _showing;
    private int _disposed;

    internal ConsoleProgress(BalsamClient client, JobQuery query, IProgressView view, TimeProvider time)
    {
        (_client, _query, _time) = (client, query, time);
        _watching = WatchAsync();
        _showing = view.ShowAsync(_feed, _stop.Token);
    }

    /// <summary>Shows how far jobs are until disposed. What is shown last stays on the screen.</summary>
    /// <param name="client">The client.</param>
    /// <param name="query">Which jobs; null for all.</param>
    /// <param name="console">Where to; null for the standard output.</param>
    /// <returns>The view: dispose it when the program goes on to something else.</returns>
    /// <exception cref="InvalidOperationException">The query has been cut by <see cref="JobQuery.Skip"/> or <see cref="JobQuery.Take"/>.</exception>
    public static ConsoleProgress Show(BalsamClient client, JobQuery? query = null, IAnsiConsole? console = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        if (query?.Selector is { Skip: > 0 } or { Take: < int.MaxValue })
        {
            throw new InvalidOperationException("Skip and Take cut the query; show the progress of all its jobs.");
        }

        IAnsiConsole screen = console ?? AnsiConsole.Console;
        IProgressView view = IsLive(screen) ? new LiveView(screen, TimeProvider.System) : new PlainView(screen.Profile.Out.Writer, TimeProvider.System);
        return new ConsoleProgress(client, query ?? client.Jobs, view, TimeProvider.System);
    }

    /// <summary>Shows how things stand at the end, and leaves it on the screen.</summary>
    /// <returns>A task that ends when the console is free again.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await CatchUpAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        await _showing.ConfigureAwait(false);
        _stop.Dispose();
    }

    private static bool IsLive(IAnsiConsole console) =>
        console.Profile.Out.IsTerminal && console.Profile.Capabilities is { Ansi: true, Interactive: true };

    // A store that is closed under the view ends it; the program hears of that where it uses the store itself.
    private async Task WatchAsync()
    {
        try
        {
            await foreach (CampaignProgress progress in _client.WatchProgressAsync(_query, WatchInterval, _stop.Token).ConfigureAwait(false))
            {
                _feed.Publish(progress);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or BalsamException)
        {
        }
    }

    // The watch may be an interval behind: what is left on the screen should be how it ended.
    private async Task CatchUpAsync()
    {
        try
        {
            string now = (await _query.CountByStateAsync().ConfigureAwait(false)).ToString();
            using var enough = new CancellationTokenSource(LastLook, _time);
            for (CampaignProgress? seen = null; seen?.Counts.ToString() != now;)
            {
                seen = await _feed.NextAsync(seen, enough.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or BalsamException)
        {
        }
    }
}
