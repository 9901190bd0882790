using System.Collections.Frozen;

namespace Balsam.Storage;

/// <summary>Which jobs a launcher wants, and how many.</summary>
public sealed record ClaimRequest
{
    /// <summary>The launcher's lease; only jobs of its session's site are claimed.</summary>
    public required LeaseToken Lease { get; init; }

    /// <summary>The applications the launcher can run, and the states of each in which it would do something now.</summary>
    public required IReadOnlyDictionary<ApplicationName, JobStateSet> Wanted { get; init; }

    /// <summary>How many jobs at most; 0 claims none.</summary>
    public required int Limit { get; init; }

    /// <summary>How many jobs of one request for resources at most, those in <see cref="Held"/> counted; so that a backlog of one kind does not hide the others.</summary>
    /// <value>Default: no limit.</value>
    public int LimitPerShape { get; init; } = int.MaxValue;

    /// <summary>How many jobs of each request for resources the launcher has claimed and not started.</summary>
    /// <value>Default: none.</value>
    public IReadOnlyDictionary<JobResources, int> Held { get; init; } = FrozenDictionary<JobResources, int>.Empty;

    /// <summary>Which jobs besides.</summary>
    /// <value>Default: all.</value>
    public JobFilter Filter { get; init; } = JobFilter.All;
}
