using Balsam.Throughput.Applications;
using Balsam.Throughput.Limits;
using Balsam.Throughput.Measuring;

namespace Balsam.Throughput.Scenarios;

/// <summary>1,000 × /bin/true, each after the one before, against the bare loop with one slot.</summary>
internal sealed class ChainScenario : IScenario
{
    private const int Full = 1000;

    public async Task RunAsync(string name, Bench bench)
    {
        int count = bench.Scaled(Full);
        BareLoop loop = await bench.LoopAsync();
        (List<Timing> engine, List<BareLoopResult> limit) = await bench.InTurnAsync(
            () => RunEngineAsync(bench.NewDirectory(), count),
            () => loop.RunAsync(bench.NewDirectory(), count, 1, "/bin/true"));
        double rate = engine.Median(run => count / run.Seconds);
        double limitRate = limit.Median(run => count / run.Seconds);
        bench.Figures.Add($"{name}.jobs_per_s", rate);
        bench.Figures.Add($"{name}.limit_per_s", limitRate);
        bench.Figures.Add($"{name}.ratio", rate / limitRate);
    }

    private static async Task<Timing> RunEngineAsync(string directory, int count)
    {
        await using BalsamSite site = await Sites.OpenAsync(directory, balsam => balsam.AddApplication<True>());
        var jobs = new NewJob[count];
        for (int i = 0; i < count; i++)
        {
            jobs[i] = True.NewJob(new True.Parameters());
            if (i > 0)
            {
                jobs[i].After(jobs[i - 1]);
            }
        }

        return await Sites.TimeAsync(site, jobs);
    }
}
