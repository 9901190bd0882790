namespace Balsam.Testing.Simulation;

/// <summary>How a run goes when nothing cuts it off.</summary>
/// <param name="Duration">How long it takes, not negative.</param>
/// <param name="ExitCode">Its exit code; other than 0 is RUN_ERROR.</param>
public readonly record struct DrawnRun(TimeSpan Duration, int ExitCode = 0);
