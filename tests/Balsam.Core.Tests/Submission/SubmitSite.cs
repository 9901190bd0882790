using Balsam.Core.Tests.Client;
using Balsam.Storage;
using Balsam.Storage.LiteDb;
using Balsam.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Balsam.Core.Tests.Submission;

/// <summary>A client on one of the stores, with nodes of the local site only.</summary>
internal sealed class SubmitSite : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly string? _directory;

    public SubmitSite(StoreKind kind)
    {
        _directory = kind == StoreKind.LiteDb ? Directory.CreateTempSubdirectory("balsam-submit-").FullName : null;
        var services = new ServiceCollection();
        services.AddSingleton<INodeCatalog>(new Nodes());
        services.AddBalsam(balsam => (_directory is null ? balsam.UseInMemory() : balsam.UseLiteDb(Path.Combine(_directory, "store.db")))
            .AddApplication<Tool>().AddApplication<Relax>().AddApplication<Norm>().AddApplication<Carry>().AddApplication<Heir>()
            .AddTransferLocation("laptop", "sftp://ada@laptop/home/ada").AddTransferLocation("disk-2", "file:///archive"));
        _services = services.BuildServiceProvider();
    }

    public BalsamClient Client => _services.GetRequiredService<BalsamClient>();

    public IJobStore Store => _services.GetRequiredService<IJobStore>();

    /// <summary>How much is stored: jobs, the last event, the versions of all jobs.</summary>
    public async Task<(long Jobs, long LastEvent, long Versions)> ExtentAsync() =>
        (await Client.Jobs.CountAsync(), await Store.GetLastSequenceAsync(default), (await Client.Jobs.ToListAsync()).Sum(job => job.Version));

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_directory is not null)
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    private sealed class Nodes : INodeCatalog
    {
        public Task<IReadOnlyList<NodeSpec>> GetNodesAsync(SiteName site, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<NodeSpec>>(site == SiteName.Local ? [new NodeSpec("n1", 4, 1)] : []);
    }
}
