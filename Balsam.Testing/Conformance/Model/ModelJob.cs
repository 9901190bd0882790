namespace Balsam.Testing.Conformance.Model;

/// <summary>What the model knows of a job.</summary>
internal sealed class ModelJob
{
    public required JobId Id { get; init; }

    public required ApplicationName Application { get; init; }

    public required SiteName Site { get; init; }

    public required (JobId Parent, DependencyCondition Condition)[] Parents { get; init; }

    public string? Key { get; init; }

    public required JobResources Resources { get; init; }

    public int Priority { get; set; }

    public JobState State { get; set; }

    public DateTimeOffset? NotBefore { get; set; }

    /// <summary>Whether it is FAILED because of a parent, so that it comes back with it.</summary>
    public bool FailedWithParent { get; set; }

    /// <summary>The state before the command.</summary>
    public JobState Before { get; set; }

    /// <summary>Whether the command changed it, so that its version must have risen.</summary>
    public bool Touched { get; set; }

    /// <summary>Whether the rules of the graph touched it. If it is where it was, the store may have moved it there and back, or not at all.</summary>
    public bool Shaken { get; set; }

    public bool MustRise => Touched || State != Before;

    public ModelSession? Holder { get; set; }
}
