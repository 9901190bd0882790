namespace Balsam.Launch.Packing;

/// <summary>
/// Jobs in the order of their priority, then of their submission; the first that has to wait gets nodes kept for it, and later ones fill the
/// holes that they leave in time (EASY backfill).
/// </summary>
/// <remarks>
/// A job that is not the first to wait starts if there is room beside the kept nodes; or on them, if it is expected to end before the first
/// one could start, or if the first one still fits beside it when it can start. The kept nodes stay the same from call to call, so that a large
/// job waits no longer than the jobs run that were there when it became the first, even when no job says how long it takes.
/// </remarks>
public sealed class BackfillPolicy : IPackingPolicy
{
    /// <inheritdoc/>
    public PackingPlan Pack(Inventory inventory, IReadOnlyList<PackingCandidate> candidates, DateTimeOffset now, TimeSpan? remainingWallTime)
    {
        ArgumentNullException.ThrowIfNull(inventory);
        ArgumentNullException.ThrowIfNull(candidates);
        var round = new PackingRound(inventory, now.UtcTicks, remainingWallTime);
        if (IsInOrder(candidates))
        {
            for (int i = 0; i < candidates.Count; i++)
            {
                round.Consider(candidates[i]);
            }
        }
        else
        {
            foreach (PackingCandidate candidate in candidates.OrderByDescending(static candidate => candidate.Priority))
            {
                round.Consider(candidate);
            }
        }

        return round.ToPlan();
    }

    private static bool IsInOrder(IReadOnlyList<PackingCandidate> candidates)
    {
        for (int i = 1; i < candidates.Count; i++)
        {
            if (candidates[i].Priority > candidates[i - 1].Priority)
            {
                return false;
            }
        }

        return true;
    }
}
