using System.Collections.Immutable;

namespace Balsam;

/// <summary>What a launcher says of itself when it opens a session.</summary>
public sealed record SessionRequest
{
    /// <summary>The site it serves.</summary>
    public required SiteName Site { get; init; }

    /// <summary>The host it runs on.</summary>
    public required string Host { get; init; }

    /// <summary>Its process id.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Its nodes.</summary>
    public ImmutableArray<NodeSpec> Nodes { get; init; } = [];

    /// <summary>The names of the applications it can run, former names among them.</summary>
    public ImmutableArray<ApplicationName> Applications { get; init; } = [];

    /// <summary>Which jobs it takes.</summary>
    /// <value>Default: all of its site.</value>
    public JobFilter Filter { get; init; } = JobFilter.All;

    /// <summary>When it will end, in UTC; jobs expected to run for longer than until then are not started.</summary>
    /// <value>Default: null: nobody knows.</value>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>How long its lease lasts unless renewed.</summary>
    /// <value>Default: 5 minutes, as in the original.</value>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromMinutes(5);
}
