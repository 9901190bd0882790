using Balsam.Testing.Simulation;
using Balsam.Throughput.Measuring;

namespace Balsam.Throughput.Scenarios;

/// <summary>A campaign of a million mixed jobs, a tenth of them children of earlier ones, simulated on 10,000 nodes × 64 cores × 4 GPUs.</summary>
internal sealed class SimulateScenario : IScenario
{
    private const int Full = 1_000_000;
    private const int Nodes = 10_000;

    private static readonly JobResources[] Shapes =
    [
        JobResources.Default with { WallTime = TimeSpan.FromHours(2) },
        new() { RanksPerNode = 8, WallTime = TimeSpan.FromHours(2) },
        new() { RanksPerNode = 4, GpusPerRank = 0.125, WallTime = TimeSpan.FromHours(1) },
        new() { RanksPerNode = 8, GpusPerRank = 0.125, WallTime = TimeSpan.FromHours(1) },
        new() { RanksPerNode = 16, MemoryPerNode = MemorySize.FromGibibytes(64), WallTime = TimeSpan.FromHours(3) },
        new() { RanksPerNode = 64, WallTime = TimeSpan.FromHours(1) },
        new() { RanksPerNode = 8, GpusPerRank = 0.25, WallTime = TimeSpan.FromHours(4) },
        new() { Nodes = 4, RanksPerNode = 64, WallTime = TimeSpan.FromHours(1) },
    ];

    public async Task RunAsync(string name, Bench bench)
    {
        int count = bench.Scaled(Full);
        SimulatedJob[] jobs = MakeJobs(count);
        var simulator = new CampaignSimulator(jobs, new SimulationOptions
        {
            Allocations = [SimulatedAllocation.Of(Nodes, cores: 64, gpus: 4, MemorySize.FromGibibytes(512))],
            RunTime = RunTimeModel.LogNormal(TimeSpan.FromMinutes(40), 0.5),
            KeepHistory = false,
        });
        SimulatedCampaign? campaign = null;
        List<Timing> runs = await bench.RepeatAsync(() => Timing.OfAsync(() =>
        {
            campaign = simulator.Run(seed: 1);
            return Task.CompletedTask;
        }));
        bench.Figures.Add($"{name}.jobs_per_s", count / runs.Median(run => run.Seconds));
        bench.Figures.Add($"{name}.s", runs.Median(run => run.Seconds));
        bench.Figures.Add($"{name}.makespan_h", campaign!.Makespan.TotalHours);
        bench.Figures.Add($"{name}.utilization", campaign.Use.Utilization);
    }

    private static SimulatedJob[] MakeJobs(int count)
    {
        var draw = new Random(1);
        var jobs = new SimulatedJob[count];
        for (int i = 0; i < count; i++)
        {
            jobs[i] = new SimulatedJob
            {
                Application = "Mix",
                Resources = Shapes[draw.Next(Shapes.Length)],
                Parents = i > 1000 && draw.Next(10) == 0 ? [new SimulatedParent(draw.Next(i))] : [],
            };
        }

        return jobs;
    }
}
