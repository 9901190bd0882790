using Balsam.Throughput.Applications;
using Balsam.Throughput.Measuring;

namespace Balsam.Throughput.Scenarios;

/// <summary>1 → 10,000 → 1 functions, against as many functions without parents.</summary>
internal sealed class FanScenario : IScenario
{
    private const int FullWidth = 10_000;

    public async Task RunAsync(string name, Bench bench)
    {
        int width = bench.Scaled(FullWidth);
        int count = width + 2;
        (List<Timing> fan, List<Timing> flat) = await bench.InTurnAsync(
            () => RunAsync(bench.NewDirectory(), Fan(width)),
            () => RunAsync(bench.NewDirectory(), [.. Enumerable.Range(0, count).Select(i => Nothing.NewJob(i))]));
        double rate = fan.Median(run => count / run.Seconds);
        double flatRate = flat.Median(run => count / run.Seconds);
        bench.Figures.Add($"{name}.jobs_per_s", rate);
        bench.Figures.Add($"{name}.function_per_s", flatRate);
        bench.Figures.Add($"{name}.ratio", rate / flatRate);
        bench.Figures.Add($"{name}.cpu_ms_per_job", fan.Median(run => run.Cpu.All * 1000 / count));
        bench.Figures.Add($"{name}.function_cpu_ms_per_job", flat.Median(run => run.Cpu.All * 1000 / count));
    }

    private static NewJob[] Fan(int width)
    {
        NewJob first = Nothing.NewJob(0);
        NewJob[] middle = [.. Enumerable.Range(1, width).Select(i => Nothing.NewJob(i).After(first))];
        return [first, .. middle, Nothing.NewJob(width + 1).After(middle)];
    }

    private static async Task<Timing> RunAsync(string directory, NewJob[] jobs)
    {
        await using BalsamSite site = await Sites.OpenAsync(directory, balsam => balsam.AddApplication<Nothing>());
        return await Sites.TimeAsync(site, jobs);
    }
}
