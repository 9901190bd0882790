namespace Balsam.Storage.Embedded;

/// <content>What is known of launchers and applications: small, and held in memory.</content>
public abstract partial class EmbeddedJobStore
{
    private readonly LauncherHistory _launchers = new();
    private readonly ApplicationBook _applications = new();

    /// <inheritdoc/>
    public Task<IReadOnlyList<LauncherRecord>> ListLaunchersAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        DemandOpen();
        lock (_gate)
        {
            return Task.FromResult(_launchers.All);
        }
    }

    /// <inheritdoc/>
    public async Task RegisterApplicationsAsync(IReadOnlyList<ApplicationRecord> applications, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(applications);
        DemandOpen();
        await _queue.WriteAsync(
            batch =>
            {
                DateTimeOffset now = _time.GetUtcNow().ToStoredInstant();
                foreach (ApplicationRecord application in applications)
                {
                    _applications.Register(application, now, batch.Write);
                }

                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ApplicationRecord>> ListApplicationsAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        DemandOpen();
        lock (_gate)
        {
            return Task.FromResult(_applications.All);
        }
    }
}
