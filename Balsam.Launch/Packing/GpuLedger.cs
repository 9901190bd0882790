using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Balsam.Launch.Packing;

/// <summary>What is free on the GPUs of one node, in parts of each GPU; up to eight of them need no memory of their own.</summary>
internal struct GpuLedger
{
    private const int Few = 8;

    private readonly int _count;
    private FewGpus _few;
    private ushort[]? _many;

    public GpuLedger(int count)
    {
        _count = count;
        _many = count > Few ? new ushort[count] : null;
        FreeParts.Fill((ushort)Demand.WholeGpu);
    }

    /// <summary>The free parts of each GPU.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<ushort> Free => _many ?? ((ReadOnlySpan<ushort>)_few)[.._count];

    [UnscopedRef]
    private Span<ushort> FreeParts => _many ?? ((Span<ushort>)_few)[.._count];

    /// <summary>How many GPUs are wholly free.</summary>
    public readonly int Whole => Free.Count((ushort)Demand.WholeGpu);

    /// <summary>The free parts of all GPUs together.</summary>
    public readonly long Parts
    {
        get
        {
            long sum = 0;
            foreach (ushort free in Free)
            {
                sum += free;
            }

            return sum;
        }
    }

    /// <summary>The free parts of the GPU that has most of them.</summary>
    public readonly int Largest
    {
        get
        {
            int largest = 0;
            foreach (ushort free in Free)
            {
                largest = Math.Max(largest, free);
            }

            return largest;
        }
    }

    /// <summary>Whether the GPUs of a demand are there.</summary>
    public readonly bool Fits(Demand demand) => demand.Gpus <= Whole && (demand.Shares == 0 || HasShares(demand.ShareParts, demand.Shares));

    /// <summary>Chooses and takes the GPUs of a demand that fits: the lowest wholly free ones, or shares.</summary>
    /// <param name="demand">The demand.</param>
    /// <param name="held">Where it is noted how many parts each GPU gave.</param>
    public void Take(Demand demand, Span<ushort> held)
    {
        for (int share = 0; share < demand.Shares; share++)
        {
            Take(Smallest(demand.ShareParts), demand.ShareParts, held);
        }

        int missing = demand.Gpus;
        for (int gpu = 0; missing > 0; gpu++)
        {
            if (Free[gpu] == Demand.WholeGpu)
            {
                Take(gpu, Demand.WholeGpu, held);
                missing--;
            }
        }
    }

    /// <summary>Takes what a job holds in another ledger of the same node.</summary>
    public void TakeSame(ReadOnlySpan<ushort> held)
    {
        Span<ushort> free = FreeParts;
        for (int gpu = 0; gpu < free.Length; gpu++)
        {
            free[gpu] -= held[gpu];
        }
    }

    /// <summary>Gives back what a job holds.</summary>
    public void GiveBack(ReadOnlySpan<ushort> held)
    {
        Span<ushort> free = FreeParts;
        for (int gpu = 0; gpu < free.Length; gpu++)
        {
            free[gpu] += held[gpu];
        }
    }

    /// <summary>Becomes equal to another ledger without sharing its memory.</summary>
    public void CopyFrom(in GpuLedger other)
    {
        this = other;
        _many = other._many is null ? null : [.. other._many];
    }

    private readonly bool HasShares(int parts, int shares)
    {
        foreach (ushort free in Free)
        {
            shares -= free / parts;
        }

        return shares <= 0;
    }

    // Best fit: a share goes to the GPU with the least left that can still hold it, so that whole ones stay whole.
    private readonly int Smallest(int parts)
    {
        ReadOnlySpan<ushort> free = Free;
        int best = -1;
        for (int gpu = 0; gpu < free.Length; gpu++)
        {
            if (free[gpu] >= parts && (best < 0 || free[gpu] < free[best]))
            {
                best = gpu;
            }
        }

        return best;
    }

    private void Take(int gpu, int parts, Span<ushort> held)
    {
        FreeParts[gpu] -= (ushort)parts;
        held[gpu] += (ushort)parts;
    }

    [InlineArray(Few)]
    private struct FewGpus
    {
        private ushort _first;
    }
}
