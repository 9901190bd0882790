namespace Balsam.Launch.Packing;

/// <summary>What a job asks of each of its nodes, as the integers the packer computes with. Equal demands are interchangeable, whatever their wall times.</summary>
internal sealed class Demand : IEquatable<Demand>
{
    /// <summary>The occupancy of a whole node; a packing count of n takes the n-th part, rounded down, so that sums never exceed it.</summary>
    public const int WholeOccupancy = 1 << 30;

    /// <summary>The parts of one whole GPU.</summary>
    public const int WholeGpu = (int)ResourceAmount.PartsPerUnit;

    private readonly int _hash;

    private Demand(JobResources resources, int eighths)
    {
        Nodes = resources.Nodes;
        Cores = Math.Max(1, Scale(resources.CoresPerNode, eighths));
        if (resources.GpusPerRank.FractionParts == 0)
        {
            Gpus = Scale(Clamp(resources.GpusPerNode.WholeUnits), eighths);
        }
        else
        {
            ShareParts = (int)resources.GpusPerRank.FractionParts;
            Shares = Math.Max(1, Scale(resources.RanksPerNode, eighths));
        }

        Memory = eighths == 8 ? resources.MemoryPerNode.Bytes : resources.MemoryPerNode.Bytes / 8 * eighths;
        IsAlone = resources.Nodes > 1 || resources.PackingCount == 1;
        Occupancy = IsAlone || resources.PackingCount is not { } count ? 0 : Scale(WholeOccupancy / count, eighths);
        Custom = resources.Custom.Count == 0 ? [] : SortedCustom(resources.Custom, eighths);
        _hash = HashCode.Combine(Nodes, Cores, HashCode.Combine(Gpus, ShareParts, Shares), Memory, Occupancy, IsAlone, Custom.Length);
    }

    /// <summary>The nodes asked.</summary>
    public int Nodes { get; }

    /// <summary>The cores on each node, at least 1.</summary>
    public int Cores { get; }

    /// <summary>The whole GPUs on each node.</summary>
    public int Gpus { get; }

    /// <summary>The parts of one share of a GPU; 0 when GPUs are asked whole or not at all.</summary>
    public int ShareParts { get; }

    /// <summary>The number of shares on each node; each comes from one GPU.</summary>
    public int Shares { get; }

    /// <summary>The parts of all GPUs on each node.</summary>
    public double GpuParts => ((double)Gpus * WholeGpu) + ((double)Shares * ShareParts);

    /// <summary>The bytes on each node.</summary>
    public long Memory { get; }

    /// <summary>The part of <see cref="WholeOccupancy"/> that the packing count asks; 0 without one.</summary>
    public int Occupancy { get; }

    /// <summary>Whether nothing else may run on the job's nodes.</summary>
    public bool IsAlone { get; }

    /// <summary>The custom amounts, sorted by name.</summary>
    public CustomDemand[] Custom { get; }

    /// <summary>Whether GPUs are asked, whole or in shares.</summary>
    public bool WantsGpus => Gpus > 0 || Shares > 0;

    /// <summary>Reads a request.</summary>
    /// <exception cref="ArgumentException">The request is not sound in itself.</exception>
    public static Demand Of(JobResources resources)
    {
        foreach (string problem in resources.Validate())
        {
            throw new ArgumentException(problem, nameof(resources));
        }

        return new Demand(resources, 8);
    }

    /// <summary>A demand for some eighths of each amount: a node that meets it is that near to meeting the request.</summary>
    public static Demand PartOf(JobResources resources, int eighths) => new(resources, eighths);

    public bool Equals(Demand? other) =>
        ReferenceEquals(this, other)
        || (other is not null && _hash == other._hash
            && Nodes == other.Nodes && Cores == other.Cores && Gpus == other.Gpus && ShareParts == other.ShareParts && Shares == other.Shares
            && Memory == other.Memory && Occupancy == other.Occupancy && IsAlone == other.IsAlone
            && Custom.AsSpan().SequenceEqual(other.Custom));

    public override bool Equals(object? obj) => Equals(obj as Demand);

    public override int GetHashCode() => _hash;

    private static int Scale(int amount, int eighths) => (int)((long)amount * eighths / 8);

    private static int Clamp(long amount) => (int)Math.Min(amount, int.MaxValue);

    private static CustomDemand[] SortedCustom(IReadOnlyDictionary<string, ResourceAmount> custom, int eighths)
    {
        var sorted = new List<CustomDemand>(custom.Count);
        foreach ((string name, ResourceAmount amount) in custom)
        {
            if (amount > ResourceAmount.Zero)
            {
                sorted.Add(new CustomDemand(name, eighths == 8 ? amount.Parts : amount.Parts / 8 * eighths));
            }
        }

        sorted.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name));
        return [.. sorted];
    }
}
