namespace Balsam.Testing.Simulation;

/// <summary>How many cores there are from an instant on, and how many of them are busy.</summary>
internal readonly record struct StepOfCores(long At, long Busy, long Offered);
