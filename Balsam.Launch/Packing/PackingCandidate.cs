namespace Balsam.Launch.Packing;

/// <summary>A job that waits for a place.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Resources">What it asks.</param>
/// <param name="Priority">Its priority; higher goes first.</param>
/// <remarks>Keep candidates from one call to the next: what the packer computes from the request is kept in them.</remarks>
public sealed record PackingCandidate(long Id, JobResources Resources, int Priority = 0)
{
    private const int NotYet = -1;

    private Demand? _demand;
    private long _number = NotYet;
    private int _length = NotYet;
    private int _breadth = NotYet;

    internal Demand Demand => _demand ??= Demand.Of(Resources);

    /// <summary>The estimate in thirds of an octave of seconds: 3 more is twice as long. Null without an estimate.</summary>
    internal int? Length => Resources.WallTime is { } wallTime ? _length >= 0 ? _length : _length = Thirds(wallTime.TotalSeconds) : null;

    /// <summary>The nodes in thirds of an octave.</summary>
    internal int Breadth => _breadth >= 0 ? _breadth : _breadth = Thirds(Resources.Nodes);

    /// <summary>How many candidates had been met when this one was; it is met by asking.</summary>
    internal long NumberIn(Inventory inventory) => _number != NotYet ? _number : _number = inventory.Offered++;

    /// <inheritdoc/>
    public bool Equals(PackingCandidate? other) =>
        other is not null && Id == other.Id && Priority == other.Priority && Resources.Equals(other.Resources);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Priority);

    private static int Thirds(double amount) => (int)(3 * Math.Log2(Math.Max(1, amount)));
}
