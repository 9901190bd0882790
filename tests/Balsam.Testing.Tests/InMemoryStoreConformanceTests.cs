using Balsam.Testing.Conformance;

namespace Balsam.Testing.Tests;

public sealed class InMemoryStoreConformanceTests
{
    [TestCaseSource(typeof(StoreConformance), nameof(StoreConformance.VolatileCases))]
    public async Task InMemoryStore_OfTheContract_Keeps(StoreConformanceCase promise)
    {
        await using InMemoryStoreFixture fixture = await InMemoryStoreFixture.OpenAsync();
        await promise.RunAsync(fixture);
    }
}
