namespace Balsam;

/// <summary>Where a transfer item is. In text and stores they read <c>AWAITING_JOB PENDING ACTIVE DONE FAILED</c>.</summary>
public enum TransferState
{
    /// <summary>Its job is not there: a parent is missing, or, for a stage-out, the run; or the job has failed, and a restart would bring it there.</summary>
    AwaitingJob = 1,

    /// <summary>It may go, at once or after a pause behind an attempt that failed.</summary>
    Pending = 2,

    /// <summary>A launcher moves it.</summary>
    Active = 3,

    /// <summary>Everything has arrived.</summary>
    Done = 4,

    /// <summary>It failed for good, and its job with it.</summary>
    Failed = 5,
}
