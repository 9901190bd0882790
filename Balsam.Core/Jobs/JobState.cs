namespace Balsam;

/// <summary>The fourteen states of a job, by the names of the original Balsam.</summary>
/// <remarks>In text, JSON and stores they read <c>CREATED</c>, <c>AWAITING_PARENTS</c> and so on: see <see cref="JobStates.ToText"/>.</remarks>
public enum JobState
{
    /// <summary>Being submitted; never stored.</summary>
    Created = 1,

    /// <summary>Waits for parents.</summary>
    AwaitingParents = 2,

    /// <summary>Its input files may be staged in.</summary>
    Ready = 3,

    /// <summary>Its input files are there; <c>Preprocess</c> comes next.</summary>
    StagedIn = 4,

    /// <summary>May be launched for the first time.</summary>
    Preprocessed = 5,

    /// <summary>Its process or function runs.</summary>
    Running = 6,

    /// <summary>The run ended well; <c>Postprocess</c> comes next.</summary>
    RunDone = 7,

    /// <summary>The run ended with an error; <c>HandleError</c> comes next.</summary>
    RunError = 8,

    /// <summary>The run was ended by a limit or lost its launcher; <c>HandleTimeout</c> comes next.</summary>
    RunTimeout = 9,

    /// <summary>May be launched again.</summary>
    RestartReady = 10,

    /// <summary>Its output files may be staged out.</summary>
    Postprocessed = 11,

    /// <summary>Its output files are where they belong.</summary>
    StagedOut = 12,

    /// <summary>Ended well.</summary>
    JobFinished = 13,

    /// <summary>Ended badly, or cancelled; <see cref="Job.Failure"/> says why.</summary>
    Failed = 14,
}
