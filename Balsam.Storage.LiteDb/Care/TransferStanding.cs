namespace Balsam.Storage.LiteDb.Care;

/// <summary>Where a transfer can be while its job is in a state.</summary>
internal static class TransferStanding
{
    private static readonly JobStateSet BeforeIn = JobStateSet.Of(JobState.Created, JobState.AwaitingParents, JobState.Failed);
    private static readonly JobStateSet AfterOut = JobStateSet.Of(JobState.StagedOut, JobState.JobFinished);

    /// <summary>The state of an item that agrees with its job's: its own where it does.</summary>
    public static TransferState At(JobState job, TransferItem item)
    {
        bool isIn = item.Direction == TransferDirection.In;
        return item.State == TransferState.Done ? TransferState.Done
            : job == (isIn ? JobState.Ready : JobState.Postprocessed) ? (item.State == TransferState.AwaitingJob ? TransferState.Pending : item.State)
            : isIn ? (BeforeIn.Contains(job) ? Resting(item.State) : TransferState.Done)
            : AfterOut.Contains(job) ? TransferState.Done
            : Resting(item.State);
    }

    private static TransferState Resting(TransferState state) => state is TransferState.Pending or TransferState.Active ? TransferState.AwaitingJob : state;
}
