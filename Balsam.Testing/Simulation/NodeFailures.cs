namespace Balsam.Testing.Simulation;

/// <summary>How often nodes fail. What runs on a node that fails is lost: RUN_TIMEOUT, and run again when its retry policy says so.</summary>
/// <param name="MeanTimeBetween">The mean time between failures of one node, longer than zero; the times are exponential.</param>
/// <param name="Repair">How long it is gone.</param>
public sealed record NodeFailures(TimeSpan MeanTimeBetween, TimeSpan Repair);
