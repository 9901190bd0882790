using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Balsam;

/// <summary>A checked job on its way into a store, which gives it its number.</summary>
public sealed record JobAddition
{
    /// <summary>The stored name of the application.</summary>
    public required ApplicationName Application { get; init; }

    /// <summary>The site the job belongs to.</summary>
    public required SiteName Site { get; init; }

    /// <summary>The name under which the job is added once: when a stored job has it, nothing is added, and that job stands in its place. Null for none.</summary>
    public string? Key { get; init; }

    /// <summary>The workdir; null for <c>application/id</c>.</summary>
    public string? Workdir { get; init; }

    /// <summary>The application's parameters.</summary>
    public JobData Parameters { get; init; } = JobData.Empty;

    /// <summary>The tags.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>The user's data.</summary>
    public JobData Data { get; init; } = JobData.Empty;

    /// <summary>What the job asks of nodes.</summary>
    public JobResources Resources { get; init; } = JobResources.Default;

    /// <summary>The files it brings in and gives out.</summary>
    public ImmutableArray<TransferItem> Transfers { get; init; } = [];

    /// <summary>Whether files of its parents are linked into its workdir before its first hook: then it waits in READY for a launcher that does it.</summary>
    public bool HasInputsFromParents { get; init; }

    /// <summary>The priority; larger goes first.</summary>
    public int Priority { get; init; }

    /// <summary>The parents: stored ones by id, those of the same call by their place in it.</summary>
    public ImmutableArray<ParentReference> Parents { get; init; } = [];
}
