using Balsam.Launch.Packing;

namespace Balsam.Launch.Tests.Packing;

public sealed class PackingObstacleTests
{
    private static readonly NodeSpec[] Two =
    [
        new("a", 8, 2, MemorySize.FromGibibytes(16)) { Custom = new Dictionary<string, ResourceAmount> { ["seat"] = 2 } },
        new("b", 8, 2, MemorySize.FromGibibytes(16)),
    ];

    [Test]
    public void Pack_TooFewFreeCores_SaysHowManyAreFree() => Expect(
        Make.Cores(4), [Make.Cores(5), Make.Cores(6)], PackingObstacleKind.NotEnoughFreeCores, "4 cores asked, no node has more than 3 free.");

    [Test]
    public void Pack_TooFewFreeGpus_SaysHowManyAreFree() => Expect(
        new JobResources { RanksPerNode = 2, GpusPerRank = 1 },
        [new JobResources { GpusPerRank = 1 }, new JobResources { RanksPerNode = 2, GpusPerRank = 0.5 }, new JobResources { RanksPerNode = 2, GpusPerRank = 0.7 }],
        PackingObstacleKind.NotEnoughFreeGpus,
        "2 GPUs asked, no node has more than 0 wholly free.");

    [Test]
    public void Pack_NoGpuHasTheShare_SaysSo() => Expect(
        new JobResources { GpusPerRank = 0.5 },
        [new JobResources { RanksPerNode = 2, GpusPerRank = 1 }, new JobResources { RanksPerNode = 2, GpusPerRank = 0.7 }],
        PackingObstacleKind.NotEnoughFreeGpus,
        "1 share of 0.5 GPU asked, no node has that much of its GPUs free.");

    [Test]
    public void Pack_TooLittleFreeMemory_SaysSo() => Expect(
        new JobResources { MemoryPerNode = MemorySize.FromGibibytes(12) },
        [new JobResources { MemoryPerNode = MemorySize.FromGibibytes(8) }, new JobResources { MemoryPerNode = MemorySize.FromGibibytes(10) }],
        PackingObstacleKind.NotEnoughFreeMemory,
        "12 GiB of memory asked, no node has that much free.");

    [Test]
    public void Pack_TooLittleOfACustomResource_SaysSo() => Expect(
        new JobResources { Custom = new Dictionary<string, ResourceAmount> { ["seat"] = 1 } },
        [new JobResources { Custom = new Dictionary<string, ResourceAmount> { ["seat"] = 2 } }],
        PackingObstacleKind.NotEnoughFreeCustom,
        "1 node × 1 core, 1 seat asked, no node has that much of a custom resource free.");

    [Test]
    public void Pack_PackingCountReached_SaysSo() => Expect(
        new JobResources { PackingCount = 2 },
        [new JobResources { PackingCount = 2 }, new JobResources { PackingCount = 2 }, new JobResources { PackingCount = 2 }, new JobResources { PackingCount = 2 }],
        PackingObstacleKind.PackingCountReached,
        "At most 2 jobs like it share a node, and no node has room for one more.");

    [Test]
    public void Pack_FreeOnDifferentNodesOnly_SaysSo() => Expect(
        new JobResources { RanksPerNode = 8, MemoryPerNode = MemorySize.FromGibibytes(16) },
        [Make.Cores(8), new JobResources { MemoryPerNode = MemorySize.FromGibibytes(1) }],
        PackingObstacleKind.NotEnoughFreeCores,
        "8 cores asked, no node has more than 7 free.");

    [Test]
    public void Pack_CoresHereAndMemoryThere_SaysNotTogether() => Expect(
        new JobResources { RanksPerNode = 4, MemoryPerNode = MemorySize.FromGibibytes(12) },
        [Make.Cores(8), new JobResources { MemoryPerNode = MemorySize.FromGibibytes(8) }],
        PackingObstacleKind.NotTogetherOnOneNode,
        "1 node × 4 cores, 12 GiB asked, no single node has all of that free at once.");

    [Test]
    public void Pack_NoEmptyNode_SaysHowManyAre() => Expect(
        new JobResources { Nodes = 2, RanksPerNode = 2 },
        [Make.Cores(1)],
        PackingObstacleKind.NeedsEmptyNodes,
        "2 empty nodes of 1 node × 2 cores asked, 1 of 2 is empty.");

    [Test]
    public void Pack_TooLargeForAnyNode_SaysTheLargest() => Expect(
        new JobResources { RanksPerNode = 4, GpusPerRank = 4 }, [], PackingObstacleKind.TooLargeForAnyNode, "16 GPUs asked, the largest node has 2.");

    [Test]
    public void Pack_MoreNodesThanThereAre_SaysHowMany() => Expect(
        Make.WholeNodes(4), [], PackingObstacleKind.TooFewNodes, "4 nodes asked, there are 2.");

    [Test]
    public void Pack_NoMemoryFreeAtAll_SaysSoHoweverLittleIsAsked() => Expect(
        new JobResources { MemoryPerNode = new MemorySize(1) },
        [new JobResources { MemoryPerNode = MemorySize.FromGibibytes(16) }, new JobResources { MemoryPerNode = MemorySize.FromGibibytes(16) }],
        PackingObstacleKind.NotEnoughFreeMemory,
        $"{new MemorySize(1)} of memory asked, no node has that much free.");

    [Test]
    public void Pack_NodesTakenAlone_HaveNoFreeCores() => Expect(
        Make.Cores(4), [new JobResources { PackingCount = 1 }, new JobResources { PackingCount = 1 }], PackingObstacleKind.NotEnoughFreeCores, "4 cores asked, no node has more than 0 free.");

    [Test]
    public void Pack_SharesOfAllGpusAsked_WaitsUntilTheyAreFree() => Expect(
        new JobResources { RanksPerNode = 4, GpusPerRank = 0.5 },
        [new JobResources { GpusPerRank = 1 }, new JobResources { RanksPerNode = 2, GpusPerRank = 0.5 }, new JobResources { RanksPerNode = 2, GpusPerRank = 0.5 }],
        PackingObstacleKind.NotEnoughFreeGpus,
        "4 shares of 0.5 GPU asked, no node has that much of its GPUs free.");

    [Test]
    public void Pack_MoreSharesThanGpusHold_IsNeverPossible()
    {
        PackingObstacle obstacle = Make.Pack(new Inventory(Two), [new(1, new JobResources { RanksPerNode = 3, GpusPerRank = 0.6 })]).Waiting.Single().Obstacle;
        Assert.That(obstacle.Kind, Is.EqualTo(PackingObstacleKind.TooLargeForAnyNode));
    }

    [Test]
    public void Pack_ManyFullNodes_SaysHowManyCoresAreFree()
    {
        Inventory inventory = Make.Inventory(130, 4);
        foreach (PackingCandidate job in Make.Jobs(130, Make.Cores(3)))
        {
            Make.Place(inventory, job.Resources);
        }

        Assert.That(Make.Pack(inventory, [new(1, Make.Cores(2))]).Waiting.Single().Obstacle.Sentence, Is.EqualTo("2 cores asked, no node has more than 1 free."));
    }

    private static readonly (NodeSpec Large, NodeSpec Small, JobResources Asked)[] SlightlyTooLarge =
    [
        (new("a", 8, 0, MemorySize.FromGibibytes(16)), new("b", 8, 0, MemorySize.FromGibibytes(15.9)), new JobResources { Nodes = 2, MemoryPerNode = MemorySize.FromGibibytes(15.95) }),
        (new("a", 310), new("b", 300), new JobResources { Nodes = 2, RanksPerNode = 305 }),
    ];

    [Test]
    public void Pack_OneOfTwoNodesSlightlyTooSmall_IsNeverPossible([Range(0, 1)] int which)
    {
        (NodeSpec large, NodeSpec small, JobResources asked) = SlightlyTooLarge[which];
        Assert.That(Make.Pack(new Inventory([large, small]), [new(1, asked)]).Waiting.Single().Obstacle.Kind, Is.EqualTo(PackingObstacleKind.TooFewNodes));
    }

    [Test]
    public void Pack_NeverFitting_KeepsNothingForIt()
    {
        PackingPlan plan = Make.Pack(new Inventory(Two), [new(1, Make.WholeNodes(4)), new(2, Make.Cores(9)), new(3, Make.Cores(8)), new(4, Make.Cores(8))]);
        Assert.That(Make.Ids(plan.Placed), Is.EqualTo([3, 4]));
        Assert.That(plan.Waiting.Select(static w => w.Obstacle.IsPermanent), Is.All.True);
    }

    private static void Expect(JobResources asked, JobResources[] running, PackingObstacleKind kind, string sentence)
    {
        var inventory = new Inventory(Two);
        foreach (JobResources resources in running)
        {
            Make.Place(inventory, resources);
        }

        PackingObstacle obstacle = Make.Pack(inventory, [new(1, asked)]).Waiting.Single().Obstacle;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(obstacle.Kind, Is.EqualTo(kind));
            Assert.That(obstacle.Sentence, Is.EqualTo(sentence));
        }
    }
}
