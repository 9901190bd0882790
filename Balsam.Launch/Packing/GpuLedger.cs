namespace Balsam.Launch.Packing;

/// <summary>What is free on the GPUs of one node, in parts of each GPU.</summary>
internal struct GpuLedger
{
    private int[] _free;

    public GpuLedger(int count)
    {
        _free = new int[count];
        Array.Fill(_free, Demand.WholeGpu);
        Whole = count;
    }

    /// <summary>The free parts of each GPU.</summary>
    public readonly ReadOnlySpan<int> Free => _free;

    /// <summary>How many GPUs are wholly free.</summary>
    public int Whole { get; private set; }

    /// <summary>The free parts of all GPUs together.</summary>
    public readonly long Parts
    {
        get
        {
            long sum = 0;
            foreach (int free in _free)
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
            foreach (int free in _free)
            {
                largest = Math.Max(largest, free);
            }

            return largest;
        }
    }

    /// <summary>Whether the GPUs of a demand are there.</summary>
    public readonly bool Fits(Demand demand) => demand.Gpus <= Whole && (demand.Shares == 0 || HasShares(demand.ShareParts, demand.Shares));

    /// <summary>Chooses and takes the GPUs of a demand that fits: the lowest wholly free ones, or shares.</summary>
    public void Take(Demand demand, ref RunningJob job)
    {
        if (demand.Shares > 0)
        {
            TakeShares(demand, ref job);
            return;
        }

        job.GpuParts = Demand.WholeGpu;
        int missing = demand.Gpus;
        for (int gpu = 0; missing > 0; gpu++)
        {
            if (_free[gpu] == Demand.WholeGpu)
            {
                Change(gpu, -Demand.WholeGpu);
                job.Gpus.Add(gpu);
                missing--;
            }
        }
    }

    /// <summary>Gives back (sign 1) or takes again (sign -1) the GPUs that a job holds.</summary>
    public void Change(in RunningJob job, int sign)
    {
        for (int gpu = job.Gpus.Next(0); gpu >= 0; gpu = job.Gpus.Next(gpu + 1))
        {
            Change(gpu, sign * job.GpuParts * (job.Extra is { } shares ? shares[gpu] : 1));
        }
    }

    /// <summary>Becomes equal to another ledger without sharing its memory.</summary>
    public void CopyFrom(in GpuLedger other)
    {
        if (_free.Length != other._free.Length)
        {
            _free = new int[other._free.Length];
        }

        other._free.CopyTo(_free, 0);
        Whole = other.Whole;
    }

    private readonly bool HasShares(int parts, int shares)
    {
        foreach (int free in _free)
        {
            shares -= free / parts;
        }

        return shares <= 0;
    }

    // Best fit: a share goes to the GPU with the least left that can still hold it, so that whole ones stay whole.
    private void TakeShares(Demand demand, ref RunningJob job)
    {
        job.GpuParts = (ushort)demand.ShareParts;
        job.Extra = demand.Shares > 1 ? new int[_free.Length] : null;
        for (int share = 0; share < demand.Shares; share++)
        {
            int best = -1;
            for (int gpu = 0; gpu < _free.Length; gpu++)
            {
                if (_free[gpu] >= demand.ShareParts && (best < 0 || _free[gpu] < _free[best]))
                {
                    best = gpu;
                }
            }

            Change(best, -demand.ShareParts);
            job.Gpus.Add(best);
            if (job.Extra is { } shares)
            {
                shares[best]++;
            }
        }
    }

    private void Change(int gpu, int parts)
    {
        Whole -= _free[gpu] == Demand.WholeGpu ? 1 : 0;
        _free[gpu] += parts;
        Whole += _free[gpu] == Demand.WholeGpu ? 1 : 0;
    }
}
