using Balsam.Launch.Packing;

namespace Balsam.Launch.Tests.Packing;

public sealed class InventoryTests
{
    [Test]
    public void TryPlace_CoresListedInAnyOrder_GivesLowestFreeFirst()
    {
        var inventory = new Inventory([new NodeSpec("n", [7, 3, 12, 5], null, default)]);
        Allocation first = Make.Place(inventory, Make.Cores(2));
        Allocation second = Make.Place(inventory, Make.Cores(1));
        inventory.Release(first);
        Allocation third = Make.Place(inventory, Make.Cores(3));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(second.Placement.Shares[0].CoreIds, Is.EqualTo([7]));
            Assert.That(third.Placement.Shares[0].CoreIds, Is.EqualTo([3, 5, 12]));
        }
    }

    [Test]
    public void TryPlace_MoreThan64Cores_GivesIdsFromAllOfThem()
    {
        Inventory inventory = Make.Inventory(1, 200, 70);
        Make.Place(inventory, Make.Cores(60));
        Allocation allocation = Make.Place(inventory, new JobResources { RanksPerNode = 70, GpusPerRank = 1 });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(allocation.Placement.Shares[0].CoreIds, Is.EqualTo(Enumerable.Range(60, 70)));
            Assert.That(allocation.Placement.Shares[0].GpuIds, Has.Length.EqualTo(70));
            Assert.That(inventory.FreeCores, Is.EqualTo(70));
        }

        inventory.Release(allocation);
        Assert.That(Make.Place(inventory, Make.Cores(140)).Placement.Shares[0].CoreIds, Is.EqualTo(Enumerable.Range(60, 140)));
    }

    [Test]
    public void TryPlace_FirstNodeFull_TakesNextInListOrder()
    {
        Inventory inventory = Make.Inventory(3, 4);
        Make.Place(inventory, Make.Cores(3));
        Assert.That(Make.Place(inventory, Make.Cores(2)).Placement.Shares[0].Node, Is.EqualTo("n1"));
        Assert.That(Make.Place(inventory, Make.Cores(1)).Placement.Shares[0].Node, Is.EqualTo("n0"));
    }

    [Test]
    public void TryPlace_FourHalfGpus_TakesTwoGpus()
    {
        Inventory inventory = Make.Inventory(1, 16, 4);
        Allocation allocation = Make.Place(inventory, new JobResources { RanksPerNode = 4, GpusPerRank = 0.5 });
        Assert.That(allocation.Placement.Shares[0].GpuIds, Is.EqualTo(["0", "1"]));
    }

    [Test]
    public void TryPlace_ThirdsOfAGpu_ThreeShareOneAndTheFourthTakesTheNext()
    {
        Inventory inventory = Make.Inventory(1, 16, 2);
        var third = new JobResources { GpusPerRank = 1.0 / 3 };
        string[] gpus = [.. Enumerable.Range(1, 4).Select(id => Make.Place(inventory, third, id).Placement.Shares[0].GpuIds.Single())];
        Assert.That(gpus, Is.EqualTo(["0", "0", "0", "1"]));
    }

    [Test]
    public void TryPlace_ShareWhenAGpuIsShared_LeavesWholeGpusWhole()
    {
        Inventory inventory = Make.Inventory(1, 16, 2);
        Allocation whole = Make.Place(inventory, new JobResources { GpusPerRank = 1 });
        Make.Place(inventory, new JobResources { GpusPerRank = 0.5 });
        inventory.Release(whole);
        Assert.That(Make.Place(inventory, new JobResources { GpusPerRank = 0.25 }).Placement.Shares[0].GpuIds, Is.EqualTo(["1"]));
        Assert.That(Make.Place(inventory, new JobResources { GpusPerRank = 1 }).Placement.Shares[0].GpuIds, Is.EqualTo(["0"]));
    }

    [Test]
    public void TryPlace_ShareNoSingleGpuHas_IsRefusedThoughTheSumSuffices()
    {
        Inventory inventory = Make.Inventory(1, 16, 2);
        Make.Place(inventory, new JobResources { RanksPerNode = 2, GpusPerRank = 0.6 });
        Assert.That(inventory.TryPlace(new PackingCandidate(2, new JobResources { GpusPerRank = 0.5 }), null, out _), Is.False);
        Assert.That(inventory.TryPlace(new PackingCandidate(3, new JobResources { GpusPerRank = 1 }), null, out _), Is.False);
        Assert.That(inventory.TryPlace(new PackingCandidate(4, new JobResources { GpusPerRank = 0.4 }), null, out _), Is.True);
    }

    [Test]
    public void TryPlace_MemoryOnlyCountedWhereStated()
    {
        var inventory = new Inventory([new NodeSpec("small", 8, 0, MemorySize.FromGibibytes(4)), new NodeSpec("untold", 8)]);
        var job = new JobResources { MemoryPerNode = MemorySize.FromGibibytes(3) };
        string[] nodes = [.. Enumerable.Range(1, 3).Select(id => Make.Place(inventory, job, id).Placement.Shares[0].Node)];
        Assert.That(nodes, Is.EqualTo(["small", "untold", "untold"]));
    }

    [Test]
    public void TryPlace_CustomAmounts_AreTakenAndGivenBack()
    {
        var inventory = new Inventory([new NodeSpec("n", 8) { Custom = new Dictionary<string, ResourceAmount> { ["licence"] = 1.5 } }]);
        var job = new PackingCandidate(1, new JobResources { Custom = new Dictionary<string, ResourceAmount> { ["licence"] = 1 } });
        var other = new PackingCandidate(1, new JobResources { Custom = new Dictionary<string, ResourceAmount> { ["seat"] = 1 } });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(inventory.TryPlace(job, null, out Allocation allocation), Is.True);
            Assert.That(inventory.TryPlace(job, null, out _), Is.False);
            inventory.Release(allocation);
            Assert.That(inventory.TryPlace(job, null, out _), Is.True);
            Assert.That(inventory.TryPlace(other, null, out _), Is.False);
        }
    }

    [TestCase(2, 3, 6, 1)]
    [TestCase(2, 2, 10_000, 0)]
    [TestCase(3, 3, 3, 1)]
    [TestCase(4, 4, 2, 1)]
    public void TryPlace_DifferentPackingCounts_ShareWhileTheirPartsFit(int first, int second, int next, int fitting)
    {
        Inventory inventory = Make.Inventory(1, 64);
        Make.Place(inventory, new JobResources { PackingCount = first });
        Make.Place(inventory, new JobResources { PackingCount = second });
        Make.Place(inventory, new JobResources());
        int placed = 0;
        while (inventory.TryPlace(new PackingCandidate(9, new JobResources { PackingCount = next }), null, out _))
        {
            placed++;
        }

        Assert.That(placed, Is.EqualTo(fitting));
    }

    [Test]
    public void TryPlace_PackingCountOne_HasTheNodeAlone()
    {
        Inventory inventory = Make.Inventory(2, 8);
        Make.Place(inventory, new JobResources(), 1);
        Allocation alone = Make.Place(inventory, new JobResources { PackingCount = 1 }, 2);
        for (int id = 3; id < 10; id++)
        {
            Assert.That(Make.Place(inventory, new JobResources(), id).Placement.Shares[0].Node, Is.EqualTo("n0"));
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(alone.Placement.Shares[0], Has.Property("Node").EqualTo("n1"));
            Assert.That(alone.Placement.Shares[0].CoreIds, Is.EqualTo([0]));
            Assert.That(inventory.TryPlace(new PackingCandidate(10, new JobResources()), null, out _), Is.False);
            inventory.Release(alone);
            Assert.That(inventory.TryPlace(new PackingCandidate(10, new JobResources()), null, out _), Is.True);
        }
    }

    [Test]
    public void TryPlace_SeveralNodes_TakesAllOfEmptyOnesOnly()
    {
        Inventory inventory = Make.Inventory(4, 8, 2);
        Make.Place(inventory, new JobResources(), 1);
        Allocation wide = Make.Place(inventory, new JobResources { Nodes = 2, RanksPerNode = 3, PackingCount = 8 }, 2);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(wide.Placement.Shares.Select(static s => s.Node), Is.EqualTo(["n1", "n2"]));
            Assert.That(wide.Placement.Cores, Is.EqualTo(16));
            Assert.That(wide.Placement.Shares[1].GpuIds, Is.EqualTo(["0", "1"]));
            Assert.That(inventory.FreeCores, Is.EqualTo(15));
            Assert.That(inventory.EmptyNodes, Is.EqualTo(1));
            Assert.That(inventory.TryPlace(new PackingCandidate(3, new JobResources { Nodes = 2 }), null, out _), Is.False);
            Assert.That(Make.Place(inventory, Make.Cores(8), 4).Placement.Shares[0].Node, Is.EqualTo("n3"));
        }
    }

    [Test]
    public void TryPlace_SeveralNodes_EachMeetsThePerNodeRequest()
    {
        var inventory = new Inventory([new NodeSpec("a", 4), new NodeSpec("b", 16), new NodeSpec("c", 4), new NodeSpec("d", 16)]);
        Assert.That(
            Make.Place(inventory, new JobResources { Nodes = 2, RanksPerNode = 8 }).Placement.Shares.Select(static s => s.Node), Is.EqualTo(["b", "d"]));
    }

    [Test]
    public void TryPlace_ThousandsOfNodes_FindsTheOneWithRoom()
    {
        Inventory inventory = Make.Inventory(9000, 1);
        Allocation[] held = [.. Enumerable.Range(0, 9000).Select(id => Make.Place(inventory, new JobResources(), id))];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(held.Select(static a => a.Placement.Shares[0].Node), Is.EqualTo(inventory.Nodes.Select(static n => n.Name)));
            Assert.That(inventory.TryPlace(new PackingCandidate(1, new JobResources()), null, out _), Is.False);
        }

        foreach (int node in (int[])[8999, 4096, 63])
        {
            inventory.Release(held[node]);
            held[node] = Make.Place(inventory, new JobResources());
            Assert.That(held[node].Placement.Shares[0].Node, Is.EqualTo($"n{node}"));
        }

        inventory.Release(held[4095]);
        inventory.Release(held[8000]);
        Assert.That(Make.Place(inventory, Make.WholeNodes(2)).Placement.Shares.Select(static s => s.Node), Is.EqualTo(["n4095", "n8000"]));
    }

    [Test]
    public void TryPlace_RoomFarApartOnThousandsOfNodes_TakesBoth()
    {
        Inventory inventory = Make.Inventory(9000, 1);
        Allocation[] held = [.. Enumerable.Range(0, 9000).Select(id => Make.Place(inventory, new JobResources(), id))];
        inventory.Release(held[650]);
        inventory.Release(held[4225]);
        Assert.That(Make.Place(inventory, Make.WholeNodes(2)).Placement.Shares.Select(static share => share.Node), Is.EqualTo(["n650", "n4225"]));
    }

    [Test]
    public void TryPlace_OfEverythingSome_IsTakenAndGivenBack()
    {
        var everything = new JobResources
        {
            RanksPerNode = 2, GpusPerRank = 0.5, PackingCount = 4, MemoryPerNode = MemorySize.FromGibibytes(1),
            Custom = new Dictionary<string, ResourceAmount> { ["licence"] = 1, ["seat"] = 1 },
        };
        var inventory = new Inventory([new NodeSpec("n", 8, 1, MemorySize.FromGibibytes(2)) { Custom = everything.Custom }]);
        Allocation allocation = Make.Place(inventory, everything);
        Assert.That((inventory.RunningJobs, Make.Pack(inventory, [new PackingCandidate(2, everything)]).Waiting.Single().Obstacle.IsPermanent), Is.EqualTo((1, false)));
        inventory.Release(allocation);
        Assert.That((inventory.RunningJobs, inventory.TryPlace(new PackingCandidate(2, everything), null, out _)), Is.EqualTo((0, true)));
    }

    [Test]
    public void TryPlace_ALittleTooMuchOfACustomAmount_IsRefused()
    {
        var inventory = new Inventory([new NodeSpec("n", 8) { Custom = new Dictionary<string, ResourceAmount> { ["licence"] = 2.01 } }]);
        var job = new JobResources { Custom = new Dictionary<string, ResourceAmount> { ["licence"] = 1.01 } };
        Make.Place(inventory, job);
        Assert.That(inventory.TryPlace(new PackingCandidate(2, job), null, out _), Is.False);
    }

    [Test]
    public void Release_Twice_IsRefused()
    {
        Inventory inventory = Make.Inventory(1, 2);
        Allocation first = Make.Place(inventory, new JobResources(), 7);
        Assert.That(first.JobId, Is.EqualTo(7));
        inventory.Release(first);
        Allocation second = Make.Place(inventory, new JobResources(), 8);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(first.IsHeld, Is.False);
            Assert.That(second.IsHeld, Is.True);
            Assert.That(() => inventory.Release(first), Throws.InvalidOperationException);
            Assert.That(() => first.Placement, Throws.InvalidOperationException);
            Assert.That(() => default(Allocation).JobId, Throws.InvalidOperationException);
            Assert.That(() => Make.Inventory(1, 2).Release(second), Throws.ArgumentException);
        }
    }

    [Test]
    public void Allocation_ExpectedEnd_IsWhatWasGiven()
    {
        Inventory inventory = Make.Inventory(1, 2);
        Assert.That(Make.Place(inventory, new JobResources(), 1, endMinute: 5).ExpectedEnd, Is.EqualTo(Make.Noon.AddMinutes(5)));
        Assert.That(Make.Place(inventory, new JobResources()).ExpectedEnd, Is.Null);
    }

    [Test]
    public void Constructor_NoNodesOrEqualNames_IsRefused()
    {
        Assert.That(static () => new Inventory([]), Throws.ArgumentException);
        Assert.That(static () => new Inventory([new NodeSpec("a", 1), new NodeSpec("a", 2)]), Throws.ArgumentException);
    }

    [Test]
    public void TryPlace_UnsoundRequest_IsRefused() => Assert.That(
        static () => Make.Inventory(1, 1).TryPlace(new PackingCandidate(1, new JobResources { PackingCount = 0 }), null, out _), Throws.ArgumentException);
}
