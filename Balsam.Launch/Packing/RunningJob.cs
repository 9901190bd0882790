namespace Balsam.Launch.Packing;

/// <summary>One entry of the table of running jobs: what the job holds and when it is expected to end.</summary>
internal struct RunningJob
{
    /// <summary>Ends from here on are unknown; what is above is the order of the starts, so that unknown ends sort behind known ones, oldest job first.</summary>
    public const long UnknownEnd = 1L << 62;

    public long Id;

    /// <summary>What was asked; null while the entry is unused.</summary>
    public Demand? Demand;

    public IdSet Cores;

    public IdSet Gpus;

    /// <summary>The nodes of a job on several nodes; or, when a job holds several shares of GPUs, how many of them each GPU gave.</summary>
    public int[]? Extra;

    /// <summary>The expected end in UTC ticks, or <see cref="UnknownEnd"/> plus the number of the start.</summary>
    public long End;

    /// <summary>The (first) node; the next unused entry while this one is unused.</summary>
    public int Node;

    /// <summary>Rises with every release, so that a handle to an earlier job of this entry is known to be old.</summary>
    public int Generation;

    /// <summary>Whether the end is known.</summary>
    public readonly bool EndIsKnown => End < UnknownEnd;
}
