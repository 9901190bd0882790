using Balsam.Launch.Packing;

namespace Balsam.Launch.Tests.Packing;

/// <summary>What starts on and beside the nodes that are kept for the first job that has to wait, and that they stay the same.</summary>
public sealed class KeptNodesTests
{
    private static readonly JobResources Alone = new() { PackingCount = 1 };

    // Two large nodes, of which the first is busy for an hour, and two or one small ones that the first to wait cannot use.
    private static Inventory TwoLargeAndSomeSmall(int small)
    {
        var inventory = new Inventory([new NodeSpec("large0", 8), new NodeSpec("large1", 8), .. Enumerable.Range(0, small).Select(static i => new NodeSpec($"small{i}", 2))]);
        Make.Place(inventory, Make.Cores(8), 100, endMinute: 60);
        return inventory;
    }

    private static readonly PackingCandidate WantsLarge = new(1, new JobResources { Nodes = 2, RanksPerNode = 8 }, 1);

    [Test]
    public void Pack_SeveralNodesBesideTheKeptOnes_AreGiven()
    {
        PackingPlan plan = Make.Pack(TwoLargeAndSomeSmall(2), [WantsLarge, new(2, Make.WholeNodes(2))]);
        Assert.That(plan.Placed.Single().Allocation.Placement.Shares.Select(static share => share.Node), Is.EqualTo(["small0", "small1"]));
    }

    [TestCase(60, new[] { "large1", "small0" })]
    [TestCase(61, new string[0])]
    public void Pack_SeveralNodesOfWhichSomeAreKept_AreGivenToWhoEndsInTime(int minutes, string[] expected)
    {
        PackingPlan plan = Make.Pack(TwoLargeAndSomeSmall(1), [WantsLarge, new(2, Make.WholeNodes(2, minutes))]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(plan.Placed.SelectMany(static placed => placed.Allocation.Placement.Shares).Select(static share => share.Node), Is.EqualTo(expected));
            Assert.That(plan.Reservation!.Nodes, Is.EqualTo(["large0", "large1"]));
        }
    }

    [Test]
    public void Pack_JobOnAKeptNodeThatEndsInTime_TheNodeStaysKept()
    {
        Inventory inventory = Make.Inventory(2, 8);
        Allocation full = Make.Place(inventory, Make.Cores(8), 100);
        Allocation late = Make.Place(inventory, Make.Cores(6), 101, endMinute: 60);
        Make.Place(inventory, Make.Cores(2), 102, endMinute: 10);
        inventory.Release(full);
        Make.Place(inventory, Make.Cores(5), 103, endMinute: 30);
        PackingCandidate first = new(1, Alone, 1);
        Assert.That(Make.Ids(Make.Pack(inventory, [first, new(2, Make.Cores(1, 30))]).Placed), Is.EqualTo([2]));
        ExpectKept(inventory, late, first, "n0");
    }

    [Test]
    public void Pack_SeveralNodesThatEndInTime_TheNodesStayKept()
    {
        var inventory = new Inventory([.. Make.Nodes(3, 8), new NodeSpec("small0", 2), new NodeSpec("small1", 2)]);
        Make.Place(inventory, Make.Cores(8), 100, endMinute: 60);
        Allocation full = Make.Place(inventory, Make.Cores(8), 101);
        Allocation late = Make.Place(inventory, Make.Cores(7), 102, endMinute: 90);
        Make.Place(inventory, Make.Cores(1), 103, endMinute: 10);
        inventory.Release(full);
        Assert.That(Make.Ids(Make.Pack(inventory, [WantsLarge, new(2, Make.WholeNodes(3, 60))]).Placed), Is.EqualTo([2]));
        ExpectKept(inventory, late, WantsLarge, "n0", "n1");
    }

    [Test]
    public void Pack_JobBesideTheFirstToWait_TheNodeStaysKept()
    {
        Inventory inventory = Make.Inventory(2, 8);
        Allocation full = Make.Place(inventory, Make.Cores(8), 100);
        Allocation late = Make.Place(inventory, Make.Cores(3), 101, endMinute: 60);
        Make.Place(inventory, Make.Cores(2), 102, endMinute: 60);
        Make.Place(inventory, Make.Cores(2), 103, endMinute: 10);
        inventory.Release(full);
        Make.Place(inventory, Make.Cores(5), 104, endMinute: 30);
        PackingCandidate first = new(1, Make.Cores(6), 1);
        Assert.That(Make.Ids(Make.Pack(inventory, [first, new(2, Make.Cores(2))]).Placed), Is.EqualTo([2]));
        ExpectKept(inventory, late, first, "n0");
    }

    [Test]
    public void Pack_HigherPriorityTakesAKeptNodeAmongOthers_AnotherIsKeptInstead()
    {
        var inventory = new Inventory([.. Make.Nodes(3, 8), new NodeSpec("small0", 2), new NodeSpec("small1", 2)]);
        Make.Place(inventory, Make.Cores(8), 100, endMinute: 60);
        Make.Place(inventory, Make.Cores(8), 101, endMinute: 90);
        ExpectKept(inventory, WantsLarge, "n0", "n2");
        PackingPlan plan = Make.Pack(inventory, [new(3, Make.WholeNodes(2, 200), 2), WantsLarge, new(4, Make.Cores(1))]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Make.Ids(plan.Placed), Is.EqualTo([3, 4]));
            Assert.That(plan.Reservation!.Nodes, Is.EqualTo(["n0", "n1"]), "job 3 runs on n2 for long");
        }
    }

    [Test]
    public void Pack_TooLargeBesideTheFirstToWait_ASmallerOneStillStarts()
    {
        Inventory inventory = Make.Inventory(1, 64);
        Make.Place(inventory, Make.Cores(32), 100, endMinute: 60);
        PackingPlan plan = Make.Pack(inventory, [new(1, Make.Cores(60), 3), new(2, Make.Cores(5), 2), new(3, Make.Cores(4), 1)]);
        Assert.That(Make.Ids(plan.Placed), Is.EqualTo([3]));
    }

    [Test]
    public void Pack_FirstWaitsForAnUnknownEnd_WhatFitsBesideItStarts()
    {
        Inventory inventory = Make.Inventory(1, 64);
        Make.Place(inventory, Make.Cores(32), 100);
        PackingPlan plan = Make.Pack(inventory, [new(1, Make.Cores(60), 3), new(2, Make.Cores(4), 2), new(3, Make.Cores(1), 1)]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Make.Ids(plan.Placed), Is.EqualTo([2]), "4 cores stay free beside the 60");
            Assert.That(plan.Reservation!.NotBefore, Is.Null);
        }
    }

    [Test]
    public void Pack_NothingHappensOnTheKeptNode_ItStaysKept([Values] bool alone)
    {
        (Inventory inventory, _, Allocation late) = TwoNodes();
        PackingCandidate first = new(1, alone ? Alone : Make.Cores(6), 1);
        ExpectKept(inventory, first, "n0");
        ExpectKept(inventory, late, first, "n0");
    }

    [Test]
    public void Pack_OneOfTheJobsOnAKeptNodeEnds_TheNodeStaysKept()
    {
        (Inventory inventory, Allocation small, Allocation late) = TwoNodes();
        PackingCandidate first = new(1, Alone, 1);
        ExpectKept(inventory, first, "n0");
        inventory.Release(small);
        ExpectKept(inventory, late, first, "n0");
    }

    [Test]
    public void TryPlace_OnAKeptNode_AnotherIsKeptInstead([Values(1, 2)] int nodes)
    {
        Inventory inventory = Make.Inventory(4, 8);
        Make.Place(inventory, Make.Cores(8), 100, endMinute: 60);
        Make.Place(inventory, Make.Cores(8), 101, endMinute: 90);
        PackingCandidate first = new(1, Make.WholeNodes(3), 1);
        PackingReservation before = Make.Pack(inventory, [first, new(2, Make.Cores(1, 200))]).Reservation!;
        Assert.That(before.Nodes, Is.EqualTo(["n0", "n2", "n3"]));
        Make.Place(inventory, nodes == 1 ? Make.Cores(7) : Make.WholeNodes(2), 102, endMinute: 100);
        inventory.Planner.For(first);
        Assert.That(inventory.Planner.Current!.Nodes, Is.EqualTo(new[] { 0, 1, nodes == 1 ? 3 : 2 }));
    }

    [Test]
    public void Pack_GpusBesideTheFirstToWait_AreGivenAsLongAsItHasItsOwn([Values(4, 16)] int gpus, [Values(1, 2)] int ranksPerGpu)
    {
        Inventory inventory = Make.Inventory(1, 64, gpus);
        Make.Place(inventory, new JobResources { RanksPerNode = gpus / 2, GpusPerRank = 1 }, 100, endMinute: 60);
        var first = new JobResources { RanksPerNode = (gpus - 1) * ranksPerGpu, GpusPerRank = 1.0 / ranksPerGpu };
        var one = new JobResources { GpusPerRank = 1 };
        Assert.That(Make.Ids(Make.Pack(inventory, [new(1, first, 3), new(2, one, 2), new(3, one, 1)]).Placed), Is.EqualTo([2]));
    }

    [Test]
    public void Pack_CustomAmountsBesideTheFirstToWait_AreGivenAsLongAsItHasItsOwn()
    {
        static JobResources Seats(double seats) => new() { Custom = new Dictionary<string, ResourceAmount> { ["seat"] = seats } };
        var inventory = new Inventory([new NodeSpec("n0", 8) { Custom = Seats(4).Custom }]);
        Make.Place(inventory, Seats(2), 100, endMinute: 60);
        PackingPlan plan = Make.Pack(inventory, [new(1, Seats(3), 3), new(2, Seats(1), 2), new(3, Seats(1), 1)]);
        Assert.That(Make.Ids(plan.Placed), Is.EqualTo([2]));
    }

    // The first node has room for six cores, or is free, at 30; the second at 60, and at 10 once the late job there has ended.
    private static (Inventory Inventory, Allocation Small, Allocation Late) TwoNodes()
    {
        Inventory inventory = Make.Inventory(2, 8);
        Allocation full = Make.Place(inventory, Make.Cores(8), 100);
        Allocation late = Make.Place(inventory, Make.Cores(3), 101, endMinute: 60);
        Make.Place(inventory, Make.Cores(3), 102, endMinute: 10);
        inventory.Release(full);
        Make.Place(inventory, Make.Cores(5), 103, endMinute: 30);
        return (inventory, Make.Place(inventory, Make.Cores(1), 104, endMinute: 20), late);
    }

    // When a late end on another node is gone, that one would be the better choice; but a choice once made stays.
    private static void ExpectKept(Inventory inventory, Allocation lateOnAnother, PackingCandidate first, params string[] nodes)
    {
        inventory.Release(lateOnAnother);
        ExpectKept(inventory, first, nodes);
    }

    private static void ExpectKept(Inventory inventory, PackingCandidate first, params string[] nodes)
    {
        PackingPlan plan = Make.Pack(inventory, [first, new(9, Make.Cores(1, 200))]);
        Assert.That(plan.Reservation!.Nodes, Is.EqualTo(nodes));
        inventory.Release(plan.Placed.Single().Allocation);
    }
}
