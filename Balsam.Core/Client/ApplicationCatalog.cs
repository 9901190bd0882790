using Balsam.Storage;

namespace Balsam;

/// <summary>The applications that programs have registered with a store: <see cref="BalsamClient.Applications"/>.</summary>
/// <remarks>These are records: what a program of any time said. What this host can run is the <see cref="ApplicationRegistry"/>.</remarks>
public sealed class ApplicationCatalog
{
    private readonly IJobStore _store;

    internal ApplicationCatalog(IJobStore store) => _store = store;

    /// <summary>Lists the applications.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The records, by name.</returns>
    /// <exception cref="StoreException">The store cannot be opened or read.</exception>
    public async Task<IReadOnlyList<ApplicationRecord>> ListAsync(CancellationToken cancellationToken = default)
    {
        await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await _store.ListApplicationsAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finds an application by its name or a former one.</summary>
    /// <param name="name">The name.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The record; null when no program has registered such an application.</returns>
    /// <exception cref="StoreException">The store cannot be opened or read.</exception>
    public async Task<ApplicationRecord?> FindAsync(ApplicationName name, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<ApplicationRecord> all = await ListAsync(cancellationToken).ConfigureAwait(false);
        return all.FirstOrDefault(application => application.Name == name) ?? all.FirstOrDefault(application => application.FormerNames.Contains(name));
    }
}
