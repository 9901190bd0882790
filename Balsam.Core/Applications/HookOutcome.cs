namespace Balsam;

/// <summary>What every hook's outcome comes down to: the trigger it pulls, and why. Each hook's own type allows only that hook's legal moves.</summary>
public abstract class HookOutcome
{
    private protected HookOutcome(JobTrigger trigger, string? reason, TimeSpan? delay = null)
    {
        if (delay < TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(delay), delay, "A restart cannot be delayed by less than no time.");
        }

        Trigger = trigger;
        Reason = reason;
        Delay = delay;
    }

    /// <summary>What the outcome does to the job.</summary>
    public JobTrigger Trigger { get; }

    /// <summary>Why, in words; null when there is nothing to say.</summary>
    public string? Reason { get; }

    /// <summary>How long a restart waits; null for not at all.</summary>
    public TimeSpan? Delay { get; }

    private protected static string Needed(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return reason;
    }
}
