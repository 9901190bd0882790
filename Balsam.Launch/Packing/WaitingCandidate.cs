namespace Balsam.Launch.Packing;

/// <summary>A job that goes on waiting.</summary>
/// <param name="Candidate">The job.</param>
/// <param name="Obstacle">What it waits for.</param>
public readonly record struct WaitingCandidate(PackingCandidate Candidate, PackingObstacle Obstacle);
