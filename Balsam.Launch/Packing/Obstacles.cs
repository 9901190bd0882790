using System.Globalization;

namespace Balsam.Launch.Packing;

/// <summary>Says why jobs cannot be placed.</summary>
internal static class Obstacles
{
    /// <summary>Why a job that has no room now has none.</summary>
    public static PackingObstacle NoRoom(Inventory inventory, PackingCandidate candidate)
    {
        Demand demand = candidate.Demand;
        JobResources resources = candidate.Resources;
        if (!inventory.CanEverHold(demand))
        {
            bool oneWouldDo = demand.Nodes > 1 && NodeRequests.WhyNever(inventory.Nodes, resources with { Nodes = 1 }) is null;
            return new PackingObstacle(
                oneWouldDo ? PackingObstacleKind.TooFewNodes : PackingObstacleKind.TooLargeForAnyNode,
                () => $"{NodeRequests.WhyNever(inventory.Nodes, resources)}.");
        }

        if (demand.IsAlone)
        {
            int empty = inventory.EmptyNodes;
            return new PackingObstacle(
                PackingObstacleKind.NeedsEmptyNodes,
                () => Text($"{Count(demand.Nodes, "empty node")} of {resources with { Nodes = 1 }} asked, {empty} of {inventory.Nodes.Length} {(empty == 1 ? "is" : "are")} empty."));
        }

        Span<int> rows = new int[NodeIndex.MostRows + demand.Custom.Length];
        switch (~inventory.Index.RowsOf(demand, rows))
        {
            case NodeIndex.Cores:
                int cores = inventory.Index.LargestFreeCores;
                return new PackingObstacle(
                    PackingObstacleKind.NotEnoughFreeCores, () => Text($"{Count(demand.Cores, "core")} asked, no node has more than {cores} free."));
            case NodeIndex.WholeGpus:
                int gpus = inventory.Index.LargestWholeGpus;
                return new PackingObstacle(
                    PackingObstacleKind.NotEnoughFreeGpus, () => Text($"{Count(demand.Gpus, "GPU")} asked, no node has more than {gpus} wholly free."));
            case NodeIndex.GpuParts or NodeIndex.LargestGpu:
                return new PackingObstacle(
                    PackingObstacleKind.NotEnoughFreeGpus,
                    () => Text($"{Count(demand.Shares, "share")} of {resources.GpusPerRank} GPU asked, no node has that much of its GPUs free."));
            case NodeIndex.Memory:
                return new PackingObstacle(PackingObstacleKind.NotEnoughFreeMemory, () => $"{resources.MemoryPerNode} of memory asked, no node has that much free.");
            case NodeIndex.Occupancy:
                return new PackingObstacle(
                    PackingObstacleKind.PackingCountReached, () => Text($"At most {resources.PackingCount} jobs like it share a node, and no node has room for one more."));
            case >= NodeIndex.FirstCustom:
                return new PackingObstacle(
                    PackingObstacleKind.NotEnoughFreeCustom, () => $"{resources} asked, no node has that much of a custom resource free.");
            default:
                return new PackingObstacle(PackingObstacleKind.NotTogetherOnOneNode, () => $"{resources} asked, no single node has all of that free at once.");
        }
    }

    /// <summary>The room is kept for a job that goes first.</summary>
    public static PackingObstacle Reserved(long earlierJob) => new(
        PackingObstacleKind.ReservedForEarlierJob,
        () => Text($"The room there is has been kept for job {earlierJob}, which goes first."),
        earlierJob);

    /// <summary>The launcher ends before the job would if it started now.</summary>
    public static PackingObstacle TooLong(TimeSpan wallTime, TimeSpan remaining) => new(
        PackingObstacleKind.WallTimeTooLong, () => Text($"It is expected to run for {wallTime:g}, the launcher ends in {remaining:g}."));

    /// <summary>The launcher ends before the job would if it started when there is room.</summary>
    public static PackingObstacle TooLate(TimeSpan wallTime, DateTimeOffset start) => new(
        PackingObstacleKind.WallTimeTooLong, () => Text($"It is expected to run for {wallTime:g} and to find room at {start:u}; the launcher ends before."));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Count(int count, string thing) => Text($"{count} {thing}{(count == 1 ? "" : "s")}");
}
