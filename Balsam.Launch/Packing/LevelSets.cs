using System.Numerics;

namespace Balsam.Launch.Packing;

/// <summary>
/// For each level of one or several amounts the set of the nodes that have at least that much, as bitmaps. The first node that has enough of
/// everything is the first bit that all the sets asked have in common.
/// </summary>
internal sealed class LevelSets
{
    private readonly int _words;
    private readonly int _summaryWords;
    private readonly ulong[] _bits;
    private readonly ulong[] _summaries;
    private readonly int[] _counts;

    public LevelSets(int nodes, int rows)
    {
        _words = (nodes + 63) / 64;
        _summaryWords = (_words + 63) / 64;
        _bits = new ulong[rows * _words];
        _summaries = new ulong[rows * _summaryWords];
        _counts = new int[rows];
    }

    /// <summary>The words that one bit a node takes.</summary>
    public int Words => _words;

    /// <summary>How many nodes a set holds.</summary>
    public int CountOf(int row) => _counts[row];

    /// <summary>Adds a node to the sets from <paramref name="first"/> up to, not including, <paramref name="end"/>.</summary>
    public void Add(int node, int first, int end)
    {
        int word = node >> 6;
        ulong bit = 1UL << (node & 63);
        ulong summaryBit = 1UL << (word & 63);
        for (int row = first; row < end; row++)
        {
            _bits[(row * _words) + word] |= bit;
            _summaries[(row * _summaryWords) + (word >> 6)] |= summaryBit;
            _counts[row]++;
        }
    }

    /// <summary>Removes a node from the sets from <paramref name="first"/> up to, not including, <paramref name="end"/>.</summary>
    public void Remove(int node, int first, int end)
    {
        int word = node >> 6;
        ulong bit = 1UL << (node & 63);
        ulong summaryBit = 1UL << (word & 63);
        for (int row = first; row < end; row++)
        {
            ref ulong bits = ref _bits[(row * _words) + word];
            bits &= ~bit;
            if (bits == 0)
            {
                _summaries[(row * _summaryWords) + (word >> 6)] &= ~summaryBit;
            }

            _counts[row]--;
        }
    }

    /// <summary>The first node from <paramref name="from"/> on that is in all the sets and not in <paramref name="except"/>, or -1.</summary>
    public int Next(ReadOnlySpan<int> rows, int from, ulong[]? except)
    {
        int startWord = from >> 6;
        for (int summary = startWord >> 6; summary < _summaryWords; summary++)
        {
            ulong live = summary == startWord >> 6 ? ulong.MaxValue << (startWord & 63) : ulong.MaxValue;
            foreach (int row in rows)
            {
                live &= _summaries[(row * _summaryWords) + summary];
            }

            for (; live != 0; live &= live - 1)
            {
                int word = (summary << 6) + BitOperations.TrailingZeroCount(live);
                ulong bits = word == startWord ? ulong.MaxValue << (from & 63) : ulong.MaxValue;
                bits &= except is null ? ulong.MaxValue : ~except[word];
                foreach (int row in rows)
                {
                    bits &= _bits[(row * _words) + word];
                }

                if (bits != 0)
                {
                    return (word << 6) + BitOperations.TrailingZeroCount(bits);
                }
            }
        }

        return -1;
    }
}
