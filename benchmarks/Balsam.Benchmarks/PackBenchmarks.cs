using Balsam.Launch.Packing;
using BenchmarkDotNet.Attributes;

namespace Balsam.Benchmarks;

[MemoryDiagnoser]
public class PackBenchmarks
{
    private const int Count = 128;
    private readonly BackfillPolicy _policy = new();
    private readonly PackingCandidate[] _candidates = [.. Enumerable.Range(1, Count).Select(i => new PackingCandidate(i, new JobResources { RanksPerNode = 1 + (i % 4) }))];
    private Inventory _inventory = new([new NodeSpec("none", 1)]);

    [Params(10, 1000, 10_000)]
    public int Nodes { get; set; }

    [GlobalSetup]
    public void MakeInventory() => _inventory = new Inventory(Enumerable.Range(0, Nodes).Select(i => new NodeSpec($"node{i}", cores: 64, gpus: 4)));

    [Benchmark(OperationsPerInvoke = Count)]
    public int PlaceAndRelease()
    {
        PackingPlan plan = _policy.Pack(_inventory, _candidates, DateTimeOffset.UnixEpoch, null);
        foreach (PlacedCandidate placed in plan.Placed)
        {
            _inventory.Release(placed.Allocation);
        }

        return plan.Placed.Count;
    }
}
