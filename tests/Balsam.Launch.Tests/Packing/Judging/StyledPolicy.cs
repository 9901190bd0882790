using Balsam.Launch.Packing;

namespace Balsam.Launch.Tests.Packing.Judging;

/// <summary>The packer in one style, whatever a rehearsal would show.</summary>
internal sealed class StyledPolicy(PackingStyle style) : IPackingPolicy
{
    public PackingPlan Pack(Inventory inventory, IReadOnlyList<PackingCandidate> candidates, DateTimeOffset now, TimeSpan? remainingWallTime)
    {
        var order = new PackingOrder(inventory, candidates);
        var round = new PackingRound(inventory, order, style, now.UtcTicks, remainingWallTime);
        foreach (PackingCandidate candidate in order.InOrder(style))
        {
            round.Consider(candidate);
        }

        return round.ToPlan();
    }
}
