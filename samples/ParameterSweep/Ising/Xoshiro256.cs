using System.Numerics;

namespace ParameterSweep.Ising;

/// <summary>The generator xoshiro256+ of Blackman and Vigna: the same numbers for the same seed, on every machine and in every version of .NET.</summary>
/// <remarks>A struct, so that a loop can hold its state in registers: take a copy, and put it back afterwards.</remarks>
internal struct Xoshiro256
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    public Xoshiro256(ulong seed)
    {
        _a = SplitMix(ref seed);
        _b = SplitMix(ref seed);
        _c = SplitMix(ref seed);
        _d = SplitMix(ref seed);
    }

    /// <summary>32 random bits.</summary>
    public uint NextBits()
    {
        ulong result = _a + _d;
        ulong shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return (uint)(result >> 32);
    }

    // Spreads a seed over the state, as the authors recommend.
    private static ulong SplitMix(ref ulong seed)
    {
        ulong z = seed += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
