namespace Balsam.Testing.Simulation;

/// <summary>Random numbers that can be begun anew for each run of each job: SplitMix64.</summary>
internal sealed class SeededRandom : Random
{
    private ulong _state;

    public void Begin(int seed, long stream, int part) => _state = Mix(Mix(Mix((ulong)seed) + (ulong)stream) + (ulong)part);

    public override double NextDouble() => Sample();

    public override int Next() => (int)(Sample() * int.MaxValue);

    public override int Next(int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxValue);
        return (int)(Sample() * maxValue);
    }

    protected override double Sample()
    {
        _state += 0x9E3779B97F4A7C15;
        return (Mix(_state) >> 11) * (1.0 / (1UL << 53));
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
