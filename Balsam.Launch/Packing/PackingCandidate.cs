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
    private double _length = double.NaN;
    private double _path = double.NaN;
    private double _share = double.NaN;

    /// <summary>How long the work is that waits for the job: the longest path through the jobs that come after it.</summary>
    /// <value>Default: zero.</value>
    public TimeSpan PathBehind { get; init; }

    internal Demand Demand => _demand ??= Demand.Of(Resources);

    /// <summary>How many candidates had been met when this one was; it is met by asking.</summary>
    internal long NumberIn(Inventory inventory) => _number != NotYet ? _number : _number = inventory.Offered++;

    /// <summary>The estimate in octaves of seconds: 1 more is twice as long. Null without an estimate.</summary>
    internal double? Length => Resources.WallTime is { } wallTime ? double.IsNaN(_length) ? _length = Octaves(wallTime.TotalSeconds) : _length : null;

    /// <summary>What is to come from the job on, in octaves: the time to the end of its path, its nodes, and the part of a node that it takes, as a style weighs them.</summary>
    /// <param name="inventory">The nodes.</param>
    /// <param name="longest">The length of a job without an estimate; null when no job has one: then the part of a node does not count.</param>
    /// <param name="style">The weights.</param>
    internal double Urgency(Inventory inventory, double? longest, PackingStyle style)
    {
        double breadth = style.Breadth * Octaves(Resources.Nodes);
        if ((Length ?? longest) is not { } length)
        {
            return breadth + Octaves(PathBehind.TotalSeconds);
        }

        double path = Length is null || double.IsNaN(_path) ? PathFrom(length) : _path;
        if (Length is not null)
        {
            _path = path;
        }

        if (double.IsNaN(_share))
        {
            _share = Demand.IsAlone ? 0 : Math.Log2(inventory.ShareOfLargest(Demand));
        }

        return breadth + path + (style.Share * _share);
    }

    /// <inheritdoc/>
    public bool Equals(PackingCandidate? other) =>
        other is not null && Id == other.Id && Priority == other.Priority && PathBehind == other.PathBehind && Resources.Equals(other.Resources);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Priority);

    private double PathFrom(double length) => PathBehind == TimeSpan.Zero ? length : Octaves(Math.Pow(2, length) + PathBehind.TotalSeconds);

    private static double Octaves(double amount) => Math.Log2(Math.Max(1, amount));
}
