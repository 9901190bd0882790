using Balsam.Testing.Conformance;

namespace Balsam.Storage.LiteDb.Tests;

public sealed class LiteDbStoreConformanceTests
{
    [TestCaseSource(typeof(StoreConformance), nameof(StoreConformance.Cases))]
    public async Task LiteDbStore_OfTheContract_Keeps(StoreConformanceCase promise)
    {
        await using LiteDbStoreFixture fixture = await LiteDbStoreFixture.OpenAsync();
        await promise.RunAsync(fixture);
    }
}
