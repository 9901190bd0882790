using Balsam.Testing.Conformance;

namespace Balsam.Testing.Tests;

/// <summary>Many more seeds than the conformance suite holds; run after changes of the engine.</summary>
[Explicit("Takes a minute.")]
public sealed class InMemoryStoreModelTests
{
    private static IEnumerable<StoreConformanceCase> Cases => StoreConformance.ModelCases(1_000, 300, 400);

    [TestCaseSource(nameof(Cases))]
    public async Task InMemoryStore_UnderRandomCommands_AgreesWithTheModel(StoreConformanceCase promise)
    {
        await using InMemoryStoreFixture fixture = await InMemoryStoreFixture.OpenAsync();
        await promise.RunAsync(fixture);
    }
}
