using System.Numerics;

namespace Balsam.Launch.Running;

/// <summary>The cores that a thread may run on, as Linux keeps them; a child inherits those of the thread that starts it.</summary>
internal static unsafe class CoreAffinity
{
    private const int Words = 128;
    private const int Bytes = Words * sizeof(ulong);

    /// <summary>The cores of a process's first thread, or with 0 those of the calling thread; empty when unknown.</summary>
    public static IReadOnlyList<int> Get(int pid)
    {
        ulong* mask = stackalloc ulong[Words];
        new Span<ulong>(mask, Words).Clear();
        var cores = new List<int>();
        if (LibC.GetAffinity(pid, Bytes, mask) < 0)
        {
            return cores;
        }

        for (int word = 0; word < Words; word++)
        {
            for (ulong rest = mask[word]; rest != 0; rest &= rest - 1)
            {
                cores.Add((word * 64) + BitOperations.TrailingZeroCount(rest));
            }
        }

        return cores;
    }

    /// <summary>Binds the calling thread; false when none of the cores exists or is allowed.</summary>
    public static bool TrySet(IReadOnlyList<int> cores)
    {
        ulong* mask = stackalloc ulong[Words];
        new Span<ulong>(mask, Words).Clear();
        for (int i = 0; i < cores.Count; i++)
        {
            if (cores[i] is >= 0 and < Words * 64)
            {
                mask[cores[i] / 64] |= 1UL << (cores[i] % 64);
            }
        }

        return LibC.SetAffinity(0, Bytes, mask) == 0;
    }
}
