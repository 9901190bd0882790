using System.Diagnostics;

namespace Balsam.Throughput.Measuring;

/// <summary>The memory of this process after a full collection.</summary>
/// <param name="Managed">Bytes of live objects.</param>
/// <param name="Resident">Bytes in memory.</param>
internal readonly record struct MemoryUse(long Managed, long Resident)
{
    public static MemoryUse Now()
    {
        long managed = GC.GetTotalMemory(forceFullCollection: true);
        using Process self = Process.GetCurrentProcess();
        return new MemoryUse(managed, self.WorkingSet64);
    }
}
