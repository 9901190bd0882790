using Balsam.Testing.Simulation;

namespace Balsam.Testing.Tests.Simulation;

/// <summary>A campaign drawn at random: a mix of requests, priorities, edges, estimates that are right, wrong or missing, and jobs that fail.</summary>
internal sealed class GeneratedCampaign
{
    private static readonly JobResources[] Shapes =
    [
        JobResources.Default,
        new() { RanksPerNode = 3 },
        new() { RanksPerNode = 8 },
        new() { RanksPerNode = 2, GpusPerRank = 0.5 },
        new() { GpusPerRank = 1, MemoryPerNode = MemorySize.FromGibibytes(8) },
        new() { RanksPerNode = 4, MemoryPerNode = MemorySize.FromGibibytes(20) },
        new() { RanksPerNode = 2, PackingCount = 1 },
        new() { Nodes = 2, RanksPerNode = 4 },
    ];

    private readonly DrawnRun[] _drawn;

    public GeneratedCampaign(int seed, int count)
    {
        var random = new Random(seed);
        _drawn = new DrawnRun[count];
        NewJobs = new NewJob[count];
        for (int i = 0; i < count; i++)
        {
            _drawn[i] = new DrawnRun(TimeSpan.FromMilliseconds(random.Next(1, 3_000_000)), random.Next(10) == 0 ? 3 : 0);
            NewJobs[i] = new NewJob("Step", FormattableString.Invariant($"job{i}")).WithPriority(random.Next(4) == 0 ? random.Next(-2, 3) : 0).WithResources(Shapes[random.Next(Shapes.Length)] with
            {
                WallTime = random.Next(3) switch { 0 => null, 1 => _drawn[i].Duration, _ => TimeSpan.FromMinutes(random.Next(1, 60)) },
                // No two runs end at one instant: which is looked at first is the seed's choice on the test host.
                TimeLimit = random.Next(12) == 0 ? TimeSpan.FromMinutes(20) + TimeSpan.FromMilliseconds(i) : null,
            });
            foreach (int parent in Enumerable.Range(0, Math.Min(i, random.Next(8) / 4 * random.Next(4))).Select(_ => random.Next(i)).Distinct().ToArray())
            {
                NewJobs[i].After(NewJobs[parent], random.Next(5) switch { 0 => DependencyCondition.Failure, 1 => DependencyCondition.Either, _ => DependencyCondition.Success });
            }
        }

        Jobs = [.. SimulatedJob.From(NewJobs).Select((job, i) => job with { RunTime = RunTimeModel.Empirical([_drawn[i]]) })];
    }

    public static IReadOnlyList<NodeSpec> Nodes { get; } =
    [
        new NodeSpec("n1", 8, 2, MemorySize.FromGibibytes(32)),
        new NodeSpec("n2", 8, 2, MemorySize.FromGibibytes(32)),
        new NodeSpec("n3", 12, 1, MemorySize.FromGibibytes(24)),
    ];

    public NewJob[] NewJobs { get; }

    public IReadOnlyList<SimulatedJob> Jobs { get; }

    public DrawnRun RunOf(JobId job) => _drawn[job.Value - 1];

    public static SimulationOptions Options(params SimulatedAllocation[] allocations) => new()
    {
        Allocations = allocations.Length == 0 ? [new SimulatedAllocation(Nodes)] : allocations,
        Retries = new Dictionary<ApplicationName, RetryPolicy> { ["Step"] = Step.Policy },
    };
}
