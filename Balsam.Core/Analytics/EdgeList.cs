using System.Runtime.InteropServices;

namespace Balsam;

/// <summary>Starts and ends of spans, by time.</summary>
internal static class EdgeList
{
    /// <summary>The starts and ends; at one instant the starts come first, so that a span of no length begins before it ends.</summary>
    public static IEnumerable<(long At, T Item, bool Starts)> InOrder<T>(IReadOnlyList<T> spans, Func<T, DateTimeOffset> start, Func<T, DateTimeOffset?> end)
    {
        var keys = new List<long>(spans.Count * 2);
        var places = new List<int>(spans.Count * 2);
        for (int i = 0; i < spans.Count; i++)
        {
            keys.Add(start(spans[i]).ToUnixTimeMilliseconds() * 2);
            places.Add(i);
            if (end(spans[i]) is { } ended)
            {
                keys.Add((ended.ToUnixTimeMilliseconds() * 2) + 1);
                places.Add(i);
            }
        }

        CollectionsMarshal.AsSpan(keys).Sort(CollectionsMarshal.AsSpan(places));
        for (int i = 0; i < keys.Count; i++)
        {
            yield return (keys[i] >> 1, spans[places[i]], (keys[i] & 1) == 0);
        }
    }

    /// <summary>Counts one holder more or less of a thing.</summary>
    /// <returns>1 when it is held now and was not before, -1 when it is no longer held, 0 else.</returns>
    public static int Hold<TKey>(Dictionary<TKey, int> holders, TKey key, int sign)
        where TKey : notnull
    {
        ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(holders, key, out _);
        int before = count;
        count += sign;
        return (count > 0 ? 1 : 0) - (before > 0 ? 1 : 0);
    }
}
