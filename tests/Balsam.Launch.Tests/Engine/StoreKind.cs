namespace Balsam.Launch.Tests.Engine;

/// <summary>Which store the engine of a test runs on.</summary>
public enum StoreKind
{
    InMemory,
    LiteDb,
}
