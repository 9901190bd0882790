namespace Balsam;

/// <summary>What <c>Postprocess</c> decides.</summary>
public sealed class PostprocessOutcome : HookOutcome
{
    private PostprocessOutcome(JobTrigger trigger, string? reason, TimeSpan? delay = null)
        : base(trigger, reason, delay)
    {
    }

    /// <summary>The job is done.</summary>
    public static PostprocessOutcome Done { get; } = new(JobTrigger.Postprocessed, null);

    /// <summary>The job runs again.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="delay">How long to wait first; null for not at all.</param>
    /// <returns>The outcome.</returns>
    public static PostprocessOutcome Restart(string reason, TimeSpan? delay = null) => new(JobTrigger.RetryRequested, Needed(reason), delay);

    /// <summary>The job fails.</summary>
    /// <param name="reason">Why.</param>
    /// <returns>The outcome.</returns>
    public static PostprocessOutcome Fail(string reason) => new(JobTrigger.HookFailed, Needed(reason));
}
