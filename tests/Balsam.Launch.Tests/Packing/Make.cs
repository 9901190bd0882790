using Balsam.Launch.Packing;

namespace Balsam.Launch.Tests.Packing;

/// <summary>Short ways to make nodes, candidates and plans.</summary>
internal static class Make
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static Inventory Inventory(int nodes, int cores, int gpus = 0, double gibibytes = 0) => new(Nodes(nodes, cores, gpus, gibibytes));

    public static NodeSpec[] Nodes(int nodes, int cores, int gpus = 0, double gibibytes = 0) =>
        [.. Enumerable.Range(0, nodes).Select(i => new NodeSpec($"n{i}", cores, gpus, MemorySize.FromGibibytes(gibibytes)))];

    public static JobResources Cores(int cores, int? minutes = null) =>
        new() { RanksPerNode = cores, WallTime = minutes is { } m ? TimeSpan.FromMinutes(m) : null };

    public static JobResources WholeNodes(int nodes, int? minutes = null) =>
        new() { Nodes = nodes, WallTime = minutes is { } m ? TimeSpan.FromMinutes(m) : null };

    public static PackingCandidate[] Jobs(int count, JobResources resources, int firstId = 1) =>
        [.. Enumerable.Range(firstId, count).Select(id => new PackingCandidate(id, resources))];

    public static PackingPlan Pack(Inventory inventory, IReadOnlyList<PackingCandidate> candidates, double minute = 0, TimeSpan? remaining = null) =>
        new BackfillPolicy().Pack(inventory, candidates, Noon.AddMinutes(minute), remaining);

    public static Allocation Place(Inventory inventory, JobResources resources, int id = 1, double? endMinute = null)
    {
        bool placed = inventory.TryPlace(new PackingCandidate(id, resources), endMinute is { } minute ? Noon.AddMinutes(minute) : null, out Allocation allocation);
        Assert.That(placed, Is.True, $"job {id} has room");
        return allocation;
    }

    public static long[] Ids(IEnumerable<PlacedCandidate> placed) => [.. placed.Select(static p => p.Candidate.Id)];

    public static PackingObstacle Obstacle(PackingPlan plan, long id) => plan.Waiting.Single(w => w.Candidate.Id == id).Obstacle;
}
