using System.Globalization;
using Balsam.Launch;
using Balsam.Launch.Running;
using Balsam.Launch.Staging;
using Balsam.Storage;
using Balsam.Storage.LiteDb;
using Balsam.Storage.LiteDb.Files;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Balsam.Crash;

/// <summary>One host of a campaign.</summary>
public static class CampaignHost
{
    /// <summary>What a host says when it waits for its plan.</summary>
    public const string Warm = "warm";

    /// <summary>What a host says when it runs jobs.</summary>
    public const string Ready = "ready";

    private const long CheckpointAt = 400_000;
    private const int OperationsBeforeClose = 4;
    private const int MostOperations = 30;

    /// <summary>Runs it, until its plan kills it or nothing is left to do.</summary>
    /// <param name="directory">The directory of the campaign.</param>
    /// <param name="seed">Chooses what its user does.</param>
    /// <returns>The exit code: 0 when all went well.</returns>
    public static async Task<int> RunAsync(string directory, int seed)
    {
        Environment.SetEnvironmentVariable("CRASH_DIRECTORY", directory);
        Environment.SetEnvironmentVariable("CRASH_HOST", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        await WarmUpAsync(directory);
        Console.WriteLine(Warm);
        if (Console.ReadLine() is not { Length: > 0 } order)
        {
            return 0;
        }

        EndWithTheHarness();
        using var kill = new KillSwitch(directory) { Plan = CrashPlan.Parse(order) };
        using var acks = new AckLog(directory);
        using IHost host = Build(directory, kill);
        kill.Reach(CrashInstants.Open + CrashInstants.Inside);
        await host.Services.GetRequiredService<IJobStore>().OpenAsync(CancellationToken.None);
        if (kill.Plan.Instant == CrashInstants.Open + CrashInstants.Inside)
        {
            kill.StopCounting();
        }

        await host.StartAsync();
        Console.WriteLine(Ready);
        var user = new CampaignUser(host.Services.GetRequiredService<BalsamClient>(), host.Services.GetRequiredService<IJobStore>(), kill, acks, directory, seed);
        Task watching = user.WatchAsync();
        bool finishes = kill.Plan.Instant == CrashPlan.Finish;
        await user.WorkAsync(kill.Plan.Instant switch
        {
            CrashPlan.Finish => 0,
            CrashPlan.Never => long.MaxValue / 2,
            CrashInstants.Close + CrashInstants.Inside => OperationsBeforeClose,
            _ => MostOperations,
        });
        IdleReport? report = !finishes ? null : await host.Services.GetRequiredService<Launcher>().WaitUntilIdleAsync();
        await host.StopAsync();
        kill.Reach(CrashInstants.Close + CrashInstants.Inside);
        await ((IAsyncDisposable)host).DisposeAsync();
        Console.WriteLine(report?.ToString() ?? "closed");
        await watching.ContinueWith(_ => { }, TaskScheduler.Default);
        return report is null or { AllEnded: true } ? 0 : 1;
    }

    // Who started this host holds its input open; when he has died nobody else would end it.
    private static void EndWithTheHarness()
    {
        var watch = new Thread(() =>
        {
            while (Console.In.ReadLine() is not null)
            {
            }

            Environment.FailFast("The harness has ended.");
        }) { IsBackground = true };
        watch.Start();
    }

    private static IHost Build(string directory, KillSwitch kill)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddProvider(new FileLog(Path.Combine(directory, "log")));
        string path = Path.Combine(directory, "campaign.db");
        builder.Services.AddSingleton(kill);
        builder.Services.AddSingleton<IJobStore>(_ => new KillingStore(OpenStore(path, kill), kill));
        builder.Services.AddSingleton<IJobRunner>(_ => new KillingRunner(JobRunner.Create(), kill));
        builder.Services.AddBalsam(balsam => balsam
            .Configure(options => options.DataDirectory = Path.Combine(directory, "data"))
            .UseLiteDb(path)
            .AddApplication<Script>()
            .AddApplication<Split>()
            .AddApplication<Echo>()
            .AddApplication<Carry>()
            .AddTransferLocation(Carry.Depot, $"file://{directory}/depot")
            .AddTransferLocation(Carry.Vault, $"file://{directory}/vault")
            .AddLauncher(options =>
            {
                options.Nodes.Add(new NodeSpec("n1", 8));
                options.KillGrace = TimeSpan.FromMilliseconds(200);

                // The matrix kills each host on purpose; no job is to be blamed for it.
                options.CrashLimit = null;
            }));
        foreach (ServiceDescriptor provider in builder.Services.Where(service => service.ServiceType == typeof(ITransferProvider)).ToArray())
        {
            builder.Services.Remove(provider);
            builder.Services.AddSingleton<ITransferProvider>(services => new KillingProvider((ITransferProvider)ActivatorUtilities.CreateInstance(services, provider.ImplementationType!), kill));
        }

        return builder.Build();
    }

    private static LiteDbJobStore OpenStore(string path, KillSwitch kill) => new(path)
    {
        FileOptions = new LiteDbFileOptions { OpenDevice = file => KillingDevice.Open(file, kill), CheckpointAt = CheckpointAt },
    };

    // What has to be compiled first would otherwise stand between a kill and the next host, and hide what happens when that one comes at once.
    private static async Task WarmUpAsync(string directory)
    {
        string scratch = Directory.CreateDirectory(Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"warm{Environment.ProcessId}"))).FullName;
        await using (var store = new LiteDbJobStore(Path.Combine(scratch, "store.db")))
        {
            await store.OpenAsync(CancellationToken.None);
            await store.CommitAsync([new JobCommit { Additions = [new JobAddition { Application = "App", Site = SiteName.Local }] }], CancellationToken.None);
        }

        Directory.Delete(scratch, recursive: true);
    }
}
