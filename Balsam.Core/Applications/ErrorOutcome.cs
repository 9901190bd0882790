namespace Balsam;

/// <summary>What <c>HandleError</c> decides.</summary>
public sealed class ErrorOutcome : HookOutcome
{
    private ErrorOutcome(JobTrigger trigger, string reason, TimeSpan? delay = null)
        : base(trigger, reason, delay)
    {
    }

    /// <summary>The job runs again.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="delay">How long to wait first; null for not at all.</param>
    /// <returns>The outcome.</returns>
    public static ErrorOutcome Restart(string reason, TimeSpan? delay = null) => new(JobTrigger.RetryRequested, Needed(reason), delay);

    /// <summary>The job fails.</summary>
    /// <param name="reason">Why.</param>
    /// <returns>The outcome.</returns>
    public static ErrorOutcome Fail(string reason) => new(JobTrigger.HookFailed, Needed(reason));
}
