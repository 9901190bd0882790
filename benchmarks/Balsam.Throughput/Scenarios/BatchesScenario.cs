using System.Globalization;
using Balsam.Launch.Staging;
using Balsam.Launch.Staging.Trees;
using Balsam.Throughput.Applications;
using Balsam.Throughput.Measuring;
using Microsoft.Extensions.DependencyInjection;

namespace Balsam.Throughput.Scenarios;

/// <summary>Functions that do nothing, each with a small file to bring in, beside the same functions without files: what staging costs a job.</summary>
internal sealed class BatchesScenario : IScenario
{
    private const int Full = 5000;

    public async Task RunAsync(string name, Bench bench)
    {
        int count = bench.Scaled(Full);
        string source = bench.NewDirectory();
        for (int i = 0; i < count; i++)
        {
            await File.WriteAllTextAsync(Path.Combine(source, i.ToString(CultureInfo.InvariantCulture)), "a small file");
        }

        var provider = new CountingProvider(source);
        (List<Timing> staged, List<Timing> bare) = await bench.InTurnAsync(() => RunStagedAsync(bench.NewDirectory(), count, provider), () => RunBareAsync(bench.NewDirectory(), count));
        double seconds = staged.Median(run => run.Seconds);
        bench.Figures.Add($"{name}.jobs_per_s", count / seconds);
        bench.Figures.Add($"{name}.batches_per_s", provider.BatchesPerRun(staged.Count + 1) / seconds);
        bench.Figures.Add($"{name}.items_per_batch", count / provider.BatchesPerRun(staged.Count + 1));
        bench.Figures.Add($"{name}.ratio", bare.Median(run => run.Seconds) / seconds);
    }

    private static async Task<Timing> RunStagedAsync(string directory, int count, CountingProvider provider)
    {
        await using BalsamSite site = await Sites.OpenAsync(directory, balsam =>
        {
            balsam.AddApplication<Staged>().AddTransferLocation("source", "counted:///");
            balsam.Services.AddSingleton<ITransferProvider>(provider);
        });
        return await Sites.TimeAsync(site, [.. Enumerable.Range(0, count).Select(i => Staged.NewJob(i).Transfer("item", FormattableString.Invariant($"source:/{i}")))]);
    }

    private static async Task<Timing> RunBareAsync(string directory, int count)
    {
        await using BalsamSite site = await Sites.OpenAsync(directory, balsam => balsam.AddApplication<Nothing>());
        return await Sites.TimeAsync(site, [.. Enumerable.Range(0, count).Select(i => Nothing.NewJob(i))]);
    }

    // One tree is opened a batch.
    private sealed class CountingProvider(string directory) : FileTreeProvider
    {
        private int _batches;

        public override IReadOnlyCollection<string> Schemes { get; } = ["counted"];

        public double BatchesPerRun(int runs) => (double)Volatile.Read(ref _batches) / runs;

        protected override Task<IFileTree> OpenAsync(Uri endpoint, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _batches);
            return Task.FromResult<IFileTree>(new DiskTree(directory, WorkdirAccess.Owner));
        }
    }
}
