namespace Balsam;

/// <summary>Which jobs, in which order, and which page of them: what a store is asked.</summary>
public sealed record JobSelector
{
    /// <summary>Which jobs.</summary>
    /// <value>Default: all.</value>
    public JobFilter Filter { get; init; } = JobFilter.All;

    /// <summary>What they are ordered by; the number breaks ties, rising.</summary>
    /// <value>Default: the number.</value>
    public JobField OrderBy { get; init; } = JobField.Id;

    /// <summary>Whether the largest comes first.</summary>
    /// <value>Default: false.</value>
    public bool Descending { get; init; }

    /// <summary>How many to pass over.</summary>
    /// <value>Default: 0.</value>
    public int Skip { get; init; }

    /// <summary>How many to give.</summary>
    /// <value>Default: all.</value>
    public int Take { get; init; } = int.MaxValue;

    /// <summary>The order as a comparison.</summary>
    /// <returns>A comparer of jobs.</returns>
    public IComparer<Job> ToComparer() => Comparer<Job>.Create((left, right) => JobOrderKey.Compare(JobOrderKey.Of(left, OrderBy), JobOrderKey.Of(right, OrderBy), Descending));
}
