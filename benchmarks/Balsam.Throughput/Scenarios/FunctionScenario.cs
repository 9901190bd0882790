using Balsam.Throughput.Applications;
using Balsam.Throughput.Limits;
using Balsam.Throughput.Measuring;

namespace Balsam.Throughput.Scenarios;

/// <summary>
/// 20,000 functions that do nothing, against a bare loop that writes the same documents in the same batches to LiteDB on the same streams; and against one that
/// appends the batches to a journal and brings them into LiteDB together, as the store does.
/// </summary>
internal sealed class FunctionScenario : IScenario
{
    private const int Full = 20_000;

    public async Task RunAsync(string name, Bench bench)
    {
        int count = bench.Scaled(Full);
        string last = "";
        AcknowledgedBatches acknowledged = new();
        (List<Timing> engine, List<(Recording Recording, Timing Timing, Timing Journaled)> limit) = await bench.InTurnAsync(
            () => RunEngineAsync(last = bench.NewDirectory(), count, acknowledged = new AcknowledgedBatches()),
            () => Task.FromResult(RunLimit(last, acknowledged, bench.NewDirectory(), bench.NewDirectory())));
        double rate = engine.Median(run => count / run.Seconds);
        double limitRate = limit.Median(run => count / run.Timing.Seconds);
        double journaledRate = limit.Median(run => count / run.Journaled.Seconds);
        bench.Figures.Add($"{name}.jobs_per_s", rate);
        bench.Figures.Add($"{name}.limit_per_s", limitRate);
        bench.Figures.Add($"{name}.ratio", rate / limitRate);
        bench.Figures.Add($"{name}.journal_limit_per_s", journaledRate);
        bench.Figures.Add($"{name}.journal_ratio", rate / journaledRate);
        bench.Figures.Add($"{name}.cpu_ms_per_job", engine.Median(run => run.Cpu.All * 1000 / count));
        bench.Figures.Add($"{name}.limit_cpu_ms_per_job", limit.Median(run => run.Timing.Cpu.All * 1000 / count));
        bench.Figures.Add($"{name}.changes_per_batch", limit.Median(run => (double)run.Recording.Updates / run.Recording.Batches));
    }

    private static async Task<Timing> RunEngineAsync(string directory, int count, AcknowledgedBatches acknowledged)
    {
        await using BalsamSite site = await Sites.OpenWatchedAsync(directory, acknowledged, balsam => balsam.AddApplication<Nothing>());
        return await Sites.TimeAsync(site, [.. Enumerable.Range(0, count).Select(i => Nothing.NewJob(i))]);
    }

    private static (Recording Recording, Timing Timing, Timing Journaled) RunLimit(string engineDirectory, AcknowledgedBatches acknowledged, string directory, string journaled)
    {
        Recording recording = Recording.Read(Sites.StoreOf(engineDirectory), acknowledged);
        return (recording, recording.Replay(Sites.StoreOf(directory)), recording.ReplayJournaled(Sites.StoreOf(journaled)));
    }
}
