using Balsam.Storage.LiteDb;
using Balsam.Storage.LiteDb.Documents;
using Balsam.Storage.LiteDb.Files;
using Balsam.Throughput.Measuring;

namespace Balsam.Throughput.Scenarios;

/// <summary>Opens a store of 200,000 finished and 20,000 waiting jobs until it could launch, against a full scan of the same file.</summary>
internal sealed class OpenScenario : IScenario
{
    private const int QuickFinished = 200_000;
    private const int QuickWaiting = 20_000;

    public async Task RunAsync(string name, Bench bench)
    {
        string path = Path.Combine(bench.NewDirectory(), "balsam.db");
        int waiting = bench.Scaled(QuickWaiting);
        int finished = bench.Scaled(QuickFinished);
        await StoreFiller.FillAsync(path, finished, waiting);
        (List<(Timing Timing, long Managed)> opens, List<Timing> scans) = await bench.InTurnAsync(() => OpenAsync(path), () => Timing.OfAsync(() => Task.Run(() => Scan(path))));
        double seconds = opens.Median(open => open.Timing.Seconds);
        double scan = scans.Median(run => run.Seconds);
        bench.Figures.Add($"{name}.jobs", finished + waiting);
        bench.Figures.Add($"{name}.seconds", seconds);
        bench.Figures.Add($"{name}.scan_seconds", scan);
        bench.Figures.Add($"{name}.ratio", seconds / scan);
        bench.Figures.Add($"{name}.managed_bytes_per_waiting_job", opens.Median(open => (double)open.Managed / waiting));
    }

    private static async Task<(Timing Timing, long Managed)> OpenAsync(string path)
    {
        long before = MemoryUse.Now().Managed;
        await using var store = new LiteDbJobStore(path);
        Timing timing = await Timing.OfAsync(() => store.OpenAsync(CancellationToken.None));
        return (timing, MemoryUse.Now().Managed - before);
    }

    private static void Scan(string path)
    {
        using LiteDbFile file = LiteDbFile.Open(path);
        file.Read(database => StoreCollections.Jobs(database).FindAll().Count(document => JobDocument.Read(document, []).State == JobState.Running));
    }
}
