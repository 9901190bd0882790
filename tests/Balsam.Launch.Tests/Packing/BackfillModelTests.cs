using Balsam.Launch.Packing;
using CsCheck;

namespace Balsam.Launch.Tests.Packing;

/// <summary>One call of the packer on nodes where jobs run, against the rules as they are written down: order, what must be placed, what must wait, and that nobody is put in the way of the first to wait.</summary>
public sealed class BackfillModelTests
{
    // So many nodes at most are weighed one by one for a job that shares one: the choice is then the best there is.
    private const int MostNodes = 12;

    private static readonly Gen<NodeSpec[]> Nodes = PackingGen.Nodes.Select(static nodes => nodes.Take(MostNodes).ToArray());

    private static readonly Gen<JobResources> Request = Gen.Frequency(
        (3, PackingGen.Request),
        (1, Gen.Select(Gen.Int[1, 12], Gen.Int[1, 4], static (ranks, threads) => new JobResources { RanksPerNode = ranks, ThreadsPerRank = threads })),
        (1, Gen.Int[1, 5].Select(static nodes => new JobResources { Nodes = nodes })));

    private static readonly Gen<(JobResources Request, int? Minutes)> Running = Gen.Select(Request, Gen.Int[-30, 90], static (request, minutes) => (request, minutes < 1 ? null : (int?)minutes));

    private static readonly Gen<(JobResources Request, int? Minutes, int Priority, int Behind)> Waiting = Gen.Select(
        Running, Gen.Frequency((4, Gen.Const(0)), (1, Gen.Int[-1, 1])), Gen.Frequency((2, Gen.Const(0)), (1, Gen.Int[1, 90])), static (job, priority, behind) => (job.Request, job.Minutes, priority, behind));

    [Test]
    public void Pack_BesideRunningJobs_KeepsTheRules() => Gen.Select(Nodes, Running.Array[0, 40], Waiting.Array[1, 30]).Sample(
        static (nodes, running, waiting) =>
        {
            var inventory = new Inventory(nodes);
            var naive = new NaiveInventory(nodes);
            List<Ending> before = [];
            foreach ((JobResources request, int? minutes) in running)
            {
                if (inventory.TryPlace(new PackingCandidate(1000 + before.Count, request), minutes is { } known ? Make.Noon.AddMinutes(known) : null, out _))
                {
                    before.Add(new Ending(naive.TryPlace(request)!, minutes));
                }
            }

            PackingCandidate[] candidates =
                [.. waiting.Select(static (job, i) => new PackingCandidate(i + 1, job.Request with { WallTime = job.Minutes is { } minutes ? TimeSpan.FromMinutes(minutes) : null }, job.Priority) { PathBehind = TimeSpan.FromMinutes(job.Behind) })];
            PackingStyle style = inventory.Rehearsal.StyleFor(new PackingOrder(inventory, candidates), Make.Noon.UtcTicks, null);
            new Round(nodes, naive, before, style, Make.Pack(inventory, candidates)).Check(InOrder(nodes, candidates, style));
        },
        iter: PropertyRuns.Of(1500));

    // Priority, what is to come in the style that was rehearsed, submission: the order as it is written down.
    private static PackingCandidate[] InOrder(NodeSpec[] nodes, PackingCandidate[] candidates, PackingStyle style)
    {
        double[] known = [.. candidates.Select(static candidate => candidate.Resources.WallTime).OfType<TimeSpan>().Select(static wallTime => wallTime.TotalSeconds)];
        double longest = known.DefaultIfEmpty().Max();
        return
        [
            .. candidates.OrderByDescending(static candidate => candidate.Priority)
                .ThenByDescending(candidate => Coarse(ToCome(candidate)))
                .ThenBy(static candidate => candidate.Id),
        ];

        double ToCome(PackingCandidate candidate) =>
            Math.Max(1, (candidate.Resources.WallTime?.TotalSeconds ?? longest) + candidate.PathBehind.TotalSeconds)
            * Math.Pow(candidate.Resources.Nodes, style.Breadth) * (known.Length == 0 ? 1 : Math.Pow(Share(nodes, candidate.Resources), style.Share));
    }

    // A millionth of a doubling is no difference.
    private static long Coarse(double toCome) => (long)Math.Floor((32 + Math.Log2(toCome)) * (1 << 20));

    private static double Share(NodeSpec[] nodes, JobResources resources) => resources.Nodes > 1 || resources.PackingCount == 1 ? 1 : Math.Min(1, new[]
    {
        resources.CoresPerNode / (double)nodes.Max(static node => node.CoreIds.Length),
        resources.MemoryPerNode.Bytes / (double)nodes.Max(static node => node.Memory.Bytes == 0 ? long.MaxValue : node.Memory.Bytes),
        resources.GpusPerNode.Parts / (double)Math.Max(1, nodes.Max(static node => node.GpuIds.Length) * ResourceAmount.PartsPerUnit),
    }.Max());

    private sealed record Ending(NaiveInventory.Held Held, int? Minute);

    private sealed class Round(NodeSpec[] nodes, NaiveInventory naive, List<Ending> before, PackingStyle style, PackingPlan plan)
    {
        private readonly Dictionary<long, Placement> _placed = plan.Placed.ToDictionary(static placed => placed.Candidate.Id, static placed => placed.Allocation.Placement);
        private readonly Dictionary<long, PackingObstacle> _waiting = plan.Waiting.ToDictionary(static waiting => waiting.Candidate.Id, static waiting => waiting.Obstacle);
        private readonly List<Ending> _later = [];
        private PackingCandidate? _first;
        private bool _isCertain;
        private bool _wasPassed;

        public void Check(PackingCandidate[] inOrder)
        {
            Assert.That(_placed.Keys.Concat(_waiting.Keys).Order(), Is.EqualTo(inOrder.Select(static candidate => candidate.Id).Order()), "each candidate is placed or waits");
            foreach (PackingCandidate candidate in inOrder)
            {
                if (_first is null)
                {
                    CheckInOrder(candidate);
                }
                else
                {
                    CheckBehindTheFirst(candidate, _first);
                }
            }

            if (_first is not null && plan.Reservation is not null && !_wasPassed)
            {
                CheckNotDelayed(_first, plan.Reservation);
            }

            Assert.That(plan.Reservation is not null || _wasPassed || _later.Count == 0, "nothing passes the first to wait unseen");
        }

        // As long as nobody has to wait, whatever has a place gets the first there is.
        private void CheckInOrder(PackingCandidate candidate)
        {
            NaiveInventory.Held? held = naive.TryPlace(candidate.Resources);
            Assert.That(_placed.ContainsKey(candidate.Id), Is.EqualTo(held is not null), $"job {candidate.Id} is placed if there is room");
            if (held is not null)
            {
                Assert.That(NaiveInventory.Text(_placed[candidate.Id]), Is.EqualTo(held.ToString()));
                before.Add(new Ending(held, Minutes(candidate)));
                return;
            }

            bool never = NodeRequests.WhyNever(nodes, candidate.Resources) is not null;
            Assert.That(_waiting[candidate.Id].IsPermanent, Is.EqualTo(never), $"whether job {candidate.Id} can ever start");
            if (!never)
            {
                _first = candidate;
                Ending[] gone = EarliestRoomFor(candidate);
                _isCertain = gone.All(static ending => ending.Minute is not null);
                Array.ForEach(gone, static ending => NaiveInventory.Restore(ending.Held));
            }
        }

        private void CheckBehindTheFirst(PackingCandidate candidate, PackingCandidate first)
        {
            string[] holding = naive.Holding(candidate.Resources);
            if (_placed.TryGetValue(candidate.Id, out Placement? placement))
            {
                NaiveInventory.Held? held = naive.TryPlaceOn(placement.Shares.Select(static share => share.Node), candidate.Resources);
                Assert.That(NaiveInventory.Text(placement), Is.EqualTo(held?.ToString()), $"job {candidate.Id} has a place where there is room");
                _later.Add(new Ending(held!, Minutes(candidate)));
                _wasPassed |= MayPass(candidate, first);
            }
            else if (holding.Length >= candidate.Resources.Nodes && MayPass(candidate, first))
            {
                Assert.Fail($"job {candidate.Id} has room, and nothing is kept from it while nobody knows when job {first.Id} can start");
            }
            else if (holding.Length >= candidate.Resources.Nodes)
            {
                Assert.That((_waiting[candidate.Id].Kind, _waiting[candidate.Id].EarlierJob), Is.EqualTo((PackingObstacleKind.ReservedForEarlierJob, (long?)first.Id)));
                Assert.That(holding.Except(plan.Reservation!.Nodes).Count(), Is.LessThan(candidate.Resources.Nodes), $"job {candidate.Id} has no room on other nodes");
                Assert.That(Minutes(candidate) is { } minutes && Make.Noon.AddMinutes(minutes) <= plan.Reservation.NotBefore, Is.False, $"job {candidate.Id} does not end in time");
            }
        }

        private bool MayPass(PackingCandidate candidate, PackingCandidate first) => !(_isCertain && style.KeepsFor(first)) && candidate.Priority == first.Priority;

        // When those are gone that the first to wait has to wait for in any case, and those that came later and end in time, it has its room.
        private void CheckNotDelayed(PackingCandidate first, PackingReservation reservation)
        {
            _later.ForEach(static ending => NaiveInventory.Release(ending.Held));
            Ending[] gone = EarliestRoomFor(first);
            DateTimeOffset? last = gone[^1].Minute is { } minute ? Make.Noon.AddMinutes(minute) : null;
            Assert.That(reservation.JobId, Is.EqualTo(first.Id));
            Assert.That(reservation.Nodes, Has.Count.EqualTo(first.Resources.Nodes));
            Assert.That(last is not null && !(reservation.NotBefore <= last), Is.False, $"job {first.Id} has room at {last:T}; its nodes are used until {reservation.NotBefore:T}");
            foreach (Ending ending in _later.Where(ending => ending.Minute is not { } end || !(Make.Noon.AddMinutes(end) <= reservation.NotBefore)))
            {
                NaiveInventory.Restore(ending.Held);
            }

            Assert.That(naive.TryPlace(first.Resources), Is.Not.Null, $"job {first.Id} ({first.Resources}) has room once {gone.Length} jobs that were before it have ended (the last at {last:T}), whoever was placed since; kept for it: {string.Join(", ", reservation.Nodes)} until {reservation.NotBefore:T}");
        }

        // Ends jobs in the order expected, those of unknown end last and oldest first, until there is room. Those that end in the same minute end together: any of them may be the one waited for.
        private Ending[] EarliestRoomFor(PackingCandidate first)
        {
            List<Ending> gone = [];
            foreach (Ending[] endings in before.Select(static (ending, i) => (ending, i)).GroupBy(static each => each.ending.Minute ?? int.MaxValue - 1000 + each.i).OrderBy(static group => group.Key).Select(static group => group.Select(static each => each.ending).ToArray()))
            {
                Array.ForEach(endings, static ending => NaiveInventory.Release(ending.Held));
                gone.AddRange(endings);
                if (naive.TryPlace(first.Resources) is { } probe)
                {
                    NaiveInventory.Release(probe);
                    break;
                }
            }

            return [.. gone];
        }

        private static int? Minutes(PackingCandidate candidate) => (int?)candidate.Resources.WallTime?.TotalMinutes;
    }
}
