using System.Runtime.CompilerServices;

namespace Balsam;

/// <content>The history of all jobs.</content>
public sealed partial class BalsamClient
{
    private const int EventPage = 1024;

    /// <summary>Reads the steps of all jobs in the order in which they were stored, up to the newest there is. It does not wait for more.</summary>
    /// <param name="after">The <see cref="JobEvent.Sequence"/> of the last event already seen; 0 for none.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The events. Those of deleted jobs are gone with them.</returns>
    /// <exception cref="StoreException">The store cannot be opened or read.</exception>
    public async IAsyncEnumerable<JobEvent> ReadEventsAsync(long after = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        while (await _store.ReadEventsAsync(after, EventPage, cancellationToken).ConfigureAwait(false) is { Count: > 0 } page)
        {
            foreach (JobEvent step in page)
            {
                yield return step;
            }

            after = page[^1].Sequence;
        }
    }
}
