namespace Balsam.Core.Tests.Explaining;

/// <summary>The stores that these tests run on.</summary>
public enum StoreKind
{
    InMemory,
    LiteDb,
}
