namespace Balsam.Testing.Simulation;

/// <summary>One application in a simulated campaign.</summary>
/// <param name="Application">The application.</param>
/// <param name="Jobs">How many jobs of it there are.</param>
/// <param name="Finished">How many of them finished.</param>
/// <param name="Runs">How many runs they took.</param>
/// <param name="FailedRuns">How many of these failed or were cut off.</param>
/// <param name="RunTime">How long the runs took.</param>
public sealed record ApplicationForecast(ApplicationName Application, int Jobs, int Finished, int Runs, int FailedRuns, DurationQuantiles RunTime);
