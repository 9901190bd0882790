using System.Globalization;
using Balsam.Launch.Packing;
using Balsam.Throughput.Measuring;

namespace Balsam.Throughput.Scenarios;

/// <summary>Placing mixed jobs on full clusters of 10 to 10,000 nodes × 64 cores × 4 GPUs, with the releases that make room.</summary>
internal sealed class PackScenario : IScenario
{
    private const int Count = 1_000_000;
    private const int Window = 256;
    private const int Released = 128;
    private static readonly int[] Sizes = [10, 100, 1000, 10_000];
    private static readonly JobResources[] Shapes =
    [
        JobResources.Default,
        new() { RanksPerNode = 4 },
        new() { RanksPerNode = 8, GpusPerRank = 0.125 },
        new() { RanksPerNode = 2, GpusPerRank = 1 },
        new() { RanksPerNode = 16, ThreadsPerRank = 2 },
        new() { RanksPerNode = 2, WallTime = TimeSpan.FromMinutes(10) },
    ];

    public async Task RunAsync(string name, Bench bench)
    {
        List<List<Timing>> timings = [];
        foreach (int nodes in Sizes)
        {
            timings.Add(await bench.RepeatAsync(() => RunAsync(nodes)));
            bench.Figures.Add(string.Create(CultureInfo.InvariantCulture, $"{name}.placements_per_s_at_{nodes}"), timings[^1].Median(run => Count / run.Seconds));
        }

        bench.Figures.Add($"{name}.ratio", timings[^1].Median(run => run.Seconds) / timings[0].Median(run => run.Seconds));
    }

    private static Task<Timing> RunAsync(int nodes)
    {
        var inventory = new Inventory(Enumerable.Range(0, nodes).Select(i => new NodeSpec($"node{i}", cores: 64, gpus: 4)));
        var policy = new BackfillPolicy();
        Queue<Allocation> running = [];
        List<PackingCandidate> waiting = [];
        long next = 0;
        DateTimeOffset now = DateTimeOffset.UnixEpoch;
        while (Round() == Window)
        {
        }

        return Timing.OfAsync(() =>
        {
            for (int placed = 0; placed < Count; placed += Round())
            {
                for (int i = 0; i < Released && running.TryDequeue(out Allocation ended); i++)
                {
                    inventory.Release(ended);
                }
            }

            return Task.CompletedTask;
        });

        int Round()
        {
            while (waiting.Count < Window)
            {
                next++;
                waiting.Add(new PackingCandidate(next, Shapes[(int)(next * 7919 % Shapes.Length)]));
            }

            now += TimeSpan.FromSeconds(1);
            PackingPlan plan = policy.Pack(inventory, waiting, now, null);
            foreach (PlacedCandidate placed in plan.Placed)
            {
                running.Enqueue(placed.Allocation);
            }

            waiting.Clear();
            waiting.AddRange(plan.Waiting.Select(job => job.Candidate));
            return plan.Placed.Count;
        }
    }
}
