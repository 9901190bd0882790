using Balsam.Launch;
using Balsam.Storage;
using Balsam.Storage.LiteDb;
using Balsam.Throughput.Limits;
using Microsoft.Extensions.DependencyInjection;

namespace Balsam.Throughput.Measuring;

/// <summary>Opens sites for measuring: given slots instead of detected cores, nothing bound to cores.</summary>
internal static class Sites
{
    public const int Slots = 2;

    public static Task<BalsamSite> OpenAsync(string directory, Action<IBalsamBuilder> configure, int slots = Slots) =>
        BalsamSite.OpenAsync(directory, balsam =>
        {
            configure(balsam);
            balsam.AddLauncher(options => options.Nodes.Add(new NodeSpec("local", slots)));
        });

    /// <summary>The store file of a site.</summary>
    public static string StoreOf(string directory) => Path.Combine(directory, "balsam.db");

    /// <summary>Opens a site whose small durable writes are noted.</summary>
    public static Task<BalsamSite> OpenWatchedAsync(string directory, AcknowledgedBatches acknowledged, Action<IBalsamBuilder> configure) => OpenAsync(directory, balsam =>
    {
        balsam.Services.AddSingleton(new StoreRegistration("a watched LiteDB file"));
        balsam.Services.AddSingleton<IJobStore>(_ => new LiteDbJobStore(StoreOf(directory)) { FileOptions = acknowledged.Options });
        configure(balsam);
    });

    /// <summary>Opens a site whose launcher takes nothing.</summary>
    public static Task<BalsamSite> OpenIdleAsync(string directory, Action<IBalsamBuilder> configure) =>
        BalsamSite.OpenAsync(directory, balsam =>
        {
            configure(balsam);
            balsam.AddLauncher(options =>
            {
                options.Nodes.Add(new NodeSpec("local", Slots));
                options.Filter = JobFilter.All.Not();
            });
        });

    /// <summary>Submits, waits for the end, and makes sure that everything is JOB_FINISHED.</summary>
    public static async Task<Timing> TimeAsync(BalsamSite site, IReadOnlyList<NewJob> jobs)
    {
        Timing timing = await Timing.OfAsync(async () =>
        {
            await site.Client.SubmitAsync(jobs);
            await site.RunUntilIdleAsync();
        });
        await DemandFinishedAsync(site, jobs.Count);
        return timing;
    }

    public static async Task DemandFinishedAsync(BalsamSite site, int count)
    {
        long finished = (await site.Client.CountByStateAsync())[JobState.JobFinished];
        if (finished != count)
        {
            throw new InvalidOperationException($"{finished} of {count} jobs are JOB_FINISHED: the figure would not be one.");
        }
    }
}
