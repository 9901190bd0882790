using Balsam.Throughput.Applications;
using Balsam.Throughput.Limits;
using Balsam.Throughput.Measuring;

namespace Balsam.Throughput.Scenarios;

/// <summary>Many × sleep 5 at once: until all run, against the bare loop until it has started its last; and what each costs in the host.</summary>
internal sealed class ManyScenario : IScenario
{
    private const int QuickCount = 1000;
    private const double Seconds = 5;

    public async Task RunAsync(string name, Bench bench)
    {
        int count = bench.Scaled(QuickCount);
        BareLoop loop = await bench.LoopAsync();
        (List<(double Seconds, double Bytes)> engine, List<BareLoopResult> limit) = await bench.InTurnAsync(
            () => RunEngineAsync(bench.NewDirectory(), count),
            () => loop.RunAsync(bench.NewDirectory(), count, count, "/bin/sleep", "5"));
        double all = engine.Median(run => run.Seconds);
        double limitAll = limit.Median(run => run.SecondsToLastStart);
        bench.Figures.Add($"{name}.count", count);
        bench.Figures.Add($"{name}.seconds_to_all_running", all);
        bench.Figures.Add($"{name}.limit_seconds_to_all_running", limitAll);
        bench.Figures.Add($"{name}.ratio", all / limitAll);
        bench.Figures.Add($"{name}.host_kb_each", engine.Median(run => run.Bytes / 1024));
    }

    private static async Task<(double Seconds, double Bytes)> RunEngineAsync(string directory, int count)
    {
        await using BalsamSite site = await Sites.OpenAsync(directory, balsam => balsam.AddApplication<Sleep>(), count);
        NewJob[] jobs = [.. Enumerable.Range(0, count).Select(_ => Sleep.NewJob(new Sleep.Parameters(Seconds)))];
        MemoryUse before = MemoryUse.Now();
        Timing timing = await Timing.OfAsync(async () =>
        {
            await site.Client.SubmitAsync(jobs);
            while (ChildProcesses.Count() < count && (await site.Client.CountByStateAsync())[JobState.JobFinished] == 0)
            {
                await Task.Delay(5);
            }
        });
        if (ChildProcesses.Count() < count)
        {
            throw new InvalidOperationException($"{count} processes did not run at once within {Seconds} s: the figure would not be one.");
        }

        MemoryUse after = MemoryUse.Now();
        await site.RunUntilIdleAsync();
        await Sites.DemandFinishedAsync(site, count);
        return (timing.Seconds, (double)(after.Resident - before.Resident) / count);
    }
}
