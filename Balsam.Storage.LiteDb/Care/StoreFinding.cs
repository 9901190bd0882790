namespace Balsam.Storage.LiteDb;

/// <summary>One thing that is wrong with a store.</summary>
/// <param name="Kind">What kind of trouble it is.</param>
/// <param name="Job">The job it is about; null when it is not about one.</param>
/// <param name="What">What was found, in words.</param>
/// <param name="Advice">What to do about it.</param>
public sealed record StoreFinding(StoreFindingKind Kind, JobId? Job, string What, string Advice)
{
    /// <summary>Writes the finding on one line.</summary>
    /// <returns>For example <c>WrongState, job 17: its document says RUNNING, its last event led to RUN_DONE. Restore a backup…</c>.</returns>
    public override string ToString() => Job is { } job ? $"{Kind}, job {job}: {What} {Advice}" : $"{Kind}: {What} {Advice}";
}
