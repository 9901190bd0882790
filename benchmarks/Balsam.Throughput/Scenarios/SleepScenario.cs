using Balsam.Throughput.Applications;
using Balsam.Throughput.Limits;
using Balsam.Throughput.Measuring;

namespace Balsam.Throughput.Scenarios;

/// <summary>200 × sleep 0.1 on 2 slots: the part of the time in which the slots slept, against the same of the bare loop.</summary>
internal sealed class SleepScenario : IScenario
{
    private const int Count = 200;
    private const double Seconds = 0.1;
    private const double Ideal = Count * Seconds / Sites.Slots;

    public async Task RunAsync(string name, Bench bench)
    {
        BareLoop loop = await bench.LoopAsync();
        (List<Timing> engine, List<BareLoopResult> limit) = await bench.InTurnAsync(
            () => RunEngineAsync(bench.NewDirectory()),
            () => loop.RunAsync(bench.NewDirectory(), Count, Sites.Slots, "/bin/sleep", "0.1"));
        bench.Figures.Add($"{name}.seconds", engine.Median(run => run.Seconds));
        bench.Figures.Add($"{name}.limit_seconds", limit.Median(run => run.Seconds));
        bench.Figures.Add($"{name}.ratio", Ideal / engine.Median(run => run.Seconds));
        bench.Figures.Add($"{name}.limit_ratio", Ideal / limit.Median(run => run.Seconds));
    }

    private static async Task<Timing> RunEngineAsync(string directory)
    {
        await using BalsamSite site = await Sites.OpenAsync(directory, balsam => balsam.AddApplication<Sleep>());
        return await Sites.TimeAsync(site, [.. Enumerable.Range(0, Count).Select(_ => Sleep.NewJob(new Sleep.Parameters(Seconds)))]);
    }
}
