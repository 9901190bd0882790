using System.Runtime.InteropServices;

namespace Balsam.Throughput.Measuring;

/// <summary>CPU seconds of this process, and of the processes it has waited for.</summary>
internal readonly unsafe partial record struct CpuTime(double Own, double Children)
{
    private const int LongsOfUsage = 18;

    public double All => Own + Children;

    public static CpuTime Now() => OperatingSystem.IsLinux() ? new CpuTime(Read(0), Read(-1)) : new CpuTime(Environment.CpuUsage.TotalTime.TotalSeconds, 0);

    public static CpuTime operator -(CpuTime later, CpuTime earlier) => new(later.Own - earlier.Own, later.Children - earlier.Children);

    private static double Read(int who)
    {
        long* usage = stackalloc long[LongsOfUsage];
        return GetUsage(who, usage) == 0 ? usage[0] + usage[2] + ((usage[1] + usage[3]) / 1e6) : 0;
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetUsage(int who, long* usage);
}
