using Balsam.Launch.Tests.Engine;
using Balsam.Storage;
using Balsam.Storage.LiteDb;
using Balsam.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Balsam.Launch.Tests.Events;

/// <summary>A client on either store, without a launcher: the tests move jobs themselves.</summary>
internal sealed class EventSite : IAsyncDisposable
{
    private readonly StoreKind _kind;
    private readonly string _directory = Directory.CreateTempSubdirectory("balsam-events-").FullName;
    private ServiceProvider _services;

    private EventSite(StoreKind kind)
    {
        _kind = kind;
        _services = Open();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));

    public BalsamClient Client => _services.GetRequiredService<BalsamClient>();

    public IJobStore Store => _services.GetRequiredService<IJobStore>();

    public ReadCounter Reads => (ReadCounter)Store;

    public static async Task<EventSite> OpenAsync(StoreKind kind)
    {
        var site = new EventSite(kind);
        await site.Store.OpenAsync(default);
        return site;
    }

    /// <summary>Closes the store and opens it again, as another process would find it.</summary>
    public async Task ReopenAsync()
    {
        await _services.DisposeAsync();
        _services = Open();
        await Store.OpenAsync(default);
    }

    public async Task<IReadOnlyList<Job>> SubmitAsync(int count, params (string Key, string Value)[] tags) => (await Store.CommitAsync(
        [
            new JobCommit
            {
                Additions = [.. Enumerable.Range(0, count).Select(_ => new JobAddition { Application = "Relax", Site = SiteName.Local, Tags = tags.ToDictionary(tag => tag.Key, tag => tag.Value) })],
            },
        ],
        default))[0].Added;

    public Task MoveAsync(JobId id, params JobTrigger[] triggers) => ChangeAsync(id, change => Array.ForEach(triggers, trigger => change.Apply(trigger, Time.GetUtcNow())));

    public async Task ChangeAsync(JobId id, Action<JobChange> change)
    {
        var made = new JobChange(await Client.GetAsync(id));
        change(made);
        CommitResult result = (await Store.CommitAsync([new JobCommit { Changes = [made] }], default)).Single();
        Assert.That(result.Refusal, Is.Null);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private ServiceProvider Open()
    {
        IJobStore store = _kind == StoreKind.InMemory ? new InMemoryJobStore(Time) : new LiteDbJobStore(Path.Combine(_directory, "store.db"), Time);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddBalsam(balsam => balsam.UseInMemory());
        services.AddSingleton<IJobStore>(_ => ReadCounter.Before(store));
        return services.BuildServiceProvider();
    }
}
