using Balsam.Testing.Conformance;

namespace Balsam.Testing.Tests;

/// <summary>Many more seeds than the conformance suite holds; run after changes of the engine.</summary>
[Explicit("Takes a minute.")]
public sealed class InMemoryStoreModelTests
{
    [Test]
    public async Task InMemoryStore_UnderManyRandomCommands_AgreesWithTheModel()
    {
        foreach (StoreConformanceCase promise in StoreConformance.ModelCases(1_000, 300, 400))
        {
            await using InMemoryStoreFixture fixture = await InMemoryStoreFixture.OpenAsync();
            await promise.RunAsync(fixture);
        }
    }
}
