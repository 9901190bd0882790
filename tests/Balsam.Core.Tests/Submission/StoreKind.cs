namespace Balsam.Core.Tests.Submission;

/// <summary>The store under a client.</summary>
public enum StoreKind
{
    InMemory,
    LiteDb,
}
