using System.Globalization;

namespace Balsam;

/// <summary>When to run a failed job again, for applications that do not write <c>HandleError</c> and <c>HandleTimeout</c>.</summary>
public sealed record RetryPolicy
{
    /// <summary>Makes a policy.</summary>
    /// <param name="maxAttempts">How often a job may be started in all, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxAttempts"/> is below 1.</exception>
    public RetryPolicy(int maxAttempts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxAttempts, 1);
        MaxAttempts = maxAttempts;
    }

    /// <summary>How often a job may be started in all.</summary>
    public int MaxAttempts { get; }

    /// <summary>Whether a run that ended with an error is repeated.</summary>
    /// <value>Default: true.</value>
    public bool RetryErrors { get; init; } = true;

    /// <summary>Whether a run that was ended by a limit, or lost its launcher, is repeated.</summary>
    /// <value>Default: true.</value>
    public bool RetryTimeouts { get; init; } = true;

    /// <summary>How long to wait before the second attempt.</summary>
    /// <value>Default: zero.</value>
    public TimeSpan Delay { get; init; }

    /// <summary>By how much each further wait is longer than the one before.</summary>
    /// <value>Default: 2.</value>
    public double Backoff { get; init; } = 2;

    /// <summary>The longest wait.</summary>
    /// <value>Default: 1 hour.</value>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The wait after an attempt.</summary>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <returns>The wait.</returns>
    public TimeSpan DelayAfter(int attempt)
    {
        if (Delay <= TimeSpan.Zero || MaxDelay <= TimeSpan.Zero)
        {
            return TimeSpan.Zero;
        }

        double ticks = Delay.Ticks * Math.Pow(Math.Max(1, Backoff), Math.Max(0, attempt - 1));
        return ticks < MaxDelay.Ticks ? TimeSpan.FromTicks((long)ticks) : MaxDelay;
    }

    internal static ErrorOutcome OnError(RetryPolicy? policy, int attempt, FailureDetails? failure)
    {
        string why = failure?.Message ?? "the run failed";
        return policy is { RetryErrors: true } && attempt < policy.MaxAttempts
            ? ErrorOutcome.Restart(policy.Describe(attempt, why), policy.DelayAfter(attempt))
            : ErrorOutcome.Fail(why);
    }

    // Without a policy a run that was ended is repeated: the original Balsam does so too.
    internal static TimeoutOutcome OnTimeout(RetryPolicy? policy, int attempt, FailureDetails? failure)
    {
        string why = failure?.Message ?? "the run was ended";
        return policy is null ? TimeoutOutcome.Restart(why)
            : policy.RetryTimeouts && attempt < policy.MaxAttempts ? TimeoutOutcome.Restart(policy.Describe(attempt, why), policy.DelayAfter(attempt))
            : TimeoutOutcome.Fail(why);
    }

    private string Describe(int attempt, string why) => string.Create(CultureInfo.InvariantCulture, $"attempt {attempt} of {MaxAttempts}: {why}");
}
