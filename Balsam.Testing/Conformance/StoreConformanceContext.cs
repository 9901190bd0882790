using Balsam.Storage;

namespace Balsam.Testing.Conformance;

/// <summary>What a case works with: the store under test, its clock, and the steps that cases share.</summary>
public sealed partial class StoreConformanceContext
{
    /// <summary>Makes a context.</summary>
    /// <param name="fixture">The store under test.</param>
    public StoreConformanceContext(StoreFixture fixture)
    {
        ArgumentNullException.ThrowIfNull(fixture);
        Fixture = fixture;
    }

    /// <summary>The fixture.</summary>
    public StoreFixture Fixture { get; }

    /// <summary>The store under test.</summary>
    public IJobStore Store => Fixture.Store;

    /// <summary>The instant by the store's clock.</summary>
    public DateTimeOffset Now => Fixture.Time.GetUtcNow();
}
