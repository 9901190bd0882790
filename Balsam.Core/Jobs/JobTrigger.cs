namespace Balsam;

/// <summary>What happened to a job. With the state it is in, the trigger decides the state it goes to: see <see cref="JobTransitions"/>.</summary>
public enum JobTrigger
{
    /// <summary>At submit: a parent has not ended yet.</summary>
    ParentsPending = 1,

    /// <summary>Every parent has ended as its edge asks; or there are none.</summary>
    ParentsFinished = 2,

    /// <summary>A parent ended in a way that the edge cannot accept.</summary>
    ParentFailed = 3,

    /// <summary>All stage-in items are done, or there are none.</summary>
    StagedIn = 4,

    /// <summary>A transfer failed for good.</summary>
    TransferFailed = 5,

    /// <summary><c>Preprocess</c> said that the job may run.</summary>
    Preprocessed = 6,

    /// <summary>The job's process or function was started.</summary>
    Started = 7,

    /// <summary>The job can never start: no such program, or a request larger than any node.</summary>
    StartFailed = 8,

    /// <summary>The process exited with 0, or the function returned.</summary>
    RunSucceeded = 9,

    /// <summary>The process exited with another code or by a signal, or the function threw.</summary>
    RunFailed = 10,

    /// <summary>The run was ended by its time limit or by the launcher's end, or its launcher was lost.</summary>
    RunTimedOut = 11,

    /// <summary><c>Postprocess</c> said that the job is done.</summary>
    Postprocessed = 12,

    /// <summary>A hook or the retry policy asked for another run.</summary>
    RetryRequested = 13,

    /// <summary>A hook gave up, threw, or did not return in time.</summary>
    HookFailed = 14,

    /// <summary>All stage-out items are done, or there are none.</summary>
    StagedOut = 15,

    /// <summary>Nothing is left to do.</summary>
    Finished = 16,

    /// <summary>The user cancelled the job.</summary>
    Cancelled = 17,

    /// <summary>The user restarted the job.</summary>
    Restarted = 18,

    /// <summary>The job goes back to wait for its parents: the failed parent was restarted, or the job itself was before it had got past them.</summary>
    ParentRestarted = 19,
}
