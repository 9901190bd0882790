using Balsam.Throughput.Applications;
using Balsam.Throughput.Limits;
using Balsam.Throughput.Measuring;

namespace Balsam.Throughput.Scenarios;

/// <summary>200 × sleep 0.1 on 2 slots: the part of the time in which the slots slept, against the same of the bare loop.</summary>
internal sealed class SleepScenario : IScenario
{
    private const int Full = 200;
    private const double Seconds = 0.1;

    public async Task RunAsync(string name, Bench bench)
    {
        int count = bench.Scaled(Full);
        double ideal = count * Seconds / Sites.Slots;
        BareLoop loop = await bench.LoopAsync();
        (List<Timing> engine, List<BareLoopResult> limit) = await bench.InTurnAsync(
            () => RunEngineAsync(bench.NewDirectory(), count),
            () => loop.RunAsync(bench.NewDirectory(), count, Sites.Slots, "/bin/sleep", "0.1"));
        bench.Figures.Add($"{name}.seconds", engine.Median(run => run.Seconds));
        bench.Figures.Add($"{name}.limit_seconds", limit.Median(run => run.Seconds));
        bench.Figures.Add($"{name}.ratio", ideal / engine.Median(run => run.Seconds));
        bench.Figures.Add($"{name}.limit_ratio", ideal / limit.Median(run => run.Seconds));
    }

    private static async Task<Timing> RunEngineAsync(string directory, int count)
    {
        await using BalsamSite site = await Sites.OpenAsync(directory, balsam => balsam.AddApplication<Sleep>());
        return await Sites.TimeAsync(site, [.. Enumerable.Range(0, count).Select(_ => Sleep.NewJob(new Sleep.Parameters(Seconds)))]);
    }
}
