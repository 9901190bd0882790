namespace Balsam.Launch.Packing;

/// <summary>What a packing policy decided: each candidate is in exactly one of the two lists.</summary>
public sealed class PackingPlan
{
    /// <summary>Makes a plan.</summary>
    /// <param name="placed">The jobs that start, in the order in which they were placed.</param>
    /// <param name="waiting">The jobs that do not, in the order in which they were looked at.</param>
    /// <param name="reservation">The nodes kept for the first job that waits; null when nothing had to be held back for it.</param>
    public PackingPlan(IReadOnlyList<PlacedCandidate> placed, IReadOnlyList<WaitingCandidate> waiting, PackingReservation? reservation)
    {
        ArgumentNullException.ThrowIfNull(placed);
        ArgumentNullException.ThrowIfNull(waiting);
        Placed = placed;
        Waiting = waiting;
        Reservation = reservation;
    }

    /// <summary>The jobs that start, in the order in which they were placed.</summary>
    public IReadOnlyList<PlacedCandidate> Placed { get; }

    /// <summary>The jobs that do not start, in the order in which they were looked at, each with its reason.</summary>
    public IReadOnlyList<WaitingCandidate> Waiting { get; }

    /// <summary>The nodes kept for the first job that waits.</summary>
    /// <value>Null when no later job came up that could have taken its room.</value>
    public PackingReservation? Reservation { get; }
}
