namespace Balsam.Launch.Packing;

/// <summary>The order in which one call of the packer looks at jobs.</summary>
/// <remarks>
/// Higher priority first. Of equal priority, those after which too many others have been offered, in the order of their submission. Then the longest first: the estimate times the nodes, compared in thirds
/// of an octave; without an estimate a job counts as long as the mean of those that have one. Then, with an estimate, the one that takes the largest part of a node. Among equals the order of submission stays.
/// </remarks>
internal sealed class PackingOrder
{
    /// <summary>A job goes first when so many times as many have been offered after it as run now,</summary>
    private const int Generations = 16;

    /// <summary>and at least so many.</summary>
    private const int LeastPatience = 4096;

    /// <summary>So many candidates are sorted; those behind them stay in the order given.</summary>
    private const int MostSorted = 1 << IndexBits;

    private const int IndexBits = 19;
    private const int LengthBits = 7;
    private const int MostLength = (1 << LengthBits) - 1;
    private const int ShareBits = 5;
    private const int MostShare = (1 << ShareBits) - 1;

    private readonly IReadOnlyList<PackingCandidate> _candidates;
    private readonly Inventory _inventory;
    private readonly long _patience;
    private readonly int _typical;

    public PackingOrder(Inventory inventory, IReadOnlyList<PackingCandidate> candidates)
    {
        _inventory = inventory;
        _candidates = candidates;
        _patience = Math.Max(LeastPatience, (long)Generations * inventory.RunningJobs);
        (long sum, long known) = (0, 0);
        for (int i = 0; i < candidates.Count; i++)
        {
            candidates[i].NumberIn(inventory);
            if (candidates[i].Length is { } length)
            {
                sum += length;
                known++;
            }
        }

        _typical = known == 0 ? 0 : (int)(sum / known);
    }

    /// <summary>Whether a job has been overtaken so often that it goes first and nodes are kept for it in any case.</summary>
    public bool IsOverdue(PackingCandidate candidate) => _inventory.Offered - candidate.NumberIn(_inventory) > _patience;

    /// <summary>Gives the jobs in order.</summary>
    public IReadOnlyList<PackingCandidate> InOrder()
    {
        int count = Math.Min(_candidates.Count, MostSorted);
        var keys = new ulong[count];
        bool sorted = true;
        for (int i = 0; i < count; i++)
        {
            keys[i] = (KeyOf(_candidates[i]) << IndexBits) | (uint)i;
            sorted &= i == 0 || keys[i] > keys[i - 1];
        }

        if (sorted)
        {
            return _candidates;
        }

        Array.Sort(keys);
        var ordered = new PackingCandidate[_candidates.Count];
        for (int i = 0; i < ordered.Length; i++)
        {
            ordered[i] = _candidates[i < count ? (int)(keys[i] & (MostSorted - 1)) : i];
        }

        return ordered;
    }

    private ulong KeyOf(PackingCandidate candidate)
    {
        ulong key = (ulong)((long)int.MaxValue - candidate.Priority) << (1 + LengthBits + ShareBits);
        if (IsOverdue(candidate))
        {
            return key;
        }

        int length = Math.Min(MostLength, (candidate.Length ?? _typical) + candidate.Breadth);
        int share = candidate.Length is null ? 0 : (int)(_inventory.ShareOfLargest(candidate.Demand) * MostShare);
        return key | (1UL << (LengthBits + ShareBits)) | ((ulong)(MostLength - length) << ShareBits) | (uint)(MostShare - share);
    }
}
