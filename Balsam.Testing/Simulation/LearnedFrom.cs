namespace Balsam.Testing.Simulation;

/// <summary>What a learned model knows about a job.</summary>
/// <param name="Basis">Which runs it draws from.</param>
/// <param name="Samples">How many they are.</param>
public readonly record struct LearnedFrom(LearningBasis Basis, int Samples);
