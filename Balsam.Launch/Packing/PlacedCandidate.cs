namespace Balsam.Launch.Packing;

/// <summary>A job that starts now.</summary>
/// <param name="Candidate">The job.</param>
/// <param name="Allocation">What it holds.</param>
public readonly record struct PlacedCandidate(PackingCandidate Candidate, Allocation Allocation);
