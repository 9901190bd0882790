namespace Balsam.Launch.Tests.Packing.Judging;

/// <summary>Checks from starts and ends alone that no job on several nodes has waited longer than the backfill rule allows.</summary>
internal static class WaitJudge
{
    /// <summary>The jobs that waited too long, with the time at which the rule would have let them start.</summary>
    /// <remarks>
    /// For mixes without parents whose estimates are not too short. From the moment when all that go before a job in the order have started, only jobs that ran at that moment may keep it from starting:
    /// it starts by the time at which, by the estimates of these, enough nodes are left.
    /// </remarks>
    public static IEnumerable<(int Job, double Start, double Bound)> Late(Mix mix, Campaign campaign)
    {
        foreach (MixJob job in mix.Jobs.Where(static job => job.Resources.Nodes > 1))
        {
            double first = mix.Jobs.Where(other => other.Id != job.Id && GoesBefore(mix, other, job) && campaign.Ready[other.Id] < campaign.Starts[job.Id])
                .Select(other => campaign.Starts[other.Id]).Append(campaign.Ready[job.Id]).Max();
            double bound = EarliestRoom(mix, campaign, job, first);
            if (campaign.Starts[job.Id] > Math.Max(first, bound))
            {
                yield return (job.Id, campaign.Starts[job.Id], Math.Max(first, bound));
            }
        }
    }

    private static bool GoesBefore(Mix mix, MixJob other, MixJob job) => ToCome(mix, other) >= ToCome(mix, job);

    private static double ToCome(Mix mix, MixJob job) => job.Resources.WallTime!.Value.TotalSeconds * job.Resources.Nodes * Math.Pow(mix.PartOfNode(job.Resources), 0.25);

    private static double EarliestRoom(Mix mix, Campaign campaign, MixJob job, double from)
    {
        double[] free = [.. mix.Nodes.Select(node => mix.Jobs
            .Where(other => other.Id != job.Id && campaign.Starts[other.Id] <= from && campaign.Ends[other.Id] > from && campaign.Placements[other.Id].Shares.Any(share => share.Node == node.Name))
            .Select(other => campaign.Starts[other.Id] + other.Resources.WallTime!.Value.TotalSeconds).Append(from).Max()).Order()];
        return free[job.Resources.Nodes - 1];
    }
}
