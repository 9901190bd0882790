using System.Numerics;

namespace Balsam.Launch.Packing;

/// <summary>Maps amounts to a few levels that rise with them, so that a node whose level is below that of a request cannot meet it.</summary>
/// <remarks>
/// Small counts keep every value as its own level. Large ones get four levels for each doubling over a range of 4,096 to 1, and one for all
/// that is smaller: the answer "may fit" is then checked exactly on the node itself.
/// </remarks>
internal readonly struct LevelScale
{
    private const int ExactUpTo = 256;
    private const int Doublings = 12;

    private readonly bool _exact;
    private readonly int _lowestBit;

    public LevelScale(long largest)
    {
        _exact = largest <= ExactUpTo;
        _lowestBit = Math.Max(2, BitOperations.Log2((ulong)Math.Max(largest, 1)) - Doublings);
        Levels = int.MaxValue;
        Levels = LevelOf(largest);
    }

    /// <summary>The highest level.</summary>
    public int Levels { get; }

    /// <summary>The level of an amount, from 0 for nothing to <see cref="Levels"/> for the largest and above.</summary>
    public int LevelOf(long amount)
    {
        if (_exact)
        {
            return (int)Math.Min(amount, Levels);
        }

        if (amount <= 0)
        {
            return 0;
        }

        int bit = BitOperations.Log2((ulong)amount);
        return bit < _lowestBit ? 1 : Math.Min(2 + ((bit - _lowestBit) * 4) + (int)(amount >> (bit - 2) & 3), Levels);
    }
}
