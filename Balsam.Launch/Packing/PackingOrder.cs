namespace Balsam.Launch.Packing;

/// <summary>The order in which one call of the packer looks at jobs.</summary>
/// <remarks>
/// Higher priority first. Of equal priority, the one that nodes are kept for and those after which too many others have been offered, in the order of their submission. Then those with the most to come: the time to the end of the longest
/// path that begins with the job (its estimate and <see cref="PackingCandidate.PathBehind"/>), times its nodes, times the fourth root of the part of a node that it takes (in the usual <see cref="PackingStyle"/>). So large ones go before small ones of
/// nearly the same length. A job without an estimate counts as long as the longest that has one; where none has, only what is behind the jobs and their nodes count. Among equals the order of submission stays.
/// </remarks>
internal sealed class PackingOrder
{
    /// <summary>A job goes first when so many times as many have been offered after it as run now,</summary>
    private const int Generations = 16;

    /// <summary>and at least so many.</summary>
    private const int LeastPatience = 4096;

    /// <summary>How finely what is to come is compared: so many steps to a doubling.</summary>
    private const double StepsPerOctave = 1 << 20;

    /// <summary>So many octaves below a second are told apart.</summary>
    private const double LeastShown = 32;

    private const int UrgencyBits = 31;

    private readonly IReadOnlyList<PackingCandidate> _candidates;
    private readonly Inventory _inventory;
    private readonly long _patience;
    private readonly double? _longest;

    public PackingOrder(Inventory inventory, IReadOnlyList<PackingCandidate> candidates)
    {
        _inventory = inventory;
        _candidates = candidates;
        _patience = Math.Max(LeastPatience, (long)Generations * inventory.RunningJobs);
        for (int i = 0; i < candidates.Count; i++)
        {
            candidates[i].NumberIn(inventory);
            if (candidates[i].Length is { } length && !(length <= _longest))
            {
                _longest = length;
            }
        }
    }

    /// <summary>The jobs in the order of submission.</summary>
    public IReadOnlyList<PackingCandidate> Candidates => _candidates;

    /// <summary>Whether a job has been overtaken so often that it goes first and nodes are kept for it in any case.</summary>
    public bool IsOverdue(PackingCandidate candidate) => _inventory.Offered - candidate.NumberIn(_inventory) > _patience;

    /// <summary>Gives the jobs in the order of a style.</summary>
    public IReadOnlyList<PackingCandidate> InOrder(PackingStyle style)
    {
        var keys = new ulong[_candidates.Count];
        bool sorted = true;
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = KeyOf(_candidates[i], style);
            sorted &= i == 0 || keys[i] >= keys[i - 1];
        }

        if (sorted)
        {
            return _candidates;
        }

        var places = new int[keys.Length];
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = i;
        }

        Array.Sort(keys, places);
        var ordered = new PackingCandidate[keys.Length];
        for (int from = 0, to = 0; from < keys.Length; from = to)
        {
            for (; to < keys.Length && keys[to] == keys[from]; to++)
            {
            }

            Array.Sort(places, from, to - from);
            for (int i = from; i < to; i++)
            {
                ordered[i] = _candidates[places[i]];
            }
        }

        return ordered;
    }

    private bool IsPromised(PackingCandidate candidate) => _inventory.Planner.Current is { IsPromised: true } kept && kept.IsFor(candidate);

    // Smaller goes first: 32 bits for the priority, one for those that are not overdue, the rest for what is to come.
    private ulong KeyOf(PackingCandidate candidate, PackingStyle style)
    {
        ulong key = (ulong)((long)int.MaxValue - candidate.Priority) << (1 + UrgencyBits);
        return IsOverdue(candidate) || IsPromised(candidate) ? key : key | (1UL << UrgencyBits) | (uint)(int.MaxValue - Urgency(candidate, style));
    }

    private int Urgency(PackingCandidate candidate, PackingStyle style) =>
        (int)Math.Clamp((candidate.Urgency(_inventory, _longest, style) + LeastShown) * StepsPerOctave, 0, int.MaxValue);
}
