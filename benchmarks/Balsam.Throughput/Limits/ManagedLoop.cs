using System.Diagnostics;
using Balsam.Throughput.Measuring;

namespace Balsam.Throughput.Limits;

/// <summary>The bare loop where no compiler is: <c>System.Diagnostics.Process</c> through a shell that opens the output file.</summary>
internal static class ManagedLoop
{
    public static BareLoopResult Run(string directory, int count, int slots, string[] command)
    {
        CpuTime before = CpuTime.Now();
        long begin = Stopwatch.GetTimestamp();
        double lastStart = 0;
        using var free = new SemaphoreSlim(slots, slots);
        using var all = new CountdownEvent(count);
        for (int i = 0; i < count; i++)
        {
            free.Wait();
            string workdir = Directory.CreateDirectory(Path.Combine(directory, i.ToString(System.Globalization.CultureInfo.InvariantCulture))).FullName;
            var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" > job.out 2>&1", "sh", .. command]) { WorkingDirectory = workdir };
            var process = new Process { StartInfo = start, EnableRaisingEvents = true };
            process.Exited += (_, _) =>
            {
                process.Dispose();
                free.Release();
                all.Signal();
            };
            process.Start();
            lastStart = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }

        all.Wait();
        CpuTime spent = CpuTime.Now() - before;
        return new BareLoopResult(Stopwatch.GetElapsedTime(begin).TotalSeconds, lastStart, spent.Own, spent.Children);
    }
}
