namespace Balsam.Launch.Packing;

/// <summary>A job that waits for a place.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Resources">What it asks.</param>
/// <param name="Priority">Its priority; higher goes first.</param>
/// <remarks>Keep candidates from one call to the next: what the packer computes from the request is kept in them.</remarks>
public sealed record PackingCandidate(long Id, JobResources Resources, int Priority = 0)
{
    private const int NotYet = -1;
    private const double WeightOfShare = 0.25;

    private Demand? _demand;
    private long _number = NotYet;
    private double _length = double.NaN;
    private double _urgency = double.NaN;

    /// <summary>How long the work is that waits for the job: the longest path through the jobs that come after it.</summary>
    /// <value>Default: zero.</value>
    public TimeSpan PathBehind { get; init; }

    internal Demand Demand => _demand ??= Demand.Of(Resources);

    /// <summary>How many candidates had been met when this one was; it is met by asking.</summary>
    internal long NumberIn(Inventory inventory) => _number != NotYet ? _number : _number = inventory.Offered++;

    /// <summary>The estimate in octaves of seconds: 1 more is twice as long. Null without an estimate.</summary>
    internal double? Length => Resources.WallTime is { } wallTime ? double.IsNaN(_length) ? _length = Octaves(wallTime.TotalSeconds) : _length : null;

    /// <summary>What is to come from the job on, in octaves: the time to the end of its path, its nodes, and by a quarter the part of a node that it takes.</summary>
    /// <param name="inventory">The nodes.</param>
    /// <param name="longest">The length of a job without an estimate; null when no job has one: then the part of a node does not count.</param>
    internal double Urgency(Inventory inventory, double? longest)
    {
        if (!double.IsNaN(_urgency))
        {
            return _urgency;
        }

        double breadth = Octaves(Resources.Nodes);
        if ((Length ?? longest) is not { } length)
        {
            return breadth + Octaves(PathBehind.TotalSeconds);
        }

        double path = PathBehind == TimeSpan.Zero ? length : Octaves(Math.Pow(2, length) + PathBehind.TotalSeconds);
        double share = Demand.IsAlone ? 1 : inventory.ShareOfLargest(Demand);
        double urgency = breadth + path + (WeightOfShare * Math.Log2(share));
        return Length is null ? urgency : _urgency = urgency;
    }

    /// <inheritdoc/>
    public bool Equals(PackingCandidate? other) =>
        other is not null && Id == other.Id && Priority == other.Priority && PathBehind == other.PathBehind && Resources.Equals(other.Resources);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Priority);

    private static double Octaves(double amount) => Math.Log2(Math.Max(1, amount));
}
