namespace Balsam.Testing.Conformance.Model;

/// <summary>What the model knows of a job.</summary>
internal sealed class ModelJob
{
    public required JobId Id { get; init; }

    public required ApplicationName Application { get; init; }

    public required SiteName Site { get; init; }

    public required (JobId Parent, DependencyCondition Condition)[] Parents { get; set; }

    public string? Key { get; init; }

    public required JobResources Resources { get; init; }

    public int Priority { get; set; }

    public JobState State { get; set; }

    public DateTimeOffset? NotBefore { get; set; }

    /// <summary>Whether Preprocess has let it pass, so that it never waits for parents again.</summary>
    public bool IsPreprocessed { get; set; }

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

    /// <summary>Whether another job is among its ancestors, by way of jobs that may wait, now or again.</summary>
    public bool IsBelow(JobId ancestor, Func<JobId, ModelJob?> find) =>
        !IsPreprocessed && Parents.Any(edge => edge.Parent == ancestor || find(edge.Parent)?.IsBelow(ancestor, find) == true);
}
