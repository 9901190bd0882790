namespace Balsam.Launch.Packing;

/// <summary>One entry of the table of running jobs: what the job holds and when it is expected to end.</summary>
/// <remarks>
/// The amounts are values, not a reference to the demand: a release needs one look at memory less, and what a job asked does not outlive its
/// start, where the garbage collector would have to find and move it.
/// </remarks>
internal struct RunningJob
{
    /// <summary>Ends from here on are unknown; what is above is the order of the starts, so that unknown ends sort behind known ones, oldest job first.</summary>
    public const long UnknownEnd = 1L << 62;

    public long Id;

    /// <summary>The cores; a job on several nodes has all of each, and none in here.</summary>
    public IdSet Cores;

    /// <summary>The nodes of a job on several nodes, all of which it has for itself; else null.</summary>
    public int[]? Nodes;

    /// <summary>The custom resources; null when there are none.</summary>
    public CustomDemand[]? Custom;

    public long Memory;

    public int Occupancy;

    /// <summary>The expected end in UTC ticks, or <see cref="UnknownEnd"/> plus the number of the start.</summary>
    public long End;

    /// <summary>The (first) node; the next unused entry while this one is unused.</summary>
    public int Node;

    /// <summary>The jobs that started before and after this one on the same node and still run; -1 at the ends of that chain.</summary>
    public int Earlier;

    public int Later;

    /// <summary>Rises with every start and every release, so that a handle to an earlier job of this entry is known to be old.</summary>
    public int Generation;

    /// <summary>Whether the job holds GPUs; which, is in <see cref="RunningJobs.GpusOf"/>.</summary>
    public bool HoldsGpus;

    /// <summary>Whether nothing else may run on the job's nodes.</summary>
    public bool IsAlone;

    /// <summary>Whether the end is known.</summary>
    public readonly bool EndIsKnown => End < UnknownEnd;
}
