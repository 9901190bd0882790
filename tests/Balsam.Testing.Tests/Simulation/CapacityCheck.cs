using Balsam.Testing.Simulation;

namespace Balsam.Testing.Tests.Simulation;

/// <summary>Looks at what ran where and when, knowing nothing of packers.</summary>
internal static class CapacityCheck
{
    public static void NothingIsHeldTwice(SimulatedCampaign campaign, IReadOnlyList<SimulatedJob> jobs)
    {
        (SimulatedRun Run, NodeShare Share)[] held = [.. campaign.Runs.Zip(campaign.Placements).SelectMany(run => run.Second.Shares.Select(share => (run.First, share)))];
        foreach (var core in held.SelectMany(entry => entry.Share.CoreIds.Select(core => (Key: (entry.Run.Allocation, entry.Share.Node, core), entry.Run))).GroupBy(entry => entry.Key, entry => entry.Run))
        {
            SimulatedRun[] runs = [.. core.OrderBy(run => run.Start).ThenBy(run => run.End)];
            for (int i = 1; i < runs.Length; i++)
            {
                Assert.That(runs[i].Start, Is.GreaterThanOrEqualTo(runs[i - 1].End), $"core {core.Key} is held by two runs");
            }
        }

        foreach (var node in held.GroupBy(entry => (entry.Run.Allocation, entry.Share.Node)))
        {
            NodeSpec spec = campaign.Launchers[node.Key.Allocation].Allocation.Nodes.Single(spec => spec.Name == node.Key.Node);
            foreach (TimeSpan instant in node.Select(entry => entry.Run.Start).Distinct())
            {
                JobResources[] at = [.. node.Where(entry => entry.Run.Start <= instant && instant < entry.Run.End).Select(entry => jobs[entry.Run.Job].Resources)];
                Assert.That(at.Sum(resources => resources.MemoryPerNode.Bytes), Is.LessThanOrEqualTo(spec.Memory.Bytes), $"memory of {node.Key} at {instant}");
                Assert.That(at.Sum(resources => resources.GpusPerNode.Parts), Is.LessThanOrEqualTo(spec.GpuIds.Length * ResourceAmount.PartsPerUnit), $"GPUs of {node.Key} at {instant}");
                Assert.That(at.Length == 1 || at.All(resources => resources.PackingCount != 1), $"{node.Key} is not shared at {instant}");
            }
        }
    }
}
