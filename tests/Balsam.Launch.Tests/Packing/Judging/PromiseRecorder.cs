using Balsam.Launch.Packing;

namespace Balsam.Launch.Tests.Packing.Judging;

/// <summary>A packer, with a note of the time by which each job was to start when nodes were first kept for it.</summary>
internal sealed class PromiseRecorder(IPackingPolicy policy) : IPackingPolicy
{
    private readonly Dictionary<long, double> _promises = [];
    private DateTimeOffset? _begin;

    /// <summary>Seconds from the begin of the campaign, by the ids of jobs.</summary>
    public IReadOnlyDictionary<long, double> Promises => _promises;

    public PackingPlan Pack(Inventory inventory, IReadOnlyList<PackingCandidate> candidates, DateTimeOffset now, TimeSpan? remainingWallTime)
    {
        _begin ??= now;
        PackingPlan plan = policy.Pack(inventory, candidates, now, remainingWallTime);
        if (plan.Reservation is { NotBefore: { } start } kept)
        {
            _promises.TryAdd(kept.JobId, (start - _begin.Value).TotalSeconds);
        }

        return plan;
    }
}
