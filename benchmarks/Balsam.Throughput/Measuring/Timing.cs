using System.Diagnostics;

namespace Balsam.Throughput.Measuring;

/// <summary>What a measured piece of work took.</summary>
/// <param name="Seconds">The time that passed.</param>
/// <param name="Cpu">The CPU time.</param>
internal sealed record Timing(double Seconds, CpuTime Cpu)
{
    public static async Task<Timing> OfAsync(Func<Task> work)
    {
        GC.Collect();
        CpuTime before = CpuTime.Now();
        long begin = Stopwatch.GetTimestamp();
        await work();
        return new Timing(Stopwatch.GetElapsedTime(begin).TotalSeconds, CpuTime.Now() - before);
    }
}
