namespace Balsam.Testing.Simulation;

/// <summary>A run of a simulated campaign. Times are counted from the submit.</summary>
/// <param name="Job">The job's place in the campaign.</param>
/// <param name="Attempt">Which of its runs it is, from 1.</param>
/// <param name="Allocation">The number of the allocation, in the order in which they came, from 0.</param>
/// <param name="Start">When it started.</param>
/// <param name="End">When it ended.</param>
/// <param name="Failure">What brought it down; null when it ended well.</param>
/// <param name="ExitCode">Its exit code; 0 when it was cut off.</param>
public readonly record struct SimulatedRun(int Job, int Attempt, int Allocation, TimeSpan Start, TimeSpan End, FailureKind? Failure, int ExitCode)
{
    /// <summary>How the run ended.</summary>
    /// <value>RUN_DONE, RUN_ERROR or RUN_TIMEOUT.</value>
    public JobState Outcome => Failure switch
    {
        null => JobState.RunDone,
        FailureKind.ExitCode => JobState.RunError,
        _ => JobState.RunTimeout,
    };
}
