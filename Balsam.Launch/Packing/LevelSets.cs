using System.Numerics;

namespace Balsam.Launch.Packing;

/// <summary>
/// For each level of one or several amounts the set of the nodes that have at least that much, as bitmaps. The first node that has enough of
/// everything is the first bit that all the sets asked have in common.
/// </summary>
/// <remarks>
/// The words of all sets for the same 64 nodes lie side by side: a job that comes or goes changes neighbouring sets on one node, and so a few
/// lines of the cache, however many nodes there are.
/// </remarks>
internal sealed class LevelSets
{
    private readonly int _rows;
    private readonly int _words;
    private readonly int _summaryWords;
    private readonly ulong[] _bits;

    // One bit for each word that is not empty.
    private readonly ulong[] _summaries;

    public LevelSets(int nodes, int rows)
    {
        _rows = rows;
        _words = (nodes + 63) / 64;
        _summaryWords = (_words + 63) / 64;
        _bits = new ulong[_words * rows];
        _summaries = new ulong[_summaryWords * rows];
    }

    /// <summary>The words that one bit a node takes.</summary>
    public int Words => _words;

    /// <summary>Whether a set holds any node.</summary>
    public bool HasAny(int row)
    {
        for (int i = row; i < _summaries.Length; i += _rows)
        {
            if (_summaries[i] != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>How many nodes a set holds.</summary>
    public int CountOf(int row)
    {
        int count = 0;
        for (int i = row; i < _bits.Length; i += _rows)
        {
            count += BitOperations.PopCount(_bits[i]);
        }

        return count;
    }

    /// <summary>Adds a node to the sets from <paramref name="first"/> up to, not including, <paramref name="end"/>.</summary>
    public void Add(int node, int first, int end)
    {
        int word = node >> 6;
        Span<ulong> sets = SetsOf(_bits, word)[first..end];
        Span<ulong> summaries = SetsOf(_summaries, word >> 6)[first..end];
        for (int row = 0; row < sets.Length; row++)
        {
            sets[row] |= 1UL << node;
            summaries[row] |= 1UL << word;
        }
    }

    /// <summary>Removes a node from the sets from <paramref name="first"/> up to, not including, <paramref name="end"/>.</summary>
    public void Remove(int node, int first, int end)
    {
        int word = node >> 6;
        Span<ulong> sets = SetsOf(_bits, word)[first..end];
        Span<ulong> summaries = SetsOf(_summaries, word >> 6)[first..end];
        for (int row = 0; row < sets.Length; row++)
        {
            sets[row] &= ~(1UL << node);
            if (sets[row] == 0)
            {
                summaries[row] &= ~(1UL << word);
            }
        }
    }

    /// <summary>The first node from <paramref name="from"/> on that is in all the sets and not in <paramref name="except"/>, or -1.</summary>
    public int Next(ReadOnlySpan<int> rows, int from, ulong[]? except)
    {
        int startWord = from >> 6;
        for (int summary = startWord >> 6; summary < _summaryWords; summary++)
        {
            ulong live = summary == startWord >> 6 ? ulong.MaxValue << startWord : ulong.MaxValue;
            live = Common(live, SetsOf(_summaries, summary), rows);
            for (; live != 0; live &= live - 1)
            {
                int word = (summary << 6) + BitOperations.TrailingZeroCount(live);
                ulong bits = word == startWord ? ulong.MaxValue << from : ulong.MaxValue;
                bits &= except is null ? ulong.MaxValue : ~except[word];
                bits = Common(bits, SetsOf(_bits, word), rows);
                if (bits != 0)
                {
                    return (word << 6) + BitOperations.TrailingZeroCount(bits);
                }
            }
        }

        return -1;
    }

    private static ulong Common(ulong bits, ReadOnlySpan<ulong> sets, ReadOnlySpan<int> rows)
    {
        foreach (int row in rows)
        {
            bits &= sets[row];
        }

        return bits;
    }

    private Span<ulong> SetsOf(ulong[] words, int word) => words.AsSpan(word * _rows, _rows);
}
