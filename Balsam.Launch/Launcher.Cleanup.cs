using System.Runtime.CompilerServices;
using Balsam.Launch.Cleanup;
using Balsam.Launch.Lifecycle;

namespace Balsam.Launch;

/// <content>Removing files of finished jobs that nobody needs any more.</content>
public sealed partial class Launcher
{
    private const int PreviewBatch = 180;

    private CleanupSelection? _cleanupSelection;
    private WorkdirCleaner? _cleaner;
    private volatile CleanupSweeper? _sweeper;

    private CleanupSelection Selection => _cleanupSelection ??= new CleanupSelection(_store, _applications, _site);

    private WorkdirCleaner Cleaner => _cleaner ??= new WorkdirCleaner(_directory, _secrets, _time);

    /// <summary>Says what a clean-up would remove now: the files of finished jobs of this site that match <see cref="ApplicationDefinition.CleanupFiles"/>. Nothing is removed.</summary>
    /// <remarks>The launcher need not have been started, nor its clean-up be enabled. Jobs that were cleaned up once are not among them.</remarks>
    /// <param name="filter">Which jobs besides; null for all.</param>
    /// <param name="cancellationToken">Cancels the look.</param>
    /// <returns>The jobs, by number, each with its files.</returns>
    public async IAsyncEnumerable<JobCleanup> PreviewCleanupAsync(JobFilter? filter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        await foreach (IReadOnlyList<CleanupCandidate> batch in Selection.ReadAsync(filter ?? JobFilter.All, PreviewBatch, cancellationToken).ConfigureAwait(false))
        {
            foreach (CleanupCandidate candidate in batch)
            {
                yield return await Task.Run(() => Cleaner.List(candidate, cancellationToken), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Cleans up at once, enabled or not: what <see cref="CleanupOptions.Enabled"/> does at every interval, for the jobs that are asked for.</summary>
    /// <param name="filter">Which jobs besides; null for all that have finished and were not cleaned up.</param>
    /// <param name="cancellationToken">Ends it behind the batch that is under way.</param>
    /// <returns>What was removed.</returns>
    /// <exception cref="InvalidOperationException">The launcher has not started, or has ended.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled, or the launcher stops.</exception>
    /// <exception cref="BalsamException">The store cannot write, or the launcher failed.</exception>
    public async Task<CleanupReport> CleanUpAsync(JobFilter? filter = null, CancellationToken cancellationToken = default)
    {
        CleanupSweeper? sweeper = null;
        await TellAsync(() => sweeper = _sweeper, cancellationToken).ConfigureAwait(false);
        return sweeper is null
            ? throw new InvalidOperationException("Files are removed under the launcher's lease: start the host, and clean up before it stops.")
            : await sweeper.SweepAsync(filter ?? JobFilter.All, cancellationToken).ConfigureAwait(false);
    }

    private CleanupSweeper BeginCleanup(CancellationToken noMore) => _sweeper = new CleanupSweeper(
        _store, Selection, Cleaner, Lease, () => IsLeaseOver, _options.Cleanup, _time, _log, trouble => _insight.Meet(LauncherLoop.Cleanup, trouble), noMore);

    // The batch that is under way may end, for half of the time in which everything must be recorded; without a lease it must not.
    private async Task EndCleanupAsync(CleanupSweeper sweeper, Task sweeping, bool atOnce)
    {
        _sweeper = null;
        Task ended = Task.WhenAll(sweeping, sweeper.EndAsync(atOnce ? TimeSpan.Zero : _options.RecordTimeout / 2));
        if (!_hasGivenUp)
        {
            await HearUntilAsync(ended).ConfigureAwait(false);
        }
    }
}
