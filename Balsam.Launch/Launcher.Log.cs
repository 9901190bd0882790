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
}
