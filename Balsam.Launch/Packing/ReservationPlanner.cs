namespace Balsam.Launch.Packing;

/// <summary>Chooses the nodes to keep for the first job that has to wait, and keeps the choice up to date.</summary>
internal sealed class ReservationPlanner(Inventory inventory)
{
    private static readonly Comparer<(long End, int Node)> LastFirst =
        Comparer<(long End, int Node)>.Create(static (left, right) => right.CompareTo(left));

    private readonly SharedNodeWeigher _weigher = new(inventory);
    private readonly Dictionary<Demand, int[]> _capable = [];
    /// <summary>A shared node is chosen among at most so many; on larger inventories those that are nearest to having the room.</summary>
    private const int MostWeighed = 32;

    /// <summary>For so many kinds of jobs the nodes that could hold them are remembered.</summary>
    private const int MostRemembered = 64;

    /// <summary>The nodes kept now; null when there are none.</summary>
    public Reservation? Current { get; private set; }

    /// <summary>Keeps nothing any more.</summary>
    public void Forget() => Current = null;

    /// <summary>The reservation for a job that could be held by the inventory but not now.</summary>
    public Reservation For(PackingCandidate holder)
    {
        Reservation? reservation = Current;
        if (reservation is null || reservation.IsBroken || !reservation.IsFor(holder) || !Refresh(reservation))
        {
            reservation = holder.Demand.IsAlone ? ChooseWholeNodes(holder) : ChooseSharedNode(holder);
            Current = reservation;
            Refresh(reservation);
        }

        return reservation;
    }

    // Whole nodes: those that are empty, then those whose last job is expected to end first; in list order where that is equal.
    private Reservation ChooseWholeNodes(PackingCandidate holder)
    {
        int wanted = holder.Demand.Nodes;
        var best = new PriorityQueue<int, (long End, int Node)>(wanted, LastFirst);
        long worst = long.MaxValue;
        foreach (int node in CapableNodes(holder.Demand))
        {
            long end = inventory.LatestEndOn(node);
            if (best.Count < wanted)
            {
                best.Enqueue(node, (end, node));
            }
            else if (end < worst)
            {
                best.DequeueEnqueue(node, (end, node));
            }
            else
            {
                continue;
            }

            worst = best.Count == wanted && best.TryPeek(out _, out (long End, int Node) last) ? last.End : long.MaxValue;
        }

        int[] nodes = [.. best.UnorderedItems.Select(static item => item.Element)];
        Array.Sort(nodes);
        return new Reservation(holder, nodes, inventory.Index.Words);
    }

    // What a node could hold when empty never changes.
    private int[] CapableNodes(Demand demand)
    {
        if (!_capable.TryGetValue(demand, out int[]? nodes))
        {
            var found = new List<int>();
            inventory.FindCapable(demand, int.MaxValue, found);
            if (_capable.Count == MostRemembered)
            {
                _capable.Clear();
            }

            _capable.Add(demand, nodes = [.. found]);
        }

        return nodes;
    }

    // A part of one node: the one that is expected to have the room first.
    private Reservation ChooseSharedNode(PackingCandidate holder)
    {
        int best = -1;
        long bestEnd = long.MaxValue;
        foreach (int node in NodesToWeigh(holder))
        {
            long end = _weigher.WhenRoom(node, holder.Demand, bestEnd);
            if (end < bestEnd)
            {
                (best, bestEnd) = (node, end);
            }
        }

        bool known = bestEnd < RunningJob.UnknownEnd;
        return new Reservation(holder, [best], inventory.Index.Words)
        {
            KnownEndsUpTo = known ? bestEnd : _weigher.LatestKnownEnd(best),
            UnknownEndsUpTo = known ? 0 : bestEnd,
            IsCertain = known,
        };
    }

    private List<int> NodesToWeigh(PackingCandidate holder)
    {
        Demand demand = holder.Demand;
        var nodes = new List<int>(MostWeighed);
        for (int eighths = 6; inventory.Nodes.Length > MostWeighed && eighths > 0; eighths -= 2)
        {
            nodes.Clear();
            inventory.FindNodes(Demand.PartOf(holder.Resources, eighths), MostWeighed, null, nodes);
            nodes.RemoveAll(node => !inventory.Ledgers[node].FitsWhenEmpty(demand));
            if (nodes.Count == MostWeighed)
            {
                return nodes;
            }
        }

        nodes.Clear();
        inventory.FindCapable(demand, MostWeighed, nodes);
        return nodes;
    }

    private bool Refresh(Reservation reservation)
    {
        if (reservation.Holder.Demand.IsAlone)
        {
            LetEmptyNodesIn(reservation);
        }

        if (!reservation.IsStale)
        {
            return true;
        }

        reservation.IsStale = false;
        if (reservation.Holder.Demand.IsAlone)
        {
            reservation.NotBefore = 0;
            reservation.IsCertain = true;
            foreach (int node in reservation.Nodes)
            {
                reservation.NotBefore = Math.Max(reservation.NotBefore, _weigher.LatestKnownEnd(node));
                reservation.IsCertain &= inventory.LatestEndOn(node) < RunningJob.UnknownEnd;
            }

            return true;
        }

        return Foresee(reservation);
    }

    // An empty node in place of the one that would be the last to be free.
    private void LetEmptyNodesIn(Reservation reservation)
    {
        int empty = -1;
        while ((empty = inventory.FindNode(reservation.Holder.Demand, empty + 1, reservation.Bitmap)) >= 0)
        {
            int worst = 0;
            for (int position = 1; position < reservation.Nodes.Length; position++)
            {
                worst = inventory.LatestEndOn(reservation.Nodes[position]) > inventory.LatestEndOn(reservation.Nodes[worst]) ? position : worst;
            }

            if (inventory.LatestEndOn(reservation.Nodes[worst]) == 0)
            {
                return;
            }

            reservation.Exchange(worst, empty);
        }
    }

    private bool Foresee(Reservation reservation)
    {
        NodeLedger node = inventory.Ledgers[reservation.Nodes[0]];
        NodeLedger future = reservation.Future ??= inventory.NewLedger(reservation.Nodes[0]);
        future.CopyFreeFrom(node);
        reservation.NotBefore = 0;
        for (int entry = node.LatestJob; entry >= 0; entry = inventory.JobAt(entry).Earlier)
        {
            ref readonly RunningJob job = ref inventory.JobAt(entry);
            if (reservation.WaitsFor(job))
            {
                future.GiveBackAny(job, inventory.GpusOf(entry));
                reservation.NotBefore = job.EndIsKnown ? Math.Max(reservation.NotBefore, job.End) : reservation.NotBefore;
            }
        }

        return future.Fits(reservation.Holder.Demand);
    }
}
