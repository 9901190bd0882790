using System.Globalization;
using Balsam.Launch.Packing;
using Balsam.Throughput.Measuring;

namespace Balsam.Throughput.Scenarios;

/// <summary>Placing mixed jobs on full clusters of 10 to 10,000 nodes × 64 cores × 4 GPUs, with the releases that make room.</summary>
/// <remarks>
/// All sizes do the same work in a round: as many jobs end, drawn at random from those that run, as many candidates are offered, of the same mix.
/// So few end that even ten nodes stay full: were they emptied, they would be filled again without a search.
/// </remarks>
internal sealed class PackScenario : IScenario
{
    private const int Full = 1_000_000;
    private const int Offered = 32;
    private const int Ended = 16;
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
        int count = bench.Scaled(Full);
        List<Timing[]> runs = await bench.RepeatAsync(async () =>
        {
            var timings = new Timing[Sizes.Length];
            for (int size = 0; size < Sizes.Length; size++)
            {
                timings[size] = await RunAsync(Sizes[size], count);
            }

            return timings;
        });
        double[] seconds = [.. Sizes.Select((_, size) => runs.Median(run => run[size].Seconds))];
        for (int size = 0; size < Sizes.Length; size++)
        {
            bench.Figures.Add(string.Create(CultureInfo.InvariantCulture, $"{name}.placements_per_s_at_{Sizes[size]}"), count / seconds[size]);
        }

        bench.Figures.Add($"{name}.ratio", seconds[^1] / seconds[0]);
    }

    private static Task<Timing> RunAsync(int nodes, int count)
    {
        var cluster = new Cluster(nodes);
        while (cluster.Pack() == Offered)
        {
        }

        for (int turnover = 0; turnover < 10 * nodes; turnover += cluster.Turn())
        {
        }

        return Timing.OfAsync(() =>
        {
            for (int placed = 0; placed < count; placed += cluster.Turn())
            {
            }

            return Task.CompletedTask;
        });
    }

    private sealed class Cluster(int nodes)
    {
        private readonly Inventory _inventory = new(Enumerable.Range(0, nodes).Select(i => new NodeSpec($"node{i}", cores: 64, gpus: 4)));
        private readonly BackfillPolicy _policy = new();
        private readonly Random _draw = new(1);
        private readonly List<Allocation> _running = [];
        private readonly List<PackingCandidate> _waiting = [];
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch;
        private int _submitted;

        public int Turn()
        {
            for (int i = 0; i < Ended; i++)
            {
                int ended = _draw.Next(_running.Count);
                _inventory.Release(_running[ended]);
                _running[ended] = _running[^1];
                _running.RemoveAt(_running.Count - 1);
            }

            return Pack();
        }

        public int Pack()
        {
            while (_waiting.Count < Offered)
            {
                _waiting.Add(new PackingCandidate(++_submitted, Shapes[_submitted % Shapes.Length]));
            }

            _now += TimeSpan.FromSeconds(1);
            PackingPlan plan = _policy.Pack(_inventory, _waiting, _now, null);
            foreach (PlacedCandidate placed in plan.Placed)
            {
                _running.Add(placed.Allocation);
            }

            _waiting.Clear();
            foreach (WaitingCandidate waiting in plan.Waiting)
            {
                _waiting.Add(waiting.Candidate);
            }

            return plan.Placed.Count;
        }
    }
}
