using System.Collections.Immutable;

namespace Balsam;

/// <content>What can be done with all jobs of a query.</content>
public sealed partial class JobQuery
{
    /// <summary>Cancels the jobs: see <see cref="BalsamClient.CancelAsync(IEnumerable{JobId}, string, CancellationToken)"/>.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was cancelled, and what was not and why.</returns>
    public async Task<ChangeReport> CancelAsync(string reason, CancellationToken cancellationToken = default) =>
        await _client.CancelAsync(await IdsAsync(cancellationToken).ConfigureAwait(false), reason, cancellationToken).ConfigureAwait(false);

    /// <summary>Runs the jobs again: see <see cref="BalsamClient.RestartAsync(IEnumerable{JobId}, CancellationToken)"/>.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was restarted, and what was not and why.</returns>
    public async Task<ChangeReport> RestartAsync(CancellationToken cancellationToken = default) =>
        await _client.RestartAsync(await IdsAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>Deletes the jobs: see <see cref="BalsamClient.DeleteAsync(IEnumerable{JobId}, CancellationToken)"/>.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was deleted, and what was not and why.</returns>
    public async Task<ChangeReport> DeleteAsync(CancellationToken cancellationToken = default) =>
        await _client.DeleteAsync(await IdsAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    private async Task<ImmutableArray<JobId>> IdsAsync(CancellationToken cancellationToken) =>
        [.. (await ToListAsync(cancellationToken).ConfigureAwait(false)).Select(job => job.Id)];
}
