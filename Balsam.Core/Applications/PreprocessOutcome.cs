namespace Balsam;

/// <summary>What <c>Preprocess</c> decides.</summary>
public sealed class PreprocessOutcome : HookOutcome
{
    private PreprocessOutcome(JobTrigger trigger, string? reason)
        : base(trigger, reason)
    {
    }

    /// <summary>The job may run.</summary>
    public static PreprocessOutcome Ready { get; } = new(JobTrigger.Preprocessed, null);

    /// <summary>The job fails.</summary>
    /// <param name="reason">Why.</param>
    /// <returns>The outcome.</returns>
    public static PreprocessOutcome Fail(string reason) => new(JobTrigger.HookFailed, Needed(reason));
}
