using Balsam.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Balsam.Core.Tests.Queries;

/// <summary>A client on a store in memory, with jobs.</summary>
internal sealed class QuerySite : IAsyncDisposable
{
    private readonly ServiceProvider _provider;

    private QuerySite(ServiceProvider provider) => _provider = provider;

    public BalsamClient Client => _provider.GetRequiredService<BalsamClient>();

    public IJobStore Store => _provider.GetRequiredService<IJobStore>();

    public static QuerySite Open()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddBalsam(balsam => balsam.UseInMemory());
        return new QuerySite(services.BuildServiceProvider());
    }

    public async Task<IReadOnlyList<Job>> AddAsync(params IReadOnlyList<JobAddition> additions)
    {
        await Store.OpenAsync(CancellationToken.None);
        return (await Store.CommitAsync([new JobCommit { Additions = additions }], CancellationToken.None))[0].Added;
    }

    public async Task CancelAsync(Job job) => await Store.CommitAsync(
        [new JobCommit { Changes = [new JobChange(job).Fail(JobTrigger.Cancelled, TimeProvider.System.GetUtcNow(), new FailureDetails { Kind = FailureKind.Cancelled, Message = "enough" })] }], CancellationToken.None);

    public static JobAddition Addition(string application = "Relax") => new() { Application = application, Site = SiteName.Local };

    public ValueTask DisposeAsync() => _provider.DisposeAsync();
}
