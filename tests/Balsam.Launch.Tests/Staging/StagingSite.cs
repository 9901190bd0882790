using Balsam.Launch.Staging;
using Balsam.Launch.Tests.Engine;
using Balsam.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Balsam.Launch.Tests.Staging;

/// <summary>An engine whose transfers a test decides, with the locations <c>depot</c>, <c>attic</c> and <c>cellar</c>.</summary>
internal static class StagingSite
{
    public static Task<EngineHarness> StartAsync(
        StoreKind store, FakeTransferProvider provider, Action<TransferOptions>? transfers = null, Action<EngineSetup>? configure = null) => EngineHarness.StartAsync(store, setup =>
    {
        setup.Applications = balsam => balsam.AddApplication<Carried>().AddApplication<CarriedHooked>().AddApplication<Heir>().AddApplication<Tidy>().AddApplication<Work>().AddApplication<Shell>();
        setup.FaultyStore = true;
        setup.Services = services =>
        {
            services.AddSingleton<ITransferProvider>(provider);
            services.Configure<TransferOptions>(options =>
            {
                options.OpenSchemes.Clear();
                options.OpenSchemes.Add("fake");
                options.Locations["depot"] = new Uri("fake://depot/store");
                options.Locations["attic"] = new Uri("fake://attic");
                options.Locations["cellar"] = new Uri("fake://cellar/");
                transfers?.Invoke(options);
            });
        };
        configure?.Invoke(setup);
    });

    public static NewJob Fetch(string name = "x", params string[] from)
    {
        NewJob job = Carried.NewJob(name);
        for (int i = 0; i < from.Length; i++)
        {
            job.Transfer($"in{i + 1}", from[i]);
        }

        return job;
    }

    public static Task<FakeTransferBatch> NextBatchAsync(this FakeTransferProvider provider) => EngineHarness.Soon(provider.NextAsync(), "a batch");

    public static TransferItem ItemOf(this Job job, string slot) => job.Transfers.Single(item => item.Slot == slot);

    /// <summary>Waits until a job is as it should be; it is looked at after each write of the launcher.</summary>
    public static async Task<Job> BecomesAsync(this EngineHarness engine, Job job, Predicate<Job> wanted, string what)
    {
        while (true)
        {
            var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            engine.Faults.AfterLauncherCommit = () => written.TrySetResult();
            job = await engine.GetAsync(job);
            if (wanted(job))
            {
                return job;
            }

            await EngineHarness.Soon(written.Task, $"{what}; the job is {job} with {string.Join(", ", job.Transfers.Select(item => $"{item.Slot} {item.State}"))}");
        }
    }
}

/// <summary>A function with two slots in and two out, all optional, without hooks.</summary>
internal sealed class Carried(Behaviour behaviour) : FunctionApplication<string, string>
{
    public static IReadOnlyList<TransferSlot> Slots { get; } =
    [
        TransferSlot.In("in1", "in1.txt") with { IsRequired = false }, TransferSlot.In("in2", "in2.txt") with { IsRequired = false },
        TransferSlot.Out("out1", "out1.txt") with { IsRequired = false }, TransferSlot.Out("out2", "out2.txt") with { IsRequired = false },
    ];

    public override IReadOnlyList<TransferSlot> TransferSlots => Slots;

    protected override Task<string> Run(string input, RunContext context, CancellationToken cancellationToken) => behaviour.Run(input, context, cancellationToken);
}

/// <summary>The same with hooks.</summary>
internal sealed class CarriedHooked(Behaviour behaviour) : FunctionApplication<string, string>
{
    public override IReadOnlyList<TransferSlot> TransferSlots => Carried.Slots;

    protected override Task<string> Run(string input, RunContext context, CancellationToken cancellationToken) => behaviour.Run(input, context, cancellationToken);

    protected override Task<PreprocessOutcome> Preprocess(JobContext context, CancellationToken cancellationToken) => behaviour.Preprocess(context, cancellationToken);

    protected override Task<PostprocessOutcome> Postprocess(JobContext context, CancellationToken cancellationToken) => behaviour.Postprocess(context, cancellationToken);
}

/// <summary>A function that gets files of its parents, and may have one fetched.</summary>
internal sealed class Heir(Behaviour behaviour) : FunctionApplication<string, string>
{
    public override IReadOnlyList<TransferSlot> TransferSlots => [TransferSlot.In("in1", "in1.txt") with { IsRequired = false }];

    public override IReadOnlyList<string> InputsFromParents => ["*.dat"];

    protected override Task<string> Run(string input, RunContext context, CancellationToken cancellationToken) => behaviour.Run(input, context, cancellationToken);
}

/// <summary>A function whose finished jobs are cleaned up.</summary>
internal sealed class Tidy(Behaviour behaviour) : FunctionApplication<string, string>
{
    public override IReadOnlyList<string> CleanupFiles => ["*.tmp"];

    protected override Task<string> Run(string input, RunContext context, CancellationToken cancellationToken) => behaviour.Run(input, context, cancellationToken);
}
