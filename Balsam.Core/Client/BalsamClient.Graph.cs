using Balsam.Storage;

namespace Balsam;

/// <content>Changing the graph of stored jobs.</content>
public sealed partial class BalsamClient
{
    /// <summary>Makes a job that waits for parents wait for others too, which may be younger than it.</summary>
    /// <param name="child">The job; it must be AWAITING_PARENTS.</param>
    /// <param name="parents">The further parents. One that the job has already stays as it is.</param>
    /// <param name="condition">How each must end. One that has ended otherwise already fails the job at once, as at submit.</param>
    /// <param name="cancellationToken">Cancels the call; a write that has begun is finished.</param>
    /// <returns>The job as it is then.</returns>
    /// <exception cref="AddParentsRefusedException">
    /// The job does not exist or wait any more, a parent does not exist, or a parent waits, directly or not, for the job; nothing was written.
    /// </exception>
    public async Task<Job> AddParentsAsync(
        JobId child, IEnumerable<JobId> parents, DependencyCondition condition = DependencyCondition.Success, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(parents);
        Demand(child);
        JobLink[] links = [.. parents.Select(parent => new JobLink(child, ParentReference.To(parent, condition)))];
        Array.ForEach(links, link => Demand(link.Parent.Stored));
        await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (links.Length > 0)
        {
            IReadOnlyList<CommitResult> results = await _store.CommitAsync([new JobCommit { Links = links }], cancellationToken).ConfigureAwait(false);
            if (results[0].Refusal is { } refusal)
            {
                throw refusal;
            }
        }

        return await GetAsync(child, cancellationToken).ConfigureAwait(false);
    }
}
