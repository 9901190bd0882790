using Microsoft.Extensions.Logging;

namespace Balsam.Launch;

/// <content>What the launcher logs.</content>
public sealed partial class Launcher
{
    [LoggerMessage(BalsamEventIds.LauncherStarted, LogLevel.Information, "Launcher session {SessionId} serves site {Site} on {Nodes}")]
    private static partial void LogStarted(ILogger log, SessionId sessionId, SiteName site, string nodes);

    [LoggerMessage(BalsamEventIds.LauncherEnded, LogLevel.Information, "Launcher session {SessionId} ended: {Reason}")]
    private static partial void LogEnded(ILogger log, SessionId sessionId, string reason);

    [LoggerMessage(BalsamEventIds.OrphansEnded, LogLevel.Warning, "Ended {Count} processes that an earlier launcher left running: {Processes}")]
    private static partial void LogOrphans(ILogger log, int count, string processes);

    [LoggerMessage(BalsamEventIds.JobsRecovered, LogLevel.Warning, "{Count} jobs were running when their launcher was lost; they are RUN_TIMEOUT now")]
    private static partial void LogRecovered(ILogger log, int count);

    [LoggerMessage(BalsamEventIds.LeaseLost, LogLevel.Warning, "The launcher lost its lease; it ends what it runs and starts anew")]
    private static partial void LogLeaseLost(ILogger log, Exception exception);

    [LoggerMessage(BalsamEventIds.JobGivenUp, LogLevel.Warning, "Job {JobId} lost its launcher {Losses} times in a row, {Limit} are allowed; it fails")]
    private static partial void LogGivenUp(ILogger log, JobId jobId, int losses, int limit);

    [LoggerMessage(BalsamEventIds.FunctionAbandoned, LogLevel.Warning, "The function of job {JobId} does not heed its cancellation; the launcher ends without it")]
    private static partial void LogAbandoned(ILogger log, JobId jobId);

    [LoggerMessage(BalsamEventIds.JobMoved, LogLevel.Debug, "Job {JobId} ({Application}): {From} to {To} {Reason}", SkipEnabledCheck = true)]
    private static partial void LogMoved(ILogger log, JobId jobId, ApplicationName application, string from, string to, string? reason);

    [LoggerMessage(BalsamEventIds.CommitRefused, LogLevel.Debug, "A write of job {JobId} was refused: {Reason}")]
    private static partial void LogRefused(ILogger log, JobId jobId, string reason);

    [LoggerMessage(BalsamEventIds.StoreUnavailable, LogLevel.Warning, "The store cannot write; what has run will be recorded when it can")]
    private static partial void LogStoreUnavailable(ILogger log, Exception exception);

    [LoggerMessage(BalsamEventIds.LauncherPaused, LogLevel.Information, "The launcher is paused: {Reason}")]
    private static partial void LogPaused(ILogger log, string reason);

    [LoggerMessage(BalsamEventIds.LauncherResumed, LogLevel.Information, "The launcher takes jobs again")]
    private static partial void LogResumed(ILogger log);

    [LoggerMessage(BalsamEventIds.LauncherDraining, LogLevel.Information, "{Runs} runs, {Hooks} hooks and {Batches} batches of transfers may go on although {Reason}, for {Patience} at most")]
    private static partial void LogDraining(ILogger log, int runs, int hooks, int batches, string reason, TimeSpan patience);

    [LoggerMessage(BalsamEventIds.LauncherHurried, LogLevel.Warning, "The launcher was told again to stop: its {Stage} ends now")]
    private static partial void LogHurried(ILogger log, string stage);

    [LoggerMessage(BalsamEventIds.HookAbandoned, LogLevel.Warning, "The hook of job {JobId} does not come back; the launcher ends without it, and the next one calls it again")]
    private static partial void LogHookAbandoned(ILogger log, JobId jobId);

    [LoggerMessage(BalsamEventIds.HandBackFailed, LogLevel.Warning, "What a failed launcher held could not be recorded in full; the next launcher finds it")]
    private static partial void LogNotHandedBack(ILogger log, Exception exception);

    [LoggerMessage(BalsamEventIds.LauncherEnding, LogLevel.Information, "{Runs} runs, {Hooks} hooks and {Batches} batches of transfers are asked to end because {Reason}; what is left after {Patience} is killed")]
    private static partial void LogEnding(ILogger log, int runs, int hooks, int batches, string? reason, TimeSpan patience);

    [LoggerMessage(BalsamEventIds.TransfersBegun, LogLevel.Debug, "A batch of {Items} items goes {Direction}: {Endpoint}")]
    private static partial void LogTransfersBegun(ILogger log, int items, TransferDirection direction, string endpoint);

    [LoggerMessage(BalsamEventIds.TransferFailed, LogLevel.Warning, "Job {JobId}: the transfer of slot '{Slot}' failed {Finality}: {Reason}")]
    private static partial void LogTransferFailed(ILogger log, JobId jobId, string slot, string finality, string reason);

    [LoggerMessage(BalsamEventIds.LinksFailed, LogLevel.Warning, "Job {JobId}: the inputs from its parents could not be linked {Finality}: {Reason}")]
    private static partial void LogLinksFailed(ILogger log, JobId jobId, string finality, string reason);

    [LoggerMessage(BalsamEventIds.TransfersAbandoned, LogLevel.Warning, "A batch with {Items} items under way does not heed its cancellation; the launcher ends without it, and the next one moves them again")]
    private static partial void LogTransfersAbandoned(ILogger log, int items);
}
