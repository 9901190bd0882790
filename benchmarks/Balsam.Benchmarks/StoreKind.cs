namespace Balsam.Benchmarks;

public enum StoreKind
{
    Memory,
    LiteDb,
}
