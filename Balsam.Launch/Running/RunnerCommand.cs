namespace Balsam.Launch.Running;

/// <summary>What other threads ask of the runner's thread.</summary>
internal readonly record struct RunnerCommand(RunnerCommandKind Kind, long RunId, RunRequest? Request = null, Action<RunExit>? Ended = null);
