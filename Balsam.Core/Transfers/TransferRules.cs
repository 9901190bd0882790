using System.Collections.Immutable;

namespace Balsam;

/// <summary>What a job's moves do to its transfers, and which moves these forbid. Jobs without transfers are never asked about.</summary>
internal static class TransferRules
{
    private static readonly JobState[] Legs = [JobState.Ready, JobState.Postprocessed];

    /// <summary>The items that keep a job from making a move.</summary>
    /// <remarks>A restart behind stage-in is one of these moves: what has not been brought in would never be.</remarks>
    public static ImmutableArray<TransferItem> FindObstacles(ImmutableArray<TransferItem> items, JobTrigger trigger) => trigger switch
    {
        JobTrigger.StagedIn or JobTrigger.Restarted => FindOpen(items, TransferDirection.In),
        JobTrigger.StagedOut => FindOpen(items, TransferDirection.Out),
        _ => [],
    };

    /// <summary>The items as they are after a move that is allowed.</summary>
    public static ImmutableArray<TransferItem> After(ImmutableArray<TransferItem> items, JobTrigger trigger, JobState to, bool isPreprocessed) => trigger switch
    {
        JobTrigger.Restarted => [.. items.Select(item => StaysDone(item) ? item : StartOver(item))],
        JobTrigger.ParentRestarted => [.. items.Select(item => isPreprocessed && StaysDone(item) ? item : StartOver(item))],
        _ when LegOf(to) is { } leg => [.. items.Select(item => item.Direction == leg && item.State == TransferState.AwaitingJob ? item with { State = TransferState.Pending } : item)],
        _ when to == JobState.Failed => [.. items.Select(item => item.State is TransferState.Pending or TransferState.Active ? item with { State = TransferState.AwaitingJob } : item)],
        _ => items,
    };

    /// <summary>The direction of the items that move while a job is in a state; null when none do.</summary>
    public static TransferDirection? LegOf(JobState state) => state switch
    {
        JobState.Ready => TransferDirection.In,
        JobState.Postprocessed => TransferDirection.Out,
        _ => null,
    };

    /// <summary>The states of jobs in which a transfer of a state and direction can be; null when it can be in any.</summary>
    public static JobStateSet? JobStatesOf(TransferState? state, TransferDirection? direction)
    {
        JobStateSet legs = JobStateSet.Of([.. Legs.Where(leg => direction is null || direction == LegOf(leg))]);
        return state switch
        {
            TransferState.Pending or TransferState.Active => legs,
            TransferState.Failed => legs.Union(JobStateSet.Of(JobState.Failed)),
            _ => null,
        };
    }

    /// <summary>The items of a submit: nothing has been tried.</summary>
    public static ImmutableArray<TransferItem> Begin(ImmutableArray<TransferItem> items) => items.IsEmpty ? [] : [.. items.Select(StartOver)];

    /// <summary>The items of a direction that have not arrived.</summary>
    public static ImmutableArray<TransferItem> FindOpen(ImmutableArray<TransferItem> items, TransferDirection direction) =>
        [.. items.Where(item => item.Direction == direction && item.State != TransferState.Done)];

    private static bool StaysDone(TransferItem item) => item is { Direction: TransferDirection.In, State: TransferState.Done };

    private static TransferItem StartOver(TransferItem item) => item with { State = TransferState.AwaitingJob, Attempts = 0, Error = null, Files = 0, Bytes = 0 };
}
