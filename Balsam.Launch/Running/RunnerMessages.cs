using System.Globalization;

namespace Balsam.Launch.Running;

/// <summary>Failures that come from the runner rather than from the job.</summary>
internal static class RunnerMessages
{
    public static StartFailure Stopped { get; } = new(0, "The job was not started because its launcher is stopping. It can be started again by the next one.") { Kind = RunExitKind.Lost };

    public static StartFailure Duplicate(long runId) =>
        new(0, string.Create(CultureInfo.InvariantCulture, $"A run with the number {runId} is going on. Give each run a number of its own."));

    /// <summary>What a run is told that was signaled while it waited for what is left of its earlier attempts to be ended.</summary>
    public static RunExit EndedBeforeStart(long runId) =>
        new() { RunId = runId, Kind = RunExitKind.Signaled, Code = LibC.SigTerm, Message = "The run was ended before its process was started." };
}
