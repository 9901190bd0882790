using Balsam.Throughput.Applications;
using Balsam.Throughput.Measuring;

namespace Balsam.Throughput.Scenarios;

/// <summary>1 → 10,000 → 1 functions, against as many functions without parents.</summary>
internal sealed class FanScenario : IScenario
{
    private const int Width = 10_000;
    private const int Count = Width + 2;

    public async Task RunAsync(string name, Bench bench)
    {
        (List<Timing> fan, List<Timing> flat) = await bench.InTurnAsync(
            () => RunAsync(bench.NewDirectory(), Fan()),
            () => RunAsync(bench.NewDirectory(), [.. Enumerable.Range(0, Count).Select(i => Nothing.NewJob(i))]));
        double rate = fan.Median(run => Count / run.Seconds);
        double flatRate = flat.Median(run => Count / run.Seconds);
        bench.Figures.Add($"{name}.jobs_per_s", rate);
        bench.Figures.Add($"{name}.function_per_s", flatRate);
        bench.Figures.Add($"{name}.ratio", rate / flatRate);
        bench.Figures.Add($"{name}.cpu_ms_per_job", fan.Median(run => run.Cpu.All * 1000 / Count));
        bench.Figures.Add($"{name}.function_cpu_ms_per_job", flat.Median(run => run.Cpu.All * 1000 / Count));
    }

    private static NewJob[] Fan()
    {
        NewJob first = Nothing.NewJob(0);
        NewJob[] middle = [.. Enumerable.Range(1, Width).Select(i => Nothing.NewJob(i).After(first))];
        return [first, .. middle, Nothing.NewJob(Width + 1).After(middle)];
    }

    private static async Task<Timing> RunAsync(string directory, NewJob[] jobs)
    {
        await using BalsamSite site = await Sites.OpenAsync(directory, balsam => balsam.AddApplication<Nothing>());
        return await Sites.TimeAsync(site, jobs);
    }
}
