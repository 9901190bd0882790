using System.Collections.Immutable;

namespace Balsam.Launch.Packing;

/// <summary>The nodes that are kept for the first job that has to wait.</summary>
public sealed class PackingReservation
{
    private readonly ImmutableArray<NodeSpec> _nodes;
    private readonly int[] _kept;
    private readonly long _notBefore;

    internal PackingReservation(ImmutableArray<NodeSpec> nodes, Reservation reservation)
    {
        _nodes = nodes;
        _kept = reservation.Nodes;
        _notBefore = reservation.NotBefore;
        JobId = reservation.Holder.Id;
    }

    /// <summary>The job.</summary>
    public long JobId { get; }

    /// <summary>The names of the nodes.</summary>
    /// <value>They are gathered anew at each call.</value>
    public IReadOnlyList<string> Nodes => [.. _kept.Select(node => _nodes[node].Name)];

    /// <summary>Until when other jobs may use the nodes: the latest of the expected ends that the job waits for.</summary>
    /// <value>Null when no end is known.</value>
    public DateTimeOffset? NotBefore => _notBefore > 0 ? new DateTimeOffset(_notBefore, TimeSpan.Zero) : null;
}
