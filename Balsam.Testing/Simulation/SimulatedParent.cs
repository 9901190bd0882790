namespace Balsam.Testing.Simulation;

/// <summary>A parent of a simulated job.</summary>
/// <param name="Job">The parent's place in the campaign, from 0.</param>
/// <param name="Condition">How it must end.</param>
public readonly record struct SimulatedParent(int Job, DependencyCondition Condition = DependencyCondition.Success);
