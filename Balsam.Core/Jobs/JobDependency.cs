namespace Balsam;

/// <summary>An edge of the graph: a stored job's parent, and how the parent must end.</summary>
/// <param name="Parent">The parent.</param>
/// <param name="Condition">How it must end.</param>
public readonly record struct JobDependency(JobId Parent, DependencyCondition Condition);
