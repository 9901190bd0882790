using System.Numerics;

namespace Balsam.Launch.Packing;

/// <summary>A set of small numbers (positions of cores on a node) as a bitmap; up to 64 of them need no memory of their own.</summary>
internal struct IdSet
{
    private ulong _low;
    private ulong[]? _high;

    /// <summary>How many numbers the set holds.</summary>
    public readonly int Count
    {
        get
        {
            int count = BitOperations.PopCount(_low);
            foreach (ulong word in _high ?? [])
            {
                count += BitOperations.PopCount(word);
            }

            return count;
        }
    }

    /// <summary>The set of the numbers below <paramref name="count"/>.</summary>
    public static IdSet Below(int count)
    {
        IdSet set = default;
        set._low = FirstBits(Math.Min(count, 64));
        if (count > 64)
        {
            set._high = new ulong[(count - 1) / 64];
            for (int word = 0; word < set._high.Length; word++)
            {
                set._high[word] = FirstBits(Math.Min(count - ((word + 1) * 64), 64));
            }
        }

        return set;
    }

    /// <summary>Removes the lowest numbers and returns them; the set must hold that many.</summary>
    public IdSet TakeLowest(int count)
    {
        IdSet taken = default;
        taken._low = TakeLowest(ref _low, ref count);
        for (int word = 0; count > 0; word++)
        {
            ulong bits = TakeLowest(ref _high![word], ref count);
            if (bits != 0)
            {
                taken.Reach(word + 1);
                taken._high![word] = bits;
            }
        }

        return taken;
    }

    /// <summary>Adds the numbers of another set.</summary>
    public void UnionWith(in IdSet other)
    {
        _low |= other._low;
        if (other._high is not { } words)
        {
            return;
        }

        Reach(words.Length);
        for (int word = 0; word < words.Length; word++)
        {
            _high![word] |= words[word];
        }
    }

    /// <summary>Removes the numbers of another set.</summary>
    public void ExceptWith(in IdSet other)
    {
        _low &= ~other._low;
        if (_high is null || other._high is not { } words)
        {
            return;
        }

        for (int word = 0; word < Math.Min(words.Length, _high.Length); word++)
        {
            _high[word] &= ~words[word];
        }
    }

    /// <summary>Becomes equal to another set without sharing its memory.</summary>
    public void CopyFrom(in IdSet other)
    {
        _low = other._low;
        _high = other._high is null ? null : [.. other._high];
    }

    // The lowest number from there on, or -1.
    private readonly int Next(int from)
    {
        for (int word = from / 64; word <= (_high?.Length ?? 0); word++)
        {
            ulong bits = word == 0 ? _low : _high![word - 1];
            if (word == from / 64)
            {
                bits &= ulong.MaxValue << (from % 64);
            }

            if (bits != 0)
            {
                return (word * 64) + BitOperations.TrailingZeroCount(bits);
            }
        }

        return -1;
    }

    /// <summary>The values at the positions that the set holds, in rising order.</summary>
    public readonly int[] Select(int[] values)
    {
        var chosen = new int[Count];
        int number = -1;
        for (int i = 0; i < chosen.Length; i++)
        {
            number = Next(number + 1);
            chosen[i] = values[number];
        }

        return chosen;
    }

    private static ulong FirstBits(int count) => count >= 64 ? ulong.MaxValue : (1UL << count) - 1;

    private static ulong TakeLowest(ref ulong bits, ref int count)
    {
        ulong before = bits;
        if (count >= BitOperations.PopCount(before))
        {
            count -= BitOperations.PopCount(before);
            bits = 0;
            return before;
        }

        ulong rest = before;
        for (; count > 0; count--)
        {
            rest &= rest - 1;
        }

        bits = rest;
        return before ^ rest;
    }

    private void Reach(int words)
    {
        if (_high is null || _high.Length < words)
        {
            Array.Resize(ref _high, words);
        }
    }
}
