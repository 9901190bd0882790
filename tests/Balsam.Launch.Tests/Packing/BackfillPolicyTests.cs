using Balsam.Launch.Packing;

namespace Balsam.Launch.Tests.Packing;

public sealed class BackfillPolicyTests
{
    [TestCase(8, 1, 16)]
    [TestCase(4, 1, 8)]
    [TestCase(8, 8, 2)]
    public void Pack_SixteenJobsOnTwoNodesOf64CoresAnd8Gpus_PlacesAsManyAsTheOriginal(int packingCount, int gpus, int atOnce)
    {
        var resources = new JobResources { PackingCount = packingCount, GpusPerRank = gpus };
        PackingPlan plan = Make.Pack(Make.Inventory(2, 64, 8), Make.Jobs(16, resources));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(plan.Placed, Has.Count.EqualTo(atOnce));
            Assert.That(plan.Waiting, Has.Count.EqualTo(16 - atOnce));
            Assert.That(plan.Placed.Select(static p => p.Allocation.Placement.Shares[0].Node).Distinct(), Is.EqualTo(["n0", "n1"]));
        }
    }

    [Test]
    public void Pack_Priorities_HigherFirstThenInTheOrderGiven()
    {
        PackingCandidate[] candidates = [new(1, Make.Cores(1)), new(2, Make.Cores(1), 5), new(3, Make.Cores(1), -1), new(4, Make.Cores(1), 5)];
        Assert.That(Make.Ids(Make.Pack(Make.Inventory(1, 3), candidates).Placed), Is.EqualTo([2, 4, 1]));
    }

    [Test]
    public void Pack_FirstHasToWait_SmallOneThatEndsInTimeStartsAndLongerOneWaits()
    {
        Inventory inventory = Make.Inventory(2, 4);
        Make.Place(inventory, Make.Cores(4), 100, endMinute: 60);
        PackingPlan plan = Make.Pack(
            inventory, [new(1, Make.WholeNodes(2, 30)), new(2, Make.Cores(1, 61)), new(3, Make.Cores(1, 60)), new(4, Make.Cores(1))]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Make.Ids(plan.Placed), Is.EqualTo([3]));
            Assert.That(plan.Reservation!.JobId, Is.EqualTo(1));
            Assert.That(plan.Reservation.Nodes, Is.EqualTo(["n0", "n1"]));
            Assert.That(plan.Reservation.NotBefore, Is.EqualTo(Make.Noon.AddMinutes(60)));
            Assert.That(Make.Obstacle(plan, 1).Kind, Is.EqualTo(PackingObstacleKind.NeedsEmptyNodes));
            Assert.That(Make.Obstacle(plan, 2).EarlierJob, Is.EqualTo(1));
            Assert.That(Make.Obstacle(plan, 2).Kind, Is.EqualTo(PackingObstacleKind.ReservedForEarlierJob));
            Assert.That(Make.Obstacle(plan, 4).Kind, Is.EqualTo(PackingObstacleKind.ReservedForEarlierJob));
        }
    }

    [Test]
    public void Pack_FirstHasToWait_NodesThatEndFirstAreKeptAndOthersAreUsed()
    {
        Inventory inventory = Make.Inventory(3, 4);
        Make.Place(inventory, Make.Cores(3), 100, endMinute: 90);
        Make.Place(inventory, Make.Cores(3), 101, endMinute: 30);
        Make.Place(inventory, Make.Cores(3), 102, endMinute: 60);
        PackingPlan plan = Make.Pack(inventory, [new(1, Make.WholeNodes(2), 3), new(2, Make.Cores(1), 2), new(3, Make.Cores(1), 1), new(4, Make.Cores(1, 55))]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(plan.Reservation!.Nodes, Is.EqualTo(["n1", "n2"]));
            Assert.That(plan.Reservation.NotBefore, Is.EqualTo(Make.Noon.AddMinutes(60)));
            Assert.That(Make.Ids(plan.Placed), Is.EqualTo([2, 4]));
            Assert.That(plan.Placed[0].Allocation.Placement.Shares[0].Node, Is.EqualTo("n0"));
        }
    }

    [Test]
    public void Pack_LargeSingleNodeJobWaits_OthersStartOnlyBesideItOrInTime()
    {
        Inventory inventory = Make.Inventory(1, 64);
        Make.Place(inventory, Make.Cores(32), 100, endMinute: 60);
        PackingCandidate[] candidates = [new(1, Make.Cores(60), 3), new(2, Make.Cores(4), 2), new(3, Make.Cores(1), 1), new(4, Make.Cores(16, 60))];
        PackingPlan plan = Make.Pack(inventory, candidates);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Make.Ids(plan.Placed), Is.EqualTo([2, 4]), "4 cores stay free beside the 60");
            Assert.That(Make.Obstacle(plan, 1).Kind, Is.EqualTo(PackingObstacleKind.NotEnoughFreeCores));
            Assert.That(Make.Obstacle(plan, 3).EarlierJob, Is.EqualTo(1));
        }
    }

    [Test]
    public void Pack_HigherPriorityComesLater_TakesTheKeptNodes()
    {
        Inventory inventory = Make.Inventory(1, 4);
        Make.Place(inventory, Make.Cores(2), 100, endMinute: 60);
        PackingCandidate[] waiting = [new(1, Make.Cores(4)), new(2, Make.Cores(2))];
        Assert.That(Make.Pack(inventory, waiting).Placed, Is.Empty);
        Assert.That(Make.Ids(Make.Pack(inventory, [.. waiting, new(3, Make.Cores(2), 1)]).Placed), Is.EqualTo([3]));
    }

    [Test]
    public void Pack_HigherPriorityTookAKeptNode_OthersAreKeptInstead()
    {
        Inventory inventory = Make.Inventory(2, 5);
        Make.Place(inventory, Make.Cores(3), 100, endMinute: 10);
        Make.Place(inventory, Make.Cores(3), 101, endMinute: 20);
        var alone = new PackingCandidate(1, new JobResources { PackingCount = 1 }, 1);
        PackingPlan before = Make.Pack(inventory, [alone, new(2, Make.Cores(1, 90))]);
        Assert.That(before.Reservation!.Nodes, Is.EqualTo(["n0"]));
        inventory.Release(before.Placed.Single().Allocation);
        PackingPlan plan = Make.Pack(inventory, [alone, new(4, Make.Cores(1, 60), 2), new(5, Make.Cores(1, 90))], 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Make.Ids(plan.Placed), Is.EqualTo([4, 5]));
            Assert.That(plan.Reservation!.Nodes, Is.EqualTo(["n1"]), "job 4 runs on n0 for an hour");
            Assert.That(plan.Placed[1].Allocation.Placement.Shares[0].Node, Is.EqualTo("n0"));
        }
    }

    [Test]
    public void Pack_AnotherNodeBecomesEmpty_ItStepsInForTheOneThatEndsLast()
    {
        Inventory inventory = Make.Inventory(3, 2);
        Make.Place(inventory, Make.Cores(2), 100, endMinute: 10);
        Make.Place(inventory, Make.Cores(2), 101, endMinute: 20);
        Allocation early = Make.Place(inventory, Make.Cores(1), 102, endMinute: 30);
        PackingCandidate[] waiting = [new(1, Make.WholeNodes(2)), new(2, Make.Cores(2))];
        PackingPlan before = Make.Pack(inventory, [.. waiting, new(3, Make.Cores(1, 10))]);
        Assert.That(before.Reservation, Is.Not.Null);
        Assert.That(before.Reservation!.Nodes, Is.EqualTo(["n0", "n1"]));
        inventory.Release(before.Placed.Single().Allocation);
        inventory.Release(early);
        PackingPlan plan = Make.Pack(inventory, waiting, 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(plan.Reservation!.Nodes, Is.EquivalentTo(["n0", "n2"]));
            Assert.That(plan.Placed, Is.Empty);
        }
    }

    [Test]
    public void Pack_WallTimeLongerThanTheLauncherLives_IsNotStarted()
    {
        PackingPlan plan = Make.Pack(
            Make.Inventory(1, 4), [new(1, Make.Cores(1, 61)), new(2, Make.Cores(1, 60)), new(3, Make.Cores(1))], remaining: TimeSpan.FromHours(1));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Make.Ids(plan.Placed), Is.EquivalentTo([2, 3]));
            Assert.That(Make.Obstacle(plan, 1).Kind, Is.EqualTo(PackingObstacleKind.WallTimeTooLong));
            Assert.That(Make.Obstacle(plan, 1).Sentence, Is.EqualTo("It is expected to run for 1:01:00, the launcher ends in 1:00:00."));
        }
    }

    [Test]
    public void Pack_SeveralWallTimesTooLong_EachIsToldItsOwn()
    {
        PackingPlan plan = Make.Pack(
            Make.Inventory(1, 4), [new(1, Make.Cores(1, 62), 1), new(2, Make.Cores(1, 61)), new(3, Make.Cores(2, 61))], remaining: TimeSpan.FromHours(1));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Make.Obstacle(plan, 1).Sentence, Does.Contain("1:02:00"));
            Assert.That(Make.Obstacle(plan, 2).Sentence, Does.Contain("1:01:00"));
            Assert.That(Make.Obstacle(plan, 3), Is.SameAs(Make.Obstacle(plan, 2)));
        }
    }

    [Test]
    public void Pack_InterruptibleJobLongerThanTheLauncherLives_IsStarted()
    {
        PackingPlan plan = Make.Pack(
            Make.Inventory(1, 4), [new(1, Make.Cores(1, 61)), new(2, Make.Cores(1, 61) with { IsInterruptible = true })], remaining: TimeSpan.FromHours(1));
        Assert.That(Make.Ids(plan.Placed), Is.EqualTo([2]));
    }

    [Test]
    public void Pack_FirstCanBeInterrupted_NodesAreKeptThoughTheLauncherEndsBefore()
    {
        Inventory inventory = Make.Inventory(1, 4);
        Make.Place(inventory, Make.Cores(2), 100, endMinute: 40);
        PackingPlan plan = Make.Pack(
            inventory, [new(1, Make.Cores(4, 30) with { IsInterruptible = true }, 1), new(2, Make.Cores(2, 59))], remaining: TimeSpan.FromHours(1));
        Assert.That((plan.Placed, plan.Reservation?.JobId), Is.EqualTo((Array.Empty<PlacedCandidate>(), 1L)));
    }

    [Test]
    public void Pack_EqualPriority_LongestTimesNodesGoesFirst()
    {
        PackingCandidate[] candidates =
            [new(1, Make.Cores(1, 10)), new(2, Make.Cores(1, 90)), new(3, Make.Cores(1, 11)), new(4, Make.Cores(1)), new(5, Make.WholeNodes(2, 90))];
        Assert.That(Make.Ids(Make.Pack(Make.Inventory(4, 4), candidates).Placed), Is.EqualTo([5, 2, 4, 3, 1]), "4 counts as long as the longest");
    }

    [Test]
    public void Pack_NearlyAsLong_TheLargePartOfANodeGoesFirst()
    {
        PackingCandidate[] candidates = [new(1, Make.Cores(1, 12)), new(2, Make.Cores(3, 10)), new(3, Make.Cores(1, 20))];
        Assert.That(Make.Ids(Make.Pack(Make.Inventory(2, 4), candidates).Placed), Is.EqualTo([3, 2, 1]));
    }

    [Test]
    public void Pack_ShortJobThatMuchWaitsFor_GoesBeforeALongOneThatNothingWaitsFor([Values] bool estimates)
    {
        int? Minutes(int minutes) => estimates ? minutes : null;
        PackingCandidate[] candidates =
        [
            new(1, Make.Cores(1, Minutes(30))), new(2, Make.Cores(1, Minutes(5))) { PathBehind = TimeSpan.FromMinutes(26) }, new(3, Make.Cores(1, Minutes(5))) { PathBehind = TimeSpan.FromMinutes(60) },
        ];
        Assert.That(Make.Ids(Make.Pack(Make.Inventory(1, 4), candidates).Placed), Is.EqualTo([3, 2, 1]));
    }

    [Test]
    public void Pack_NoEstimatesAndNothingBehind_KeepsTheOrderOfSubmission()
    {
        PackingCandidate[] candidates = [new(1, Make.Cores(1)), new(2, Make.Cores(3)), new(3, Make.Cores(2))];
        Assert.That(Make.Ids(Make.Pack(Make.Inventory(2, 4), candidates).Placed), Is.EqualTo([1, 2, 3]));
    }

    [Test]
    public void Pack_JobWithoutEstimate_CountsAsLongAsTheLongestOfEachCall()
    {
        PackingCandidate unknown = new(1, Make.Cores(1));
        Inventory inventory = Make.Inventory(1, 1);
        Allocation running = Make.Place(inventory, Make.Cores(1), 100);
        Assert.That(Make.Pack(inventory, [new(2, Make.Cores(1, 5)), unknown]).Placed, Is.Empty);
        inventory.Release(running);
        Assert.That(Make.Ids(Make.Pack(inventory, [new(3, Make.Cores(1, 30)), unknown, new(4, Make.Cores(1, 90))]).Placed), Is.EqualTo([1]));
    }

    [Test]
    public void Pack_ManyOfferedAfterAShortJob_ItGoesFirst()
    {
        Inventory inventory = Make.Inventory(1, 1);
        PackingCandidate[] many = [.. Enumerable.Range(2, 4200).Select(static id => new PackingCandidate(id, Make.Cores(1, id)))];
        PackingPlan plan = Make.Pack(inventory, [new(1, Make.Cores(1, 1)), .. many]);
        Assert.That(Make.Ids(plan.Placed), Is.EqualTo([1]));
        inventory.Release(plan.Placed[0].Allocation);
        Assert.That(Make.Ids(Make.Pack(inventory, many[^2..]).Placed), Is.EqualTo([4201]), "of those that came late the longest goes first");
    }

    [Test]
    public void Pack_FirstWaitsForUnknownEnds_EqualsPassItUntilManyHaveBeenOffered()
    {
        Inventory inventory = Make.Inventory(1, 4);
        Make.Place(inventory, Make.Cores(2), 100);
        PackingCandidate first = new(1, Make.Cores(4));
        PackingPlan early = Make.Pack(inventory, [first, new(2, Make.Cores(1))]);
        Assert.That(Make.Ids(early.Placed), Is.EqualTo([2]));
        inventory.Release(early.Placed[0].Allocation);
        PackingPlan late = Make.Pack(inventory, [first, .. Enumerable.Range(3, 4100).Select(static id => new PackingCandidate(id, Make.Cores(1)))]);
        Assert.That((late.Placed.Count, late.Reservation?.JobId), Is.EqualTo((0, 1L)));
    }

    [Test]
    public void Pack_FirstCouldNotEndBeforeTheLauncher_NothingIsKeptForIt()
    {
        Inventory inventory = Make.Inventory(1, 4);
        Make.Place(inventory, Make.Cores(2), 100, endMinute: 40);
        PackingPlan plan = Make.Pack(
            inventory, [new(1, Make.Cores(4, 30), 2), new(2, Make.Cores(3, 10), 1), new(3, Make.Cores(2, 59))], remaining: TimeSpan.FromHours(1));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Make.Obstacle(plan, 1).Kind, Is.EqualTo(PackingObstacleKind.WallTimeTooLong));
            Assert.That(plan.Reservation!.JobId, Is.EqualTo(2), "the next that has to wait comes first");
            Assert.That(plan.Placed, Is.Empty);
            Assert.That(Make.Ids(Make.Pack(inventory, [new(1, Make.Cores(4, 30), 1), new(3, Make.Cores(2, 59))], 0, TimeSpan.FromHours(1)).Placed), Is.EqualTo([3]));
        }
    }

    [Test]
    public void Pack_FirstCouldNotEndBeforeTheLauncher_NodesAreKeptForTheNextThatLacksOnlyRoom()
    {
        Inventory inventory = Make.Inventory(1, 4);
        Make.Place(inventory, Make.Cores(2), 100, endMinute: 40);
        PackingCandidate[] candidates = [new(1, Make.Cores(4, 30), 5), new(2, Make.Cores(5), 4), new(3, Make.Cores(3, 61), 3), new(4, Make.Cores(3, 10), 2), new(5, Make.Cores(2, 59), 1)];
        PackingPlan plan = Make.Pack(inventory, candidates, remaining: TimeSpan.FromHours(1));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(plan.Placed, Is.Empty);
            Assert.That(plan.Reservation!.JobId, Is.EqualTo(4), "2 is too large for any node, 3 would run for too long");
        }
    }

    [Test]
    public void Pack_LongBacklogOfAFewShapes_SharesOneObstacleForEach()
    {
        Inventory inventory = Make.Inventory(2, 8);
        Make.Place(inventory, Make.Cores(6), 100, endMinute: 60);
        Make.Place(inventory, Make.Cores(6), 101, endMinute: 60);
        PackingCandidate first = new(1, Make.WholeNodes(2), 1);
        PackingPlan plan = Make.Pack(inventory, [first, .. Enumerable.Range(2, 10_000).Select(static id => new PackingCandidate(id, Make.Cores(1 + (id % 4))))]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(plan.Placed, Is.Empty);
            Assert.That(plan.Waiting.Select(static w => w.Obstacle).Distinct().Count(), Is.EqualTo(5), "two shapes have no room, room for two is kept for the first");
        }
    }

    [Test]
    public void Pack_LongBacklogOfEqualJobs_SharesOneObstacle()
    {
        PackingPlan plan = Make.Pack(Make.Inventory(2, 8), Make.Jobs(10_000, Make.Cores(1)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(plan.Placed, Has.Count.EqualTo(16));
            Assert.That(plan.Waiting.Select(static w => w.Obstacle).Distinct().Count(), Is.EqualTo(1));
            Assert.That(plan.Reservation, Is.Null);
        }
    }
}
