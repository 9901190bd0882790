namespace Balsam;

/// <summary>The rule for edges of the graph, shared by every store.</summary>
public static class DependencyRules
{
    /// <summary>Says what a parent's state means for an edge.</summary>
    /// <param name="condition">How the parent must end.</param>
    /// <param name="parent">The state it is in.</param>
    /// <returns>The verdict.</returns>
    public static DependencyVerdict Judge(DependencyCondition condition, JobState parent) => (condition, parent) switch
    {
        (DependencyCondition.Failure, JobState.Failed) or (DependencyCondition.Either, JobState.Failed) => DependencyVerdict.Satisfied,
        (DependencyCondition.Success, JobState.Failed) => DependencyVerdict.Broken,
        (DependencyCondition.Failure, JobState.JobFinished) => DependencyVerdict.Broken,
        (_, JobState.JobFinished) => DependencyVerdict.Satisfied,
        _ => DependencyVerdict.Pending,
    };

    /// <summary>The failure of a child whose parent broke its edge. It names the job that started the chain of failures.</summary>
    /// <param name="parent">The parent, in its final state.</param>
    /// <returns>The details.</returns>
    public static FailureDetails FailureOfChild(Job parent)
    {
        ArgumentNullException.ThrowIfNull(parent);
        bool inherited = parent.State == JobState.Failed && parent.Failure is { Kind: FailureKind.ParentFailed, GuiltyAncestor: not null };
        JobId guilty = inherited ? parent.Failure!.GuiltyAncestor!.Value : parent.Id;
        string message = parent.State == JobState.JobFinished
            ? $"Parent {parent.Id} ({parent.Workdir}) finished; this job was to run only after its failure."
            : inherited
                ? parent.Failure!.Message
                : $"Ancestor {guilty} ({parent.Application} in {parent.Workdir}) failed: {parent.Failure?.Message ?? "no reason recorded"}";
        return new FailureDetails { Kind = FailureKind.ParentFailed, Message = message, GuiltyAncestor = guilty };
    }
}
