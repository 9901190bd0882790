using System.Globalization;
using Balsam.Throughput.Applications;
using Balsam.Throughput.Measuring;

namespace Balsam.Throughput.Scenarios;

/// <summary>The cost of a function's job with 1,000, 10,000 and 100,000 jobs in the store; with a scale of 10 or more also 1,000,000.</summary>
internal sealed class FlatScenario : IScenario
{
    private const int Count = 4000;
    private const int Largest = 100_000;
    private static readonly int[] Sizes = [1000, 10_000, 100_000, 1_000_000];

    public async Task RunAsync(string name, Bench bench)
    {
        int[] sizes = [.. Sizes.Where(size => size <= Math.Max(bench.Scaled(Largest), Sizes[1]))];
        var filled = new string[sizes.Length];
        for (int i = 0; i < sizes.Length; i++)
        {
            filled[i] = Path.Combine(bench.NewDirectory(), "balsam.db");
            await StoreFiller.FillAsync(filled[i], sizes[i], 0);
        }

        List<Timing>[] timings = [.. sizes.Select(_ => new List<Timing>())];
        for (int run = 0; run <= bench.Runs; run++)
        {
            for (int i = 0; i < sizes.Length; i++)
            {
                Timing timing = await RunAsync(bench.NewDirectory(), filled[i], sizes[i]);
                if (run > 0)
                {
                    timings[i].Add(timing);
                }
            }
        }

        for (int i = 0; i < sizes.Length; i++)
        {
            string size = sizes[i].ToString(CultureInfo.InvariantCulture);
            bench.Figures.Add($"{name}.us_per_job_at_{size}", timings[i].Median(run => run.Seconds * 1e6 / Count));
            bench.Figures.Add($"{name}.cpu_us_per_job_at_{size}", timings[i].Median(run => run.Cpu.All * 1e6 / Count));
        }

        bench.Figures.Add($"{name}.ratio", timings[^1].Median(run => run.Seconds) / timings[0].Median(run => run.Seconds));
    }

    private static async Task<Timing> RunAsync(string directory, string filled, int size)
    {
        File.Copy(filled, Path.Combine(directory, "balsam.db"));
        await using BalsamSite site = await Sites.OpenAsync(directory, balsam => balsam.AddApplication<Nothing>().AddApplication<Sleep>());
        Timing timing = await Timing.OfAsync(async () =>
        {
            await site.Client.SubmitAsync(Enumerable.Range(0, Count).Select(i => Nothing.NewJob(i)));
            await site.RunUntilIdleAsync();
        });
        await Sites.DemandFinishedAsync(site, size + Count);
        return timing;
    }
}
