namespace Balsam.Launch.Packing;

/// <summary>A handle to what one running job holds in an <see cref="Inventory"/>.</summary>
/// <remarks>It costs no memory of its own, and knows when the job it was made for has been released.</remarks>
public readonly record struct Allocation
{
    private readonly Inventory? _inventory;

    internal Allocation(Inventory inventory, int entry, int generation, int node)
    {
        _inventory = inventory;
        Entry = entry;
        Generation = generation;
        Node = node;
    }

    /// <summary>The id of the job.</summary>
    /// <exception cref="InvalidOperationException">The job has been released.</exception>
    public long JobId => Owner.JobOf(this).Id;

    /// <summary>The nodes, cores and GPUs that the job holds.</summary>
    /// <value>It is made anew at each call.</value>
    /// <exception cref="InvalidOperationException">The job has been released.</exception>
    public Placement Placement => Owner.PlacementOf(this);

    /// <summary>When the job is expected to end; null when that is not known.</summary>
    /// <exception cref="InvalidOperationException">The job has been released.</exception>
    public DateTimeOffset? ExpectedEnd
    {
        get
        {
            ref readonly RunningJob job = ref Owner.JobOf(this);
            return job.EndIsKnown ? new DateTimeOffset(job.End, TimeSpan.Zero) : null;
        }
    }

    /// <summary>Whether the job still holds its place.</summary>
    public bool IsHeld => _inventory?.Holds(this) == true;

    internal int Entry { get; }

    internal int Generation { get; }

    /// <summary>The (first) node, known without a look at the table of jobs.</summary>
    internal int Node { get; }

    private Inventory Owner => _inventory ?? throw new InvalidOperationException("This allocation is the default value; it was not made by an inventory.");

    internal bool IsOf(Inventory inventory) => ReferenceEquals(_inventory, inventory);
}
