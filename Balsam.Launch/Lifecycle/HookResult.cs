namespace Balsam.Launch.Lifecycle;

/// <summary>What came of a hook: an outcome, or a failure; neither when it was called off.</summary>
/// <param name="Outcome">What the hook decided; null when it did not come to that.</param>
/// <param name="Failure">Why it did not; null when it did, or was called off.</param>
/// <param name="Data">The job's data as the hook left it; null when it is as it was.</param>
internal sealed record HookResult(HookOutcome? Outcome, FailureDetails? Failure, JobData? Data);
