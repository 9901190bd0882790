namespace Balsam;

/// <summary>Names and groups of <see cref="JobState"/>.</summary>
public static class JobStates
{
    private static readonly string[] Names =
    [
        "", "CREATED", "AWAITING_PARENTS", "READY", "STAGED_IN", "PREPROCESSED", "RUNNING", "RUN_DONE", "RUN_ERROR", "RUN_TIMEOUT", "RESTART_READY",
        "POSTPROCESSED", "STAGED_OUT", "JOB_FINISHED", "FAILED",
    ];

    /// <summary>All fourteen states in the order of the lifecycle.</summary>
    public static JobStateSet All { get; } = JobStateSet.Of(Enum.GetValues<JobState>());

    /// <summary>The states that end a job: JOB_FINISHED and FAILED. Only the user moves a job out of them.</summary>
    public static JobStateSet Final { get; } = JobStateSet.Of(JobState.JobFinished, JobState.Failed);

    /// <summary>The states from which a job may be launched: PREPROCESSED and RESTART_READY.</summary>
    public static JobStateSet Runnable { get; } = JobStateSet.Of(JobState.Preprocessed, JobState.RestartReady);

    /// <summary>The states in which a job waits for a launcher to do something with it.</summary>
    public static JobStateSet Claimable { get; } = All.Except(Final).Except(JobStateSet.Of(JobState.Created, JobState.AwaitingParents, JobState.Running));

    /// <summary>Whether the state ends a job.</summary>
    /// <param name="state">The state.</param>
    /// <returns>Whether it is JOB_FINISHED or FAILED.</returns>
    public static bool IsFinal(this JobState state) => Final.Contains(state);

    /// <summary>Writes a state as it reads in text, JSON and stores.</summary>
    /// <param name="state">The state.</param>
    /// <returns>For example <c>JOB_FINISHED</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="state"/> is not one of the fourteen.</exception>
    public static string ToText(this JobState state) =>
        state is >= JobState.Created and <= JobState.Failed
            ? Names[(int)state]
            : throw new ArgumentOutOfRangeException(nameof(state), state, "Not a job state.");

    /// <summary>Reads a state as it is written by <see cref="ToText"/>.</summary>
    /// <param name="text">The name, in capitals.</param>
    /// <returns>The state.</returns>
    /// <exception cref="FormatException"><paramref name="text"/> names no state.</exception>
    public static JobState Parse(string text)
    {
        int index = string.IsNullOrEmpty(text) ? -1 : Array.IndexOf(Names, text);
        return index > 0 ? (JobState)index : throw new FormatException($"'{text}' is not a job state. The states are {string.Join(", ", Names.Skip(1))}.");
    }
}
