namespace Balsam.Launch.Lifecycle;

/// <summary>How a run ended, whatever ran: a process or a function.</summary>
/// <param name="Failure">Why it failed; null when it ended well.</param>
/// <param name="ReturnCode">The exit code; null for functions and signals.</param>
/// <param name="Result">What the function returned, as JSON; null for commands.</param>
/// <param name="Changes">What a function leaves beside its result; null when nothing.</param>
internal sealed record RunOutcome(FailureDetails? Failure, int? ReturnCode, string? Result = null, ContextChanges? Changes = null);
