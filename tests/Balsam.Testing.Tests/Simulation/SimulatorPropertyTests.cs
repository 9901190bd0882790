using Balsam.Testing.Simulation;
using CsCheck;

namespace Balsam.Testing.Tests.Simulation;

/// <summary>What holds of every simulation, on generated campaigns with wall times, queue waits and nodes that fail.</summary>
[TestFixture]
public sealed class SimulatorPropertyTests
{
    private const int Iterations = 60;

    private static readonly Gen<int> Seeds = Gen.Int[1, 1_000_000];

    [Test]
    public void Use_OfAnyCampaign_AddsUpExactlyToNodesTimesTime() => Seeds.Sample(
        seed =>
        {
            (_, SimulatedCampaign campaign) = Run(seed);
            CampaignUse use = campaign.Use;
            Assert.That(use.Used + use.Wasted, Is.EqualTo(use.Offered));
            CoreTime nodesTimesTime = campaign.Launchers.Aggregate(default(CoreTime), (sum, launcher) =>
                sum + CoreTime.Of(launcher.Allocation.Nodes.Sum(node => node.CoreIds.Length), launcher.End - launcher.Start));
            Assert.That(use.Offered, Is.EqualTo(nodesTimesTime));
            Assert.That(new[] { use.Used, use.Overhead, use.Tail, use.Fragmentation, use.DependencyWaits, use.WallTime, use.Failures }.Select(part => part.Ticks), Is.All.GreaterThanOrEqualTo((Int128)0));
            CoreTime held = campaign.Runs.Where(run => run.Failure is null).Zip(Cores(campaign), (run, cores) => CoreTime.Of(cores, run.End - run.Start)).Aggregate(default(CoreTime), (sum, part) => sum + part);
            Assert.That(use.Used + use.Overhead, Is.EqualTo(held));
        },
        iter: Iterations);

    [Test]
    public void Runs_OfAnyCampaign_HoldNothingTwiceAndStayWithinTheirAllocation() => Seeds.Sample(
        seed =>
        {
            (GeneratedCampaign generated, SimulatedCampaign campaign) = Run(seed);
            CapacityCheck.NothingIsHeldTwice(campaign, generated.Jobs);
            foreach (SimulatedRun run in campaign.Runs)
            {
                SimulatedLauncher launcher = campaign.Launchers[run.Allocation];
                TimeSpan? end = launcher.Start + launcher.Allocation.WallTime;
                Assert.That(run.Start, Is.GreaterThanOrEqualTo(launcher.Start));
                Assert.That(run.End, Is.LessThanOrEqualTo(end ?? run.End));
                Assert.That(run.Start + generated.Jobs[run.Job].Resources.WallTime > end, Is.False, $"{run} was started although it was expected to end too late.");
            }
        },
        iter: Iterations);

    [Test]
    public void Runs_OfAnyCampaign_ComeAfterTheirParentsEndedAsTheEdgesAsk() => Seeds.Sample(
        seed =>
        {
            (GeneratedCampaign generated, SimulatedCampaign campaign) = Run(seed);
            ILookup<int, SimulatedRun> runs = campaign.Runs.ToLookup(run => run.Job);
            foreach (SimulatedRun run in campaign.Runs)
            {
                foreach (SimulatedParent parent in generated.Jobs[run.Job].Parents)
                {
                    Assert.That(runs[parent.Job].All(before => before.End <= run.Start), $"{run} began before its parent [{parent.Job}] had ended.");
                    Assert.That(DependencyRules.Judge(parent.Condition, campaign.States[parent.Job]), Is.EqualTo(DependencyVerdict.Satisfied));
                }
            }

            Assert.That(campaign.AllEnded);
        },
        iter: Iterations);

    [Test]
    public void Run_EqualSeeds_GiveEqualCampaigns() => Seeds.Sample(
        seed =>
        {
            (_, SimulatedCampaign first) = Run(seed);
            (_, SimulatedCampaign second) = Run(seed);
            Assert.That(second.Runs, Is.EqualTo(first.Runs));
            Assert.That(second.Use, Is.EqualTo(first.Use));
        },
        iter: 10);

    private static (GeneratedCampaign Generated, SimulatedCampaign Campaign) Run(int seed)
    {
        var generated = new GeneratedCampaign(seed, count: 50);
        SimulationOptions options = GeneratedCampaign.Options(
            new SimulatedAllocation(GeneratedCampaign.Nodes) { WallTime = TimeSpan.FromMinutes(70 + (seed % 100)), QueueWait = TimeSpan.FromMinutes(seed % 50), Repeats = 1000 },
            new SimulatedAllocation(GeneratedCampaign.Nodes) { QueueWait = TimeSpan.FromMinutes(200) });
        return (generated, new CampaignSimulator(generated.Jobs, options with
        {
            NodeFailures = seed % 2 == 0 ? new NodeFailures(TimeSpan.FromHours(3), TimeSpan.FromMinutes(20)) : null,
            Overhead = seed % 3 == 0 ? new LauncherOverhead(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1)) : default,
        }).Run(seed));
    }

    private static IEnumerable<int> Cores(SimulatedCampaign campaign) =>
        campaign.Runs.Zip(campaign.Placements).Where(run => run.First.Failure is null).Select(run => run.Second.Cores);
}
