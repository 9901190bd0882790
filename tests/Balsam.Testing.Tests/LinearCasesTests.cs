using Balsam.Storage;
using Balsam.Testing.Conformance;

namespace Balsam.Testing.Tests;

/// <summary>That the search for an order finds out a store which has none.</summary>
public sealed class LinearCasesTests
{
    [Test]
    public async Task LinearCases_StoreThatGivesOldAnswers_AreBroken()
    {
        int broken = 0;
        foreach (StoreConformanceCase promise in StoreConformance.LinearCases(1, 5, 20))
        {
            await using var fixture = new StaleFixture(await InMemoryStoreFixture.OpenAsync());
            try
            {
                await promise.RunAsync(fixture);
            }
            catch (ConformanceException exception)
            {
                Assert.That(exception.Message, Does.Contain("Seed ").And.Contain("no order of these calls explains their answers").And.Contain("read "));
                broken++;
            }
        }

        Assert.That(broken, Is.Positive, "which callers meet is up to the machine");
    }

    private sealed class StaleFixture(InMemoryStoreFixture inner) : StoreFixture
    {
        private readonly StaleStore _store = new(inner.Store);

        public override IJobStore Store => _store;

        public override TimeProvider Time => inner.Time;

        public override void Advance(TimeSpan by) => inner.Advance(by);

        public override ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
