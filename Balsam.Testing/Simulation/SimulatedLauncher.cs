namespace Balsam.Testing.Simulation;

/// <summary>An allocation as it came to be.</summary>
/// <param name="Allocation">Which it is.</param>
/// <param name="Start">When it began, from the submit on.</param>
/// <param name="End">When it ended.</param>
public sealed record SimulatedLauncher(SimulatedAllocation Allocation, TimeSpan Start, TimeSpan End);
