using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Balsam;

/// <summary>Every field of a job as plain data: what a store writes and reads.</summary>
/// <remarks>A snapshot moves nowhere. Only <see cref="Job"/>, restored from it, does.</remarks>
public sealed record JobSnapshot
{
    /// <summary>The job's number.</summary>
    public required JobId Id { get; init; }

    /// <summary>How often the job was changed; commits are guarded by it.</summary>
    public required long Version { get; init; }

    /// <summary>The state.</summary>
    public required JobState State { get; init; }

    /// <summary>The stored name of the application.</summary>
    public required ApplicationName Application { get; init; }

    /// <summary>The site the job belongs to.</summary>
    public required SiteName Site { get; init; }

    /// <summary>The directory it runs in, relative to the site's data directory.</summary>
    public required string Workdir { get; init; }

    /// <summary>The name that no other job of the store has; null for none.</summary>
    public string? Key { get; init; }

    /// <summary>The application's parameters.</summary>
    public JobData Parameters { get; init; } = JobData.Empty;

    /// <summary>The tags.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>The user's data.</summary>
    public JobData Data { get; init; } = JobData.Empty;

    /// <summary>What the job asks of nodes.</summary>
    public JobResources Resources { get; init; } = JobResources.Default;

    /// <summary>The priority; larger goes first.</summary>
    public int Priority { get; init; }

    /// <summary>The parents.</summary>
    public ImmutableArray<JobDependency> Parents { get; init; } = [];

    /// <summary>How often the job was started.</summary>
    public int Attempt { get; init; }

    /// <summary>The exit code of the last run; null while there is none, and for functions.</summary>
    public int? ReturnCode { get; init; }

    /// <summary>Why the last run or the job failed; null when it did not.</summary>
    public FailureDetails? Failure { get; init; }

    /// <summary>What the function returned, as JSON; null while there is nothing.</summary>
    public string? Result { get; init; }

    /// <summary>Whether <c>Preprocess</c> has let the job pass; it is not called again on a restart.</summary>
    public bool IsPreprocessed { get; init; }

    /// <summary>The files it brings in and gives out, and how far each is.</summary>
    public ImmutableArray<TransferItem> Transfers { get; init; } = [];

    /// <summary>Whether files of its parents are linked into its workdir before its first hook: then it waits in READY for a launcher that does it.</summary>
    public bool HasInputsFromParents { get; init; }

    /// <summary>Whether it has finished and files that nobody needs any more may still be in its workdir.</summary>
    public bool IsCleanupPending { get; init; }

    /// <summary>The job is not launched before this instant; null for at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>When the job was submitted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public required DateTimeOffset LastUpdate { get; init; }
}
