namespace Balsam.Launch.Packing;

/// <summary>Chooses a style: plays what runs and what waits to its end, as far as that is estimated, in each of them, and takes the one that ends first.</summary>
/// <remarks>
/// It is played again when an eighth of the jobs that waited has started or as many have come. The usual style is taken when the end of a job is not estimated, when there are more jobs or nodes than can be played in
/// little time, and when jobs are so short that a better order is not worth that time.
/// </remarks>
internal sealed class Rehearsal(Inventory inventory)
{
    /// <summary>No more waiting jobs, running jobs and nodes than these are played; a launcher holds a few more waiting jobs, so that less of them means that all are in sight.</summary>
    private const int Most = 1000;

    private const int RehearsalsPerGeneration = 8;

    private static readonly TimeSpan LeastMean = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    private readonly PriorityQueue<Allocation, long> _ends = new();
    private Inventory? _stage;
    private PackingStyle _style = PackingStyle.Usual;
    private long _waitedAtLast;
    private long _startedAtLast;

    /// <summary>Whether enough has changed since the last time.</summary>
    /// <param name="waiting">How many jobs wait.</param>
    public bool IsDue(int waiting)
    {
        long started = inventory.Starts - _startedAtLast;
        long came = waiting - _waitedAtLast + started;
        return started + came > _waitedAtLast / RehearsalsPerGeneration;
    }

    /// <summary>The style for a call of the packer.</summary>
    public PackingStyle StyleFor(PackingOrder order, long now, TimeSpan? remaining)
    {
        int waiting = order.Candidates.Count;
        if (IsDue(waiting))
        {
            (_waitedAtLast, _startedAtLast) = (waiting, inventory.Starts);
            _style = CanBePlayed(order.Candidates) ? Best(order, now, remaining) : PackingStyle.Usual;
        }

        return _style;
    }

    private bool CanBePlayed(IReadOnlyList<PackingCandidate> waiting)
    {
        if (waiting.Count is < 2 or > Most || inventory.RunningJobs > Most || inventory.Nodes.Length > Most)
        {
            return false;
        }

        TimeSpan sum = TimeSpan.Zero;
        foreach (PackingCandidate candidate in waiting)
        {
            if (candidate.Resources.WallTime is not { } length || length > Longest || candidate.PathBehind > Longest)
            {
                return false;
            }

            sum += length;
        }

        return sum >= LeastMean * waiting.Count && inventory.KnowsAllEnds();
    }

    private PackingStyle Best(PackingOrder order, long now, TimeSpan? remaining)
    {
        PackingStyle best = PackingStyle.Usual;
        long earliest = long.MaxValue;
        foreach (PackingStyle style in PackingStyle.All)
        {
            long end = Play(style, order, now, remaining, earliest);
            if (end < earliest)
            {
                (best, earliest) = (style, end);
            }
        }

        return best;
    }

    // The end of the last job and of what waits for it; or any time that is not before the limit.
    private long Play(PackingStyle style, PackingOrder order, long now, TimeSpan? remaining, long limit)
    {
        Inventory stage = _stage ??= new Inventory(inventory.Nodes);
        inventory.ReplayOn(stage, _ends, now);
        List<PackingCandidate> waiting = [.. order.InOrder(style)];
        long last = now;
        do
        {
            Release(stage, until: now);
            var round = new PackingRound(stage, order, style, now, remaining);
            waiting.RemoveAll(candidate => stage.FreeCores > 0 && round.Consider(candidate));
            foreach ((PackingCandidate candidate, Allocation allocation) in round.ToPlan().Placed)
            {
                long end = now + candidate.Resources.WallTime.GetValueOrDefault().Ticks;
                last = Math.Max(last, end + candidate.PathBehind.Ticks);
                _ends.Enqueue(allocation, end);
            }
        }
        while (waiting.Count > 0 && last < limit && _ends.TryPeek(out _, out now));

        Release(stage, until: long.MaxValue);
        return last;
    }

    private void Release(Inventory stage, long until)
    {
        while (_ends.TryPeek(out Allocation allocation, out long end) && end <= until)
        {
            _ends.Dequeue();
            stage.Release(allocation);
        }
    }
}
