using Balsam.Throughput.Applications;
using Balsam.Throughput.Limits;
using Balsam.Throughput.Measuring;

namespace Balsam.Throughput.Scenarios;

/// <summary>2,000 × /bin/true, 2 at a time, from bulk submit to JOB_FINISHED, against the bare loop.</summary>
internal sealed class SpawnScenario : IScenario
{
    private const int Full = 2000;

    public async Task RunAsync(string name, Bench bench)
    {
        int count = bench.Scaled(Full);
        BareLoop loop = await bench.LoopAsync();
        (List<Timing> engine, List<BareLoopResult> limit) = await bench.InTurnAsync(
            () => RunEngineAsync(bench.NewDirectory(), count),
            () => loop.RunAsync(bench.NewDirectory(), count, Sites.Slots, "/bin/true"));
        double rate = engine.Median(run => count / run.Seconds);
        double limitRate = limit.Median(run => count / run.Seconds);
        double cpu = engine.Median(run => run.Cpu.All * 1000 / count);
        double limitCpu = limit.Median(run => (run.OwnCpuSeconds + run.ChildCpuSeconds) * 1000 / count);
        bench.Figures.Add($"{name}.limit_kind", loop.Kind);
        bench.Figures.Add($"{name}.jobs_per_s", rate);
        bench.Figures.Add($"{name}.limit_per_s", limitRate);
        bench.Figures.Add($"{name}.ratio", rate / limitRate);
        bench.Figures.Add($"{name}.cpu_ms_per_job", cpu);
        bench.Figures.Add($"{name}.limit_cpu_ms_per_job", limitCpu);
        bench.Figures.Add($"{name}.cpu_ratio", cpu / limitCpu);
        bench.Figures.Add($"{name}.own_cpu_ms_per_job", engine.Median(run => run.Cpu.Own * 1000 / count));
        bench.Figures.Add($"{name}.limit_own_cpu_ms_per_job", limit.Median(run => run.OwnCpuSeconds * 1000 / count));
    }

    private static async Task<Timing> RunEngineAsync(string directory, int count)
    {
        await using BalsamSite site = await Sites.OpenAsync(directory, balsam => balsam.AddApplication<True>());
        return await Sites.TimeAsync(site, [.. Enumerable.Range(0, count).Select(_ => True.NewJob(new True.Parameters()))]);
    }
}
