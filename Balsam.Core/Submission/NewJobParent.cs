namespace Balsam;

/// <summary>A parent of a job to be submitted: another one of the same call, or a stored one.</summary>
/// <param name="Job">The job of the same call; null when the parent is stored.</param>
/// <param name="Stored">The stored job; the default value when the parent is of the same call.</param>
/// <param name="Condition">How it must end.</param>
public readonly record struct NewJobParent(NewJob? Job, JobId Stored, DependencyCondition Condition);
