namespace Balsam;

/// <summary>An instant to the millisecond and a state, in 8 bytes that sort by time.</summary>
internal static class PackedStep
{
    private const int StateBits = 4;

    public static long Of(JobState state, DateTimeOffset at) => (at.ToUnixTimeMilliseconds() << StateBits) | (long)state;

    public static JobState StateOf(long step) => (JobState)(step & ((1 << StateBits) - 1));

    public static long MillisecondOf(long step) => step >> StateBits;

    public static DateTimeOffset InstantOf(long step) => DateTimeOffset.FromUnixTimeMilliseconds(MillisecondOf(step));

    /// <summary>The step, at the instant of another when it would be before it.</summary>
    public static long NotBefore(long step, long other) => MillisecondOf(step) >= MillisecondOf(other) ? step : (MillisecondOf(other) << StateBits) | (long)StateOf(step);
}
