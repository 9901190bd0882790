using Balsam.Launch.Packing;
using Balsam.Launch.Tests.Packing.Judging;
using CsCheck;

namespace Balsam.Launch.Tests.Packing;

/// <summary>What is played before an order is chosen.</summary>
public sealed class RehearsalTests
{
    [Test]
    public void StyleFor_EstimatesOfAll_IsTheOneThatEndsFirst() => Gen.Select(Gen.Int[1, 4], PackingGen.Request.Array[2, 30], Gen.Int[100_000, 100_000_000].Array[30]).Sample(
        static (nodes, requests, milliseconds) =>
        {
            NodeSpec[] specs = Make.Nodes(nodes, cores: 16, gpus: 2, gibibytes: 32);
            PackingCandidate[] Waiting() => [.. requests.Where(request => NodeRequests.WhyNever(specs, request) is null).Select((request, i) => new PackingCandidate(i + 1, request with { WallTime = TimeSpan.FromMilliseconds(milliseconds[i]) }))];
            double[] ends = [.. PackingStyle.All.Select(style => End(specs, Waiting(), style))];
            return ends.Max() - ends.Min() < 0.01 || Math.Abs(End(specs, Waiting(), StyleFor(new Inventory(specs), Waiting())) - ends.Min()) < 0.01;
        },
        iter: PropertyRuns.Of(200));

    [Test]
    public void ReplayOn_WhatRuns_LeavesTheSameRoomAndAllOfItAtTheEnd() => Gen.Select(PackingGen.Nodes, PackingGen.Request.Array[1, 60], PackingGen.Request.Array[20]).Sample(
        static (nodes, requests, probes) =>
        {
            var inventory = new Inventory(nodes);
            Allocation[] running = [.. Make.Pack(inventory, [.. requests.Select((request, i) => new PackingCandidate(i + 1, request with { WallTime = TimeSpan.FromHours(1 + (i % 3)) }))]).Placed.Select(static placed => placed.Allocation)];
            Array.ForEach([.. running.Where(static (_, i) => i % 2 == 0)], inventory.Release);
            var stage = new Inventory(nodes);
            var ends = new PriorityQueue<Allocation, long>();
            inventory.ReplayOn(stage, ends, Make.Noon.UtcTicks);
            bool same = SameRoom(inventory, stage, probes) && ends.Count == inventory.RunningJobs;
            while (ends.TryDequeue(out Allocation allocation, out _))
            {
                stage.Release(allocation);
            }

            return same && SameRoom(new Inventory(nodes), stage, probes);
        },
        iter: PropertyRuns.Of(200));

    [Test]
    public void StyleFor_WhatCannotBePlayed_IsTheUsual()
    {
        Mix mix = Enumerable.Range(1, 20).Select(static seed => MixMaker.Make(MixKind.MultiNode, 2, Estimates.Exact, seed)).First(static mix => StyleFor(new Inventory(mix.Nodes), Candidates(mix)) != PackingStyle.Usual);
        PackingCandidate[] unknown = [.. Candidates(mix), new PackingCandidate(1000, Make.WholeNodes(1))];
        PackingCandidate[] brief = [.. Candidates(mix).Select(static candidate => candidate with { Resources = candidate.Resources with { WallTime = candidate.Resources.WallTime / 1_000_000 } })];
        PackingCandidate[] many = [.. Candidates(mix), .. Make.Jobs(1000, Make.Cores(1, 1), firstId: 2000)];
        NodeSpec[] wide = [.. mix.Nodes, .. Enumerable.Range(0, 1000).Select(static i => new NodeSpec($"more{i}", 1))];
        var busy = new Inventory(mix.Nodes);
        Make.Place(busy, Make.Cores(1));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(StyleFor(new Inventory(mix.Nodes), unknown), Is.SameAs(PackingStyle.Usual), "no estimate");
            Assert.That(StyleFor(new Inventory(mix.Nodes), brief), Is.SameAs(PackingStyle.Usual), "jobs too short");
            Assert.That(StyleFor(new Inventory(mix.Nodes), many), Is.SameAs(PackingStyle.Usual), "too many");
            Assert.That(StyleFor(new Inventory(wide), Candidates(mix)), Is.SameAs(PackingStyle.Usual), "too many nodes");
            Assert.That(StyleFor(busy, Candidates(mix)), Is.SameAs(PackingStyle.Usual), "a job runs whose end is not known");
        }
    }

    [Test]
    public void IsDue_AnEighthHasStartedOrCome_Only()
    {
        Inventory inventory = Make.Inventory(1, 8);
        PackingCandidate[] waiting = Make.Jobs(80, Make.WholeNodes(1, 60));
        StyleFor(inventory, waiting);
        Assert.That((inventory.Rehearsal.IsDue(80), inventory.Rehearsal.IsDue(90), inventory.Rehearsal.IsDue(91)), Is.EqualTo((false, false, true)));
    }

    [Test]
    public void Pack_NodesKeptForAJob_ComesBeforeALongerOneThatComesLater()
    {
        Inventory inventory = Make.Inventory(2, 8);
        Allocation running = Make.Place(inventory, Make.Cores(1), id: 1, endMinute: 60);
        PackingCandidate kept = new(2, Make.WholeNodes(2, 60));
        PackingCandidate small = new(3, Make.Cores(4, 50));
        PackingPlan plan = Make.Pack(inventory, [kept, small]);
        Assert.That((plan.Reservation?.JobId, plan.Placed.Count), Is.EqualTo((2, 1)));
        inventory.Release(plan.Placed[0].Allocation);
        inventory.Release(running);
        PackingCandidate longer = new(4, Make.WholeNodes(2, 6000));
        Assert.That(Make.Ids(Make.Pack(inventory, [kept, longer], minute: 60).Placed), Is.EqualTo([2]));
    }

    private static PackingStyle StyleFor(Inventory inventory, PackingCandidate[] waiting) =>
        inventory.Rehearsal.StyleFor(new PackingOrder(inventory, waiting), Make.Noon.UtcTicks, remaining: null);

    private static PackingCandidate[] Candidates(Mix mix) => [.. mix.Jobs.Select(static job => new PackingCandidate(job.Id, job.Resources))];

    private static double End(NodeSpec[] nodes, PackingCandidate[] waiting, PackingStyle style)
    {
        var simulation = new PackingSimulation(nodes, new StyledPolicy(style));
        Array.ForEach(waiting, candidate => simulation.Submit(candidate, candidate.Resources.WallTime!.Value.TotalMinutes));
        do
        {
            simulation.Pack();
        }
        while (simulation.Advance());
        return simulation.Minute;
    }

    private static bool SameRoom(Inventory one, Inventory other, JobResources[] probes) =>
        one.FreeCores == other.FreeCores && one.EmptyNodes == other.EmptyNodes
        && probes.All(probe => Nodes(one, probe).SequenceEqual(Nodes(other, probe)));

    private static List<int> Nodes(Inventory inventory, JobResources probe)
    {
        var found = new List<int>();
        inventory.FindNodes(new PackingCandidate(1, probe).Demand, int.MaxValue, null, found);
        return found;
    }
}
