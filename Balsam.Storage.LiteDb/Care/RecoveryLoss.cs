namespace Balsam.Storage.LiteDb;

/// <summary>One thing that a recovery could not bring over as it was.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Job">The job it is about; null when it is not about one.</param>
/// <param name="What">What was lost, and what stands in its place.</param>
public sealed record RecoveryLoss(RecoveryLossKind Kind, JobId? Job, string What)
{
    /// <summary>Writes the loss on one line.</summary>
    /// <returns>For example <c>Job, job 17: its document cannot be read; its last event, of 2026-11-23T14:39:38.123Z, brought it to RUNNING.</c></returns>
    public override string ToString() => Job is { } job ? $"{Kind}, job {job}: {What}" : $"{Kind}: {What}";
}
