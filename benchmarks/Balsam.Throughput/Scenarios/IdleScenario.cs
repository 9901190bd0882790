using Balsam.Throughput.Applications;
using Balsam.Throughput.Measuring;

namespace Balsam.Throughput.Scenarios;

/// <summary>A launcher with 100,000 jobs that wait for a parent nobody runs: CPU and growth over 30 s.</summary>
internal sealed class IdleScenario : IScenario
{
    private const int Count = 100_000;
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(30);

    public async Task RunAsync(string name, Bench bench)
    {
        await using BalsamSite site = await Sites.OpenAsync(bench.NewDirectory(), balsam => balsam.AddApplication<Sleep>());
        NewJob parent = SleepingJobs.Make(0).InSite("elsewhere");
        await site.Client.SubmitAsync([parent, .. Enumerable.Range(1, Count).Select(number => SleepingJobs.Make(number).After(parent))]);
        await site.RunUntilIdleAsync();
        await Task.Delay(TimeSpan.FromSeconds(2));
        MemoryUse before = MemoryUse.Now();
        Timing timing = await Timing.OfAsync(() => Task.Delay(Watched));
        MemoryUse after = MemoryUse.Now();
        bench.Figures.Add($"{name}.cpu_percent_of_a_core", 100 * timing.Cpu.All / timing.Seconds);
        bench.Figures.Add($"{name}.managed_growth_kb", (after.Managed - before.Managed) / 1024.0);
        bench.Figures.Add($"{name}.resident_growth_kb", (after.Resident - before.Resident) / 1024.0);
        bench.Figures.Add($"{name}.managed_bytes_per_job", (double)before.Managed / Count);
    }
}
