namespace Balsam.Launch.Packing;

/// <summary>One call of the packer: what it has placed, what waits, and which shapes of jobs have failed already.</summary>
/// <remarks>Within a round room only shrinks, so a shape that has failed once fails again.</remarks>
internal sealed class PackingRound(Inventory inventory, PackingOrder order, PackingStyle style, long now, TimeSpan? remaining)
{
    private readonly List<PlacedCandidate> _placed = [];
    private readonly List<WaitingCandidate> _waiting = [];
    private readonly List<int> _found = [];
    private Dictionary<Demand, PackingObstacle>? _failed;
    private PackingObstacle? _tooLong;
    private TimeSpan _tooLongTime;
    private int _first = -1;
    private Reservation? _reservation;
    private PackingReservation? _publicReservation;

    /// <summary>Places the next job in order, or notes why it has to wait.</summary>
    public bool Consider(PackingCandidate candidate)
    {
        int placed = _placed.Count;
        if (remaining is { } left && candidate.Resources is { IsInterruptible: false, WallTime: { } wallTime } && wallTime > left)
        {
            NoteTooLong(candidate, wallTime, left);
        }
        else if (!IsKnownToFail(candidate) && !(candidate.Demand.Nodes == 1 ? TryOneNode(candidate) : TrySeveralNodes(candidate)))
        {
            NoteNoRoom(candidate);
        }

        return _placed.Count > placed;
    }

    public PackingPlan ToPlan() => new(_placed, _waiting, _publicReservation);

    // False when there is no room at all; a job that is held back although there is room counts as dealt with.
    private bool TryOneNode(PackingCandidate candidate)
    {
        Demand demand = candidate.Demand;
        int node = inventory.FindNode(demand, 0, null);
        if (node < 0)
        {
            return false;
        }

        if (FirstToWait(candidate) is not { } reservation || !reservation.Keeps(node))
        {
            Place(candidate, node, keepsReservation: false);
            return true;
        }

        int other = inventory.FindNode(demand, node + 1, reservation.Bitmap);
        if (other >= 0 || EndsInTime(candidate, reservation))
        {
            Place(candidate, other >= 0 ? other : node, keepsReservation: true);
        }
        else if (!TryBeside(candidate, node, reservation))
        {
            HoldBack(candidate, reservation);
        }

        return true;
    }

    private bool TrySeveralNodes(PackingCandidate candidate)
    {
        Demand demand = candidate.Demand;
        _found.Clear();
        inventory.FindNodes(demand, demand.Nodes, null, _found);
        if (_found.Count < demand.Nodes)
        {
            return false;
        }

        if (FirstToWait(candidate) is { } reservation && _found.Exists(reservation.Keeps))
        {
            int[] anywhere = [.. _found];
            _found.Clear();
            inventory.FindNodes(demand, demand.Nodes, reservation.Bitmap, _found);
            if (_found.Count < demand.Nodes)
            {
                if (!EndsInTime(candidate, reservation))
                {
                    HoldBack(candidate, reservation);
                    return true;
                }

                _found.Clear();
                _found.AddRange(anywhere);
            }
        }

        _placed.Add(new PlacedCandidate(candidate, inventory.PlaceOn([.. _found], candidate, EndOf(candidate), keepsReservation: _first >= 0)));
        return true;
    }

    // The first to wait must still find its room beside the job and those that go on when the others have ended.
    private bool TryBeside(PackingCandidate candidate, int node, Reservation reservation)
    {
        if (reservation.Future is not { } future)
        {
            return false;
        }

        Allocation allocation = inventory.PlaceOn(node, candidate, EndOf(candidate), keepsReservation: true);
        ref readonly RunningJob job = ref inventory.JobAt(allocation.Entry);
        ReadOnlySpan<ushort> gpus = inventory.GpusOf(allocation.Entry);
        future.TakeSame(job, gpus);
        if (future.Fits(reservation.Holder.Demand))
        {
            _placed.Add(new PlacedCandidate(candidate, allocation));
            return true;
        }

        future.GiveBack(job, gpus);
        inventory.Release(allocation);
        return false;
    }

    // What is kept from a later job; null when it may pass. The reservation is looked up only when a later job could take the room.
    private Reservation? FirstToWait(PackingCandidate later)
    {
        if (FirstToWait() is not { } reservation
            || !(reservation.IsPromised || (reservation.IsCertain && style.KeepsFor(reservation.Holder)) || reservation.Holder.Priority > later.Priority || order.IsOverdue(reservation.Holder)))
        {
            return null;
        }

        reservation.IsPromised |= reservation.IsCertain;
        _publicReservation ??= new PackingReservation(inventory.Nodes, reservation);
        return reservation;
    }

    private Reservation? FirstToWait()
    {
        while (_reservation is null && _first >= 0)
        {
            PackingCandidate first = _waiting[_first].Candidate;
            Reservation reservation = inventory.Planner.For(first);
            if (remaining is { } left && first.Resources is { IsInterruptible: false, WallTime: { } wallTime } && reservation.NotBefore + wallTime.Ticks > now + left.Ticks)
            {
                // It cannot end within this launcher, so nothing is kept for it; the next that has to wait comes first.
                _waiting[_first] = new WaitingCandidate(first, Obstacles.TooLate(wallTime, new DateTimeOffset(reservation.NotBefore, TimeSpan.Zero)));
                _first = NextWithoutRoom(_first + 1);
                continue;
            }

            _reservation = reservation;
        }

        return _reservation;
    }

    private int NextWithoutRoom(int from) =>
        _waiting.FindIndex(from, static waiting => !waiting.Obstacle.IsPermanent && waiting.Obstacle.Kind != PackingObstacleKind.WallTimeTooLong);

    private void NoteNoRoom(PackingCandidate candidate)
    {
        PackingObstacle obstacle = Obstacles.NoRoom(inventory, candidate);
        (_failed ??= [])[candidate.Demand] = obstacle;
        if (_first < 0 && !obstacle.IsPermanent)
        {
            _first = _waiting.Count;
        }

        _waiting.Add(new WaitingCandidate(candidate, obstacle));
    }

    // Notes the obstacle of an equal job before this one.
    private bool IsKnownToFail(PackingCandidate candidate)
    {
        if (_failed is not null && _failed.TryGetValue(candidate.Demand, out PackingObstacle? obstacle)
            && !(obstacle.Kind == PackingObstacleKind.ReservedForEarlierJob && EndsInTime(candidate, _reservation!)))
        {
            _waiting.Add(new WaitingCandidate(candidate, obstacle));
            return true;
        }

        return false;
    }

    private void NoteTooLong(PackingCandidate candidate, TimeSpan wallTime, TimeSpan left)
    {
        if (_tooLong is null || wallTime != _tooLongTime)
        {
            (_tooLong, _tooLongTime) = (Obstacles.TooLong(wallTime, left), wallTime);
        }

        _waiting.Add(new WaitingCandidate(candidate, _tooLong));
    }

    private void HoldBack(PackingCandidate candidate, Reservation reservation)
    {
        PackingObstacle obstacle = Obstacles.Reserved(reservation.Holder.Id);
        (_failed ??= [])[candidate.Demand] = obstacle;
        _waiting.Add(new WaitingCandidate(candidate, obstacle));
    }

    private void Place(PackingCandidate candidate, int node, bool keepsReservation) =>
        _placed.Add(new PlacedCandidate(candidate, inventory.PlaceOn(node, candidate, EndOf(candidate), keepsReservation)));

    private long? EndOf(PackingCandidate candidate) =>
        candidate.Resources.WallTime is { } wallTime ? Math.Min(now + Math.Min(wallTime.Ticks, DateTimeOffset.MaxValue.Ticks), DateTimeOffset.MaxValue.Ticks) : null;

    private bool EndsInTime(PackingCandidate candidate, Reservation reservation) => EndOf(candidate) <= reservation.NotBefore;
}
