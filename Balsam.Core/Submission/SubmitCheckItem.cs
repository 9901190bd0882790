namespace Balsam;

/// <summary>What a submit would do with one job.</summary>
public sealed record SubmitCheckItem
{
    internal SubmitCheckItem()
    {
    }

    /// <summary>The job's place in the call, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The job as it was asked for.</summary>
    public required NewJob Job { get; init; }

    /// <summary>The site it belongs to.</summary>
    public required SiteName Site { get; init; }

    /// <summary>The workdir, relative to the site's data directory: the given one, the stored one, or <c>application/{id}</c> while it has no number.</summary>
    public required string Workdir { get; init; }

    /// <summary>The command line as it would run; null for a function, and when a problem with the parameters keeps it from being made.</summary>
    public required string? Command { get; init; }

    /// <summary>The parameters, with the defaults of those left out.</summary>
    public required JobData Parameters { get; init; }

    /// <summary>What it asks of nodes, by itself or by its application.</summary>
    public required JobResources Resources { get; init; }

    /// <summary>The stored job that has its key; null when it is new. A submit leaves it as it is.</summary>
    public required Job? Stored { get; init; }

    /// <summary>
    /// What is otherwise about the stored job. Of tags and data, only those given count: a stored job may have gained others.
    /// Empty for a new job.
    /// </summary>
    public required IReadOnlyList<SubmitDifference> Differences { get; init; }

    /// <summary>Whether a submit would add it.</summary>
    public bool IsNew => Stored is null;

    /// <summary>Whether it is stored otherwise than it was asked for.</summary>
    public bool IsDifferent => Differences.Count > 0;
}
