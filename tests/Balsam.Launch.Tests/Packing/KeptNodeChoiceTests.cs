using Balsam.Launch.Packing;

namespace Balsam.Launch.Tests.Packing;

/// <summary>Which nodes are kept for the first job that has to wait, and when it is expected to start there.</summary>
public sealed class KeptNodeChoiceTests
{
    private static readonly JobResources Alone = new() { PackingCount = 1 };

    [Test]
    public void Pack_EqualEnds_KeepsTheFirstInListOrder([Values(1, 2)] int wanted)
    {
        Inventory inventory = Make.Inventory(4, 8);
        for (int node = 0; node < 4; node++)
        {
            Make.Place(inventory, Make.Cores(7), node, endMinute: 60);
        }

        Assert.That(Reservation(inventory, wanted == 1 ? Make.Cores(2) : Make.WholeNodes(2)).Nodes, Is.EqualTo(Enumerable.Range(0, wanted).Select(static node => $"n{node}")));
    }

    [Test]
    public void Pack_LastJobOfANodeHasEnded_TheNextToLastCounts()
    {
        Inventory inventory = Make.Inventory(2, 8);
        Make.Place(inventory, Make.Cores(2), 100, endMinute: 80);
        Make.Place(inventory, Make.Cores(2), 101, endMinute: 20);
        Allocation last = Make.Place(inventory, Make.Cores(4), 102, endMinute: 90);
        Make.Place(inventory, Make.Cores(5), 103, endMinute: 70);
        inventory.Release(last);
        PackingReservation reservation = Reservation(inventory, Alone);
        Assert.That((reservation.Nodes.Single(), reservation.NotBefore), Is.EqualTo(("n1", Make.Noon.AddMinutes(70))));
    }

    [Test]
    public void Pack_OnlyJobOfANodeHasEnded_ItCountsAsEmpty()
    {
        Inventory inventory = Make.Inventory(3, 8);
        Allocation only = Make.Place(inventory, Make.Cores(8), 100, endMinute: 90);
        Make.Place(inventory, Make.Cores(8), 101, endMinute: 10);
        Make.Place(inventory, Make.Cores(8), 102, endMinute: 20);
        inventory.Release(only);
        PackingReservation reservation = Reservation(inventory, Make.WholeNodes(2));
        Assert.That(reservation.Nodes, Is.EqualTo(["n0", "n1"]));
        Assert.That(reservation.NotBefore, Is.EqualTo(Make.Noon.AddMinutes(10)));
    }

    [Test]
    public void Pack_JobOnAKeptNodeEndsEarly_TheFirstToWaitIsExpectedEarlier()
    {
        Inventory inventory = Make.Inventory(2, 8);
        Allocation early = Make.Place(inventory, Make.Cores(6), 100, endMinute: 60);
        Make.Place(inventory, Make.Cores(7), 101, endMinute: 30);
        PackingCandidate[] waiting = [new(1, Make.WholeNodes(2), 1), new(2, Make.Cores(1, 200))];
        Assert.That(Make.Pack(inventory, waiting).Reservation!.NotBefore, Is.EqualTo(Make.Noon.AddMinutes(60)));
        inventory.Release(early);
        Assert.That(Make.Pack(inventory, waiting).Reservation!.NotBefore, Is.EqualTo(Make.Noon.AddMinutes(30)));
    }

    [TestCase(20, 10, new[] { "n0", "n2" })]
    [TestCase(10, 20, new[] { "n0", "n1" })]
    public void Pack_FirstNodeBecomesEmpty_StepsInForTheKeptOneThatIsFreeLast(int end1, int end2, string[] expected)
    {
        Inventory inventory = Make.Inventory(3, 8);
        Allocation early = Make.Place(inventory, Make.Cores(7), 100, endMinute: 30);
        Make.Place(inventory, Make.Cores(8), 101, endMinute: end1);
        Make.Place(inventory, Make.Cores(8), 102, endMinute: end2);
        PackingCandidate first = new(1, Make.WholeNodes(2), 1);
        PackingPlan before = Make.Pack(inventory, [first, new(2, Make.Cores(1, 200))]);
        Assert.That(before.Reservation!.Nodes, Is.EqualTo(["n1", "n2"]));
        inventory.Release(before.Placed.Single().Allocation);
        inventory.Release(early);
        Assert.That(Make.Pack(inventory, [first, new(2, Make.Cores(1, 200))]).Reservation!.Nodes, Is.EquivalentTo(expected));
    }

    [Test]
    public void Pack_SomeEndsAreUnknown_TheLatestOfTheOthersIsTold()
    {
        Inventory inventory = Make.Inventory(1, 8);
        Make.Place(inventory, Make.Cores(1), 100, endMinute: 60);
        Make.Place(inventory, Make.Cores(1), 101, endMinute: 30);
        Make.Place(inventory, Make.Cores(1), 102);
        Assert.That(Reservation(inventory, Alone).NotBefore, Is.EqualTo(Make.Noon.AddMinutes(60)));
    }

    [Test]
    public void Pack_WholeNodeWithTheVeryFirstJobOfUnknownEnd_IsKeptAndNoTimeIsTold()
    {
        Inventory inventory = Make.Inventory(1, 8);
        Make.Place(inventory, Make.Cores(1), 100);
        Assert.That(Reservation(inventory, Alone).NotBefore, Is.Null);
        Assert.That(Make.Ids(Make.Pack(inventory, [new(3, Alone), new(4, Make.Cores(1))]).Placed), Is.EqualTo([4]), "nothing is kept from equals");
    }

    [Test]
    public void Pack_ManyNodes_KeepsOneOfThoseThatAreNearestToHavingTheRoom()
    {
        Inventory inventory = Make.Inventory(72, 8);
        for (int node = 0; node < 36; node++)
        {
            Make.Place(inventory, Make.Cores(8), node, endMinute: 10);
        }

        Allocation[] fillers = new Allocation[36];
        for (int node = 36; node < 72; node++)
        {
            fillers[node - 36] = Make.Place(inventory, Make.Cores(7), 100 + node);
            Make.Place(inventory, Make.Cores(1), node, endMinute: node);
        }

        Array.ForEach(fillers, inventory.Release);
        Assert.That(Reservation(inventory, Make.Cores(8)).Nodes, Is.EqualTo(["n36"]));
    }

    [Test]
    public void Pack_ManyNodesOfWhichFewAreNear_KeepsTheFirstToBeFreeAmongThoseInFront()
    {
        Inventory inventory = Make.Inventory(43, 8);
        for (int node = 0; node < 32; node++)
        {
            Make.Place(inventory, Make.Cores(8), node, endMinute: node == 31 ? 10 : 60);
        }

        Allocation[] fillers = new Allocation[11];
        for (int node = 32; node < 43; node++)
        {
            fillers[node - 32] = Make.Place(inventory, Make.Cores(7), 100 + node);
            Make.Place(inventory, Make.Cores(1), node, endMinute: 90);
        }

        Array.ForEach(fillers, inventory.Release);
        Assert.That(Reservation(inventory, Make.Cores(8)).Nodes, Is.EqualTo(["n31"]));
    }

    [Test]
    public void Pack_ManyNodesTooSmall_KeepsOneThatIsNot()
    {
        var inventory = new Inventory([.. Make.Nodes(40, 6), new NodeSpec("large0", 8), new NodeSpec("large1", 8)]);
        Allocation[] fillers = [.. Enumerable.Range(0, 40).Select(id => Make.Place(inventory, Make.Cores(6), id + 100))];
        Make.Place(inventory, Make.Cores(8), 1, endMinute: 60);
        Make.Place(inventory, Make.Cores(8), 2, endMinute: 30);
        Array.ForEach(fillers, inventory.Release);
        inventory.Planner.For(new PackingCandidate(9, Make.Cores(8)));
        Assert.That(inventory.Planner.Current!.Nodes, Is.EqualTo([41]));
    }

    [Test]
    public void Pack_MoreThan64JobsOnANode_ItsRoomIsForeseen()
    {
        Inventory inventory = Make.Inventory(1, 100);
        for (int id = 0; id < 99; id++)
        {
            Make.Place(inventory, Make.Cores(1), id, endMinute: 100 - id);
        }

        Assert.That(Reservation(inventory, Make.Cores(90)).NotBefore, Is.EqualTo(Make.Noon.AddMinutes(90)));
    }

    [Test]
    public void Pack_SeveralUnknownEnds_WaitsForTheOldestOnly()
    {
        Inventory inventory = Make.Inventory(1, 9);
        Make.Place(inventory, Make.Cores(4), 100);
        Make.Place(inventory, Make.Cores(4), 101);
        Assert.That(Make.Pack(inventory, [new(1, Make.Cores(5), 1), new(2, Make.Cores(1))]).Placed, Is.Empty, "beside the second of them and the first to wait there is no room");
    }

    // What is kept for a job of higher priority, as one shows that comes later and would not end in time.
    private static PackingReservation Reservation(Inventory inventory, JobResources first) =>
        Make.Pack(inventory, [new(1, first, 1), new(2, Make.Cores(1, 1000))]).Reservation!;
}
