using Balsam.Throughput.Applications;
using Balsam.Throughput.Measuring;
using Microsoft.Extensions.DependencyInjection;

namespace Balsam.Throughput.Scenarios;

/// <summary>20,000 functions that do nothing on the in-memory store, against the same on LiteDB.</summary>
internal sealed class FunctionMemoryScenario : IScenario
{
    private const int Full = 20_000;

    public async Task RunAsync(string name, Bench bench)
    {
        int count = bench.Scaled(Full);
        (List<Timing> memory, List<Timing> durable) = await bench.InTurnAsync(
            () => RunAsync(bench.NewDirectory(), count, balsam => balsam.UseInMemory()),
            () => RunAsync(bench.NewDirectory(), count, _ => { }));
        double rate = memory.Median(run => count / run.Seconds);
        double durableRate = durable.Median(run => count / run.Seconds);
        bench.Figures.Add($"{name}.jobs_per_s", rate);
        bench.Figures.Add($"{name}.durable_per_s", durableRate);
        bench.Figures.Add($"{name}.ratio", rate / durableRate);
        bench.Figures.Add($"{name}.cpu_ms_per_job", memory.Median(run => run.Cpu.All * 1000 / count));
    }

    private static async Task<Timing> RunAsync(string directory, int count, Action<IBalsamBuilder> store)
    {
        await using BalsamSite site = await Sites.OpenAsync(directory, balsam => store(balsam.AddApplication<Nothing>()));
        return await Sites.TimeAsync(site, [.. Enumerable.Range(0, count).Select(i => Nothing.NewJob(i))]);
    }
}
