using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Balsam;

/// <content>How far jobs are.</content>
public sealed partial class BalsamClient
{
    private static readonly TimeSpan DefaultProgressInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Says how far jobs are: at once, then when something has happened, until cancelled.</summary>
    /// <remarks>
    /// Driven by the store's events. All jobs together are counted by the store, at no cost; of a narrower query the watch keeps a number and a state a job. A job belongs
    /// to the query from when it first meets it, also when it is submitted meanwhile. Jobs that were deleted are noticed when all has been quiet for ten intervals.
    /// </remarks>
    /// <param name="query">Which jobs; null for all.</param>
    /// <param name="interval">The least time between two reports; null for 500 ms.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <returns>The progress, again and again.</returns>
    /// <exception cref="InvalidOperationException">The query has been cut by <see cref="JobQuery.Skip"/> or <see cref="JobQuery.Take"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="interval"/> is not above zero, or longer than a day.</exception>
    /// <exception cref="StoreException">The store cannot be opened or read, or was closed.</exception>
    public async IAsyncEnumerable<CampaignProgress> WatchProgressAsync(
        JobQuery? query = null, TimeSpan? interval = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        TimeSpan pause = interval ?? DefaultProgressInterval;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(pause, TimeSpan.Zero, nameof(interval));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pause, TimeSpan.FromDays(1), nameof(interval));
        JobFilter filter = await (query is null ? Jobs : Demand(query)).ToFilterAsync(cancellationToken).ConfigureAwait(false);
        await foreach (CampaignProgress progress in new ProgressTracker(_store, _time, filter, pause, _insights).RunAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return progress;
        }
    }

    /// <summary>Reports how far jobs are until all of them have ended: at once, then when something has happened, and when the last one has ended.</summary>
    /// <remarks>As <see cref="WatchProgressAsync"/>; jobs that are submitted before all others have ended count. Jobs that nothing can bring to their end keep it waiting.</remarks>
    /// <param name="progress">Gets the reports.</param>
    /// <param name="query">Which jobs; null for all.</param>
    /// <param name="interval">The least time between two reports; null for 500 ms.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <returns>The last report.</returns>
    /// <exception cref="InvalidOperationException">The query has been cut by <see cref="JobQuery.Skip"/> or <see cref="JobQuery.Take"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="interval"/> is not above zero, or longer than a day.</exception>
    /// <exception cref="StoreException">The store cannot be opened or read, or was closed.</exception>
    public async Task<CampaignProgress> TrackAsync(
        IProgress<CampaignProgress> progress, JobQuery? query = null, TimeSpan? interval = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(progress);
        await foreach (CampaignProgress now in WatchProgressAsync(query, interval, cancellationToken).ConfigureAwait(false))
        {
            progress.Report(now);
            if (now.IsComplete)
            {
                return now;
            }
        }

        throw new UnreachableException();
    }
}
