using Balsam.Storage.Embedded;
using Balsam.Storage.LiteDb;
using Balsam.Testing;

namespace Balsam.Benchmarks;

/// <summary>Opens the stores to be measured; that on disk where files are in memory, if there is such a place.</summary>
internal static class Stores
{
    private const string Memory = "/dev/shm";

    public static EmbeddedJobStore Open(StoreKind kind)
    {
        EmbeddedJobStore store = kind == StoreKind.Memory
            ? new InMemoryJobStore()
            : new LiteDbJobStore(Path.Combine(Directory.Exists(Memory) ? Memory : Path.GetTempPath(), $"balsam-benchmarks-{Guid.NewGuid():N}", "balsam.db"));
        store.OpenAsync(CancellationToken.None).GetAwaiter().GetResult();
        return store;
    }

    public static void Close(EmbeddedJobStore store)
    {
        store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        const string Prefix = "LiteDB file ";
        if (store.Description.StartsWith(Prefix, StringComparison.Ordinal))
        {
            Directory.Delete(Path.GetDirectoryName(store.Description[Prefix.Length..])!, recursive: true);
        }
    }
}
