using Balsam.Launch.Packing;

namespace Balsam.Launch.Tests.Packing.Judging;

/// <summary>A rival: takes jobs in an order, puts each on the first nodes in list order that have room for it, and keeps nothing for those that wait.</summary>
internal sealed class GreedyPolicy(Comparison<JobResources> order) : IPackingPolicy
{
    /// <summary>First fit in the order of submission.</summary>
    public static GreedyPolicy FirstFit => new(static (_, _) => 0);

    /// <summary>The usual order of the original: few nodes first, then those that share a node with many, then the longest.</summary>
    public static GreedyPolicy FewNodesFirst => new(static (left, right) => Chain(left.Nodes.CompareTo(right.Nodes), Sharing(right, left), Time(right, left)));

    /// <summary>The original's <c>long_large_first</c>.</summary>
    public static GreedyPolicy LongLargeFirst => new(static (left, right) => Chain(Time(right, left), right.Nodes.CompareTo(left.Nodes), Sharing(right, left)));

    public PackingPlan Pack(Inventory inventory, IReadOnlyList<PackingCandidate> candidates, DateTimeOffset now, TimeSpan? remainingWallTime)
    {
        List<PlacedCandidate> placed = [];
        HashSet<Demand> failed = [];
        foreach (PackingCandidate candidate in candidates.Order(Comparer<PackingCandidate>.Create((left, right) => order(left.Resources, right.Resources))))
        {
            if (!failed.Contains(candidate.Demand))
            {
                if (inventory.TryPlace(candidate, now + candidate.Resources.WallTime, out Allocation allocation))
                {
                    placed.Add(new PlacedCandidate(candidate, allocation));
                }
                else
                {
                    failed.Add(candidate.Demand);
                }
            }
        }

        return new PackingPlan(placed, [], null);
    }

    private static int Chain(params ReadOnlySpan<int> results)
    {
        int result = 0;
        for (int i = 0; result == 0 && i < results.Length; i++)
        {
            result = results[i];
        }

        return result;
    }

    // What the original would have been told: how many of these fill a node of this kind.
    private static int Sharing(JobResources left, JobResources right) => Share(left).CompareTo(Share(right));

    private static double Share(JobResources resources) => 1.0 / Math.Max(resources.CoresPerNode, 1);

    // Without an estimate the original has 0 minutes.
    private static int Time(JobResources left, JobResources right) => left.WallTime.GetValueOrDefault().CompareTo(right.WallTime.GetValueOrDefault());
}
