namespace Balsam.Testing.Conformance;

/// <summary>Another clock whose wall time can be set forward and back, as an administrator would, while its monotonic time goes on undisturbed.</summary>
/// <param name="inner">The clock underneath, a fake one as a rule.</param>
public sealed class SkewedTimeProvider(TimeProvider inner) : TimeProvider
{
    /// <summary>How far the wall time is ahead of the clock underneath.</summary>
    /// <value>Default: zero.</value>
    public TimeSpan Skew { get; set; }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => inner.LocalTimeZone;

    /// <inheritdoc/>
    public override long TimestampFrequency => inner.TimestampFrequency;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + Skew;

    /// <inheritdoc/>
    public override long GetTimestamp() => inner.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => inner.CreateTimer(callback, state, dueTime, period);
}
