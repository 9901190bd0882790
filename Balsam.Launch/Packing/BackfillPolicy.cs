namespace Balsam.Launch.Packing;

/// <summary>
/// Jobs with the longest way to go first, within a priority; the first that has to wait gets nodes kept for it, and later ones fill the holes that they leave in time (EASY backfill).
/// </summary>
/// <remarks>
/// <para>The order: higher priority first. Then jobs after which more than max(4096, 16 × the jobs that run) others have been offered, by submission. Then by what is to come: the time to the end of the
/// longest path that begins with the job (its estimate and <see cref="PackingCandidate.PathBehind"/>) × its nodes × the fourth root of the largest part of a node that it takes, the most first. A job without an estimate
/// counts as long as the longest that has one; where none has, only the paths behind the jobs and their nodes count. Equals keep the order of submission.</para>
/// <para>The rule: the first in this order that has no room gets nodes kept. A later one starts if there is room beside the kept nodes; or on them, if it is expected to end before the first
/// one could start, or if the first one still fits beside it when it can start. The kept nodes stay the same from call to call, and the job is the first of its priority until it starts, so that it waits no longer than the jobs run that
/// were there when it became the first.
/// One exception: while the end of a job that the first one waits for is not known, nothing is kept from jobs of its own priority, until so many have been offered after it as named above.</para>
/// <para>Where all ends are estimated and no more than 1,000 jobs wait and run on no more than 1,000 nodes, the rest is played to its end in a few styles first, and the one that ends first is taken: other weights of nodes and of parts of a node in
/// the order above, and no nodes kept for jobs that share their node with others. It is played again when an eighth of what waited has started or come; not for jobs that take less than a second on average.</para>
/// <para>So a job is overtaken by those that were offered before it, and by a bounded number of those offered after it; then it waits only for jobs that run.</para>
/// </remarks>
public sealed class BackfillPolicy : IPackingPolicy
{
    /// <inheritdoc/>
    public PackingPlan Pack(Inventory inventory, IReadOnlyList<PackingCandidate> candidates, DateTimeOffset now, TimeSpan? remainingWallTime)
    {
        ArgumentNullException.ThrowIfNull(inventory);
        ArgumentNullException.ThrowIfNull(candidates);
        var order = new PackingOrder(inventory, candidates);
        PackingStyle style = inventory.Rehearsal.StyleFor(order, now.UtcTicks, remainingWallTime);
        var round = new PackingRound(inventory, order, style, now.UtcTicks, remainingWallTime);
        foreach (PackingCandidate candidate in order.InOrder(style))
        {
            round.Consider(candidate);
        }

        return round.ToPlan();
    }
}
