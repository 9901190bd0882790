namespace Balsam.Launch.Lifecycle;

/// <summary>How a run ended, whatever ran: a process or a function.</summary>
/// <param name="Failure">Why it failed; null when it ended well.</param>
/// <param name="ReturnCode">The exit code; null for functions and signals.</param>
/// <param name="Result">What the function returned, as JSON; null for commands.</param>
/// <param name="Data">The job's data as the function left it; null when it is as it was.</param>
internal sealed record RunOutcome(FailureDetails? Failure, int? ReturnCode, string? Result = null, JobData? Data = null);
