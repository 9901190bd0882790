namespace Balsam.Testing.Conformance.Model;

/// <summary>What the model knows of a job.</summary>
internal sealed class ModelJob
{
    public required JobId Id { get; init; }

    public required ApplicationName Application { get; init; }

    public required SiteName Site { get; init; }

    public required (JobId Parent, DependencyCondition Condition)[] Parents { get; init; }

    public required JobResources Resources { get; init; }

    public int Priority { get; set; }

    public JobState State { get; set; }

    public DateTimeOffset? NotBefore { get; set; }

    /// <summary>Whether it is FAILED because of a parent, so that it comes back with it.</summary>
    public bool FailedWithParent { get; set; }

    /// <summary>Whether the last command changed it: its version must have risen, and must not have otherwise.</summary>
    public bool Touched { get; set; }

    public ModelSession? Holder { get; set; }
}
