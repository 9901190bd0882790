using CsCheck;
using Balsam.Launch.Packing;

namespace Balsam.Launch.Tests.Packing;

public sealed class StarvationTests
{
    private static readonly JobResources[] Large =
    [
        new() { Nodes = 2 }, new() { Nodes = 4 }, new() { RanksPerNode = 16 }, new() { RanksPerNode = 11 }, new() { PackingCount = 1 },
        new() { RanksPerNode = 2, GpusPerRank = 1 }, new() { RanksPerNode = 9, MemoryPerNode = MemorySize.FromGibibytes(20) }, new() { PackingCount = 2 },
    ];

    private static readonly JobResources[] Small =
    [
        new(), new(), new() { RanksPerNode = 2 }, new() { GpusPerRank = 0.5 }, new() { GpusPerRank = 1 }, new() { PackingCount = 8 },
        new() { MemoryPerNode = MemorySize.FromGibibytes(5) },
    ];

    // With an endless stream of small jobs the large one starts as soon as those have ended that ran when it came, at the latest.
    [Test]
    public void Pack_EndlessSmallJobsOfUnknownWallTime_LargeJobStartsWhenTheEarlierOnesHaveEnded([Range(0, 7)] int large, [Values] bool someKnown) =>
        Gen.Select(Gen.Int[4, 40], Gen.Int[0, int.MaxValue]).Sample(
            (nodes, seed) =>
            {
                var random = new Random(seed);
                var simulation = new PackingSimulation(Make.Nodes(nodes, 16, 2, 32));
                long id = 0;
                while (simulation.Minute < 300)
                {
                    Refill(simulation, random, ref id, someKnown);
                    simulation.Pack();
                    simulation.Advance();
                }

                double bound = simulation.LastEndOfRunning;
                long arrived = ++id;
                simulation.Submit(new PackingCandidate(arrived, Large[large], Priority: 1), 10);
                while (!simulation.Starts.ContainsKey(arrived))
                {
                    Refill(simulation, random, ref id, someKnown);
                    simulation.Pack();
                    if (simulation.Minute > bound + 1e-9)
                    {
                        return false;
                    }

                    simulation.Advance();
                }

                return simulation.Starts[arrived] <= bound + 1e-9;
            },
            iter: PropertyRuns.Of(25));

    private static void Refill(PackingSimulation simulation, Random random, ref long id, bool someKnown)
    {
        while (simulation.WaitingCount < 30)
        {
            JobResources resources = Small[random.Next(Small.Length)];
            double minutes = 1 + (random.NextDouble() * 100);
            bool known = someKnown && random.Next(2) == 0;
            simulation.Submit(
                new PackingCandidate(++id, known ? resources with { WallTime = TimeSpan.FromMinutes(minutes * (1 + random.NextDouble())) } : resources), minutes);
        }
    }
}
