namespace Balsam.Launch.Lifecycle;

/// <summary>What came of a hook: an outcome, or a failure; neither when it was called off.</summary>
/// <param name="Outcome">What the hook decided; null when it did not come to that.</param>
/// <param name="Failure">Why it did not; null when it did, or was called off.</param>
/// <param name="Changes">What is stored with the outcome; null when there is none.</param>
internal sealed record HookResult(HookOutcome? Outcome, FailureDetails? Failure, ContextChanges? Changes = null);
