namespace Balsam.Testing;

/// <summary>Numbers that hang on a host's seed and on what they are for, and on nothing else.</summary>
internal static class Seed
{
    // SplitMix64.
    private const ulong Step = 0x9E3779B97F4A7C15;

    public static ulong Of(int seed, JobId job, int attempt) => Mix(Mix(Mix((ulong)seed) ^ (ulong)job.Value) ^ (ulong)attempt);

    private static ulong Mix(ulong value)
    {
        value += Step;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
