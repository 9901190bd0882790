namespace Balsam.Launch.Running;

/// <summary>Why a process could not be started.</summary>
/// <param name="Code">The operating system's error number, or 0.</param>
/// <param name="Message">What went wrong and what to do, in complete sentences.</param>
internal sealed record StartFailure(int Code, string Message)
{
    /// <summary>Whether the job is to blame: <see cref="RunExitKind.StartFailed"/>, or its runner: <see cref="RunExitKind.Lost"/>.</summary>
    public RunExitKind Kind { get; init; } = RunExitKind.StartFailed;

    /// <summary>The end of a run that never began.</summary>
    public RunExit ToExit(long runId) => new() { RunId = runId, Kind = Kind, Code = Code, Message = Message };
}
