namespace Balsam.Testing.Simulation;

/// <summary>One way to run a campaign, and what it comes to.</summary>
/// <param name="Policy">The policy's name.</param>
/// <param name="Nodes">The nodes of the first allocation.</param>
/// <param name="WallTime">The wall time of each allocation; null for none.</param>
/// <param name="Forecast">What is expected.</param>
public sealed record ComparisonRow(string Policy, int Nodes, TimeSpan? WallTime, CampaignForecast Forecast);
