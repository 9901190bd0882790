using System.Runtime.ExceptionServices;

namespace Balsam.Storage.Embedded;

/// <content>Changes and deletes of many jobs in one write.</content>
public abstract partial class EmbeddedJobStore
{
    /// <inheritdoc/>
    public async Task<ChangeReport> ChangeAsync(JobBulkChange change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        DemandOpen();
        (ChangeReport? report, ExceptionDispatchInfo? failure) = await _queue.WriteAsync(batch => Stage(batch, change), cancellationToken, batch => batch.Load(change.Ids)).ConfigureAwait(false);
        failure?.Throw();
        return report!;
    }

    /// <inheritdoc/>
    public async Task<ChangeReport> DeleteAsync(JobDeletion deletion, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deletion);
        DemandOpen();
        var staging = new DeleteStaging(deletion);
        return await _queue.WriteAsync(batch => staging.Stage(batch, _sessions), cancellationToken, staging.Prepare).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<JobId>> FindDescendantsAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        DemandOpen();
        return ReadingPublished<IReadOnlyList<JobId>>(
            () =>
            {
                SortedSet<JobId> found = [];
                HashSet<JobId> asked = [];
                Queue<JobId> open = new(ids);
                ChildLookup children = NewChildLookup();
                while (open.TryDequeue(out JobId parent))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    foreach (JobId child in asked.Add(parent) ? children.Find(parent) : [])
                    {
                        if (found.Add(child))
                        {
                            open.Enqueue(child);
                        }
                    }
                }

                return [.. found];
            },
            (write, found) => write.Deletes.Count > 0 || write.Relinked.Any() || found.Any(write.IsInserted),
            cancellationToken);
    }

    // A rule is somebody else's code: what it throws is the answer to its own call, and leaves nothing behind.
    private (ChangeReport? Report, ExceptionDispatchInfo? Failure) Stage(StagedBatch batch, JobBulkChange change)
    {
        try
        {
            return (new BulkChangeStaging(batch, _sessions, change).Stage(), null);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return (null, ExceptionDispatchInfo.Capture(exception));
        }
    }
}
