namespace Balsam.Reports.Charts;

/// <summary>One colour a state, everywhere. The style sheet says which.</summary>
internal static class StateColors
{
    /// <summary>The states as they lie upon each other in a stack: what is done at the bottom, what waits on top.</summary>
    public static IReadOnlyList<JobState> Stacked { get; } =
    [
        JobState.JobFinished, JobState.StagedOut, JobState.Postprocessed, JobState.RunDone, JobState.Failed, JobState.RunError, JobState.RunTimeout,
        JobState.Running, JobState.RestartReady, JobState.Preprocessed, JobState.StagedIn, JobState.Ready, JobState.AwaitingParents, JobState.Created,
    ];

    /// <summary>The style's class of a state.</summary>
    public static string Of(JobState state) => state.ToText();
}
