using Balsam.Throughput.Applications;
using Balsam.Throughput.Limits;
using Balsam.Throughput.Measuring;

namespace Balsam.Throughput.Scenarios;

/// <summary>100,000 jobs with 3 tags and parameters in one call, against a bare insert of the same documents with the same indexes in one transaction.</summary>
internal sealed class SubmitScenario : IScenario
{
    private const int Full = 100_000;

    public async Task RunAsync(string name, Bench bench)
    {
        int count = bench.Scaled(Full);
        string last = "";
        (List<Timing> engine, List<Timing> limit) = await bench.InTurnAsync(
            () => RunEngineAsync(last = bench.NewDirectory(), count),
            () => Task.FromResult(Recording.Read(Sites.StoreOf(last), new AcknowledgedBatches()).Replay(Sites.StoreOf(bench.NewDirectory()), 1)));
        double rate = engine.Median(run => count / run.Seconds);
        double limitRate = limit.Median(run => count / run.Seconds);
        bench.Figures.Add($"{name}.jobs_per_s", rate);
        bench.Figures.Add($"{name}.limit_per_s", limitRate);
        bench.Figures.Add($"{name}.ratio", rate / limitRate);
        bench.Figures.Add($"{name}.cpu_ms_per_job", engine.Median(run => run.Cpu.All * 1000 / count));
        bench.Figures.Add($"{name}.limit_cpu_ms_per_job", limit.Median(run => run.Cpu.All * 1000 / count));
    }

    private static async Task<Timing> RunEngineAsync(string directory, int count)
    {
        // The launcher takes none of the jobs: only the submit is measured.
        await using BalsamSite site = await Sites.OpenIdleAsync(directory, balsam => balsam.AddApplication<Sleep>());
        NewJob[] jobs = [.. Enumerable.Range(0, count).Select(SleepingJobs.Make)];
        return await Timing.OfAsync(() => site.Client.SubmitAsync(jobs));
    }
}
