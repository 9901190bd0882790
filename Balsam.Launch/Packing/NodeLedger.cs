using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Balsam.Launch.Packing;

/// <summary>What is free on one node, and which jobs are on it.</summary>
internal sealed class NodeLedger
{
    private readonly CustomNames _names;
    private int[] _coreIds;
    private readonly long[] _customCapacity;
    private readonly long[] _custom;
    private bool _countsMemory;
    private GpuLedger _gpus;
    private IdSet _freeCores;

    /// <summary>Makes the ledger of a wholly free node.</summary>
    public NodeLedger(NodeSpec spec, CustomNames names)
    {
        Spec = spec;
        _names = names;
        _coreIds = [.. spec.CoreIds];
        Array.Sort(_coreIds);
        _freeCores = IdSet.Below(_coreIds.Length);
        Cores = _coreIds.Length;
        _gpus = new GpuLedger(spec.GpuIds.Length);
        _countsMemory = spec.Memory.Bytes > 0;
        Memory = MemoryCapacity;
        _customCapacity = names.CapacityOf(spec);
        _custom = [.. _customCapacity];
    }

    public NodeSpec Spec { get; private set; }

    /// <summary>The bytes of the empty node; <see cref="long.MaxValue"/> when memory is not counted on it.</summary>
    public long MemoryCapacity => Spec.Memory.Bytes > 0 ? Spec.Memory.Bytes : long.MaxValue;

    /// <summary>The free cores.</summary>
    public int Cores { get; private set; }

    /// <summary>The free GPUs.</summary>
    public ref readonly GpuLedger Gpus => ref _gpus;

    /// <summary>The free bytes; <see cref="long.MaxValue"/> when memory is not counted on this node.</summary>
    public long Memory { get; private set; }

    /// <summary>What packing counts have left of <see cref="Demand.WholeOccupancy"/>.</summary>
    public int Occupancy { get; private set; } = Demand.WholeOccupancy;

    /// <summary>The free parts of the custom resources.</summary>
    public ReadOnlySpan<long> Custom => _custom;

    /// <summary>Whether one job has the node for itself.</summary>
    public bool IsTakenAlone { get; private set; }

    /// <summary>The entry of the latest job here, -1 without one; from each the chain goes on to an earlier one.</summary>
    public int LatestJob { get; private set; } = -1;

    /// <summary>How many jobs are here.</summary>
    public int JobCount { get; private set; }

    /// <summary>Whether one node's part of a demand fits beside what runs here.</summary>
    public bool Fits(Demand demand) =>
        !IsTakenAlone && demand.Cores <= Cores && demand.Memory <= Memory && demand.Occupancy <= Occupancy
        && !(demand.IsAlone && JobCount > 0)
        && (!demand.WantsGpus || _gpus.Fits(demand))
        && (demand.Custom.Length == 0 || _names.Suffice(_custom, demand));

    /// <summary>Whether one node's part of a demand fits when nothing runs here.</summary>
    public bool FitsWhenEmpty(Demand demand) =>
        demand.Cores <= _coreIds.Length && demand.Gpus <= Spec.GpuIds.Length && demand.Memory <= MemoryCapacity
        && (demand.Shares == 0 || (long)(Demand.WholeGpu / demand.ShareParts) * Spec.GpuIds.Length >= demand.Shares)
        && _names.Suffice(_customCapacity, demand);

    /// <summary>Chooses cores (the lowest) and GPUs for a job that fits, and takes them with all else it asks.</summary>
    public void Take(Demand demand, ref RunningJob job, Span<ushort> gpus)
    {
        job.Memory = demand.Memory;
        job.Occupancy = demand.Occupancy;
        job.IsAlone = demand.IsAlone;
        job.Custom = demand.Custom.Length == 0 ? null : demand.Custom;
        job.Cores = _freeCores.TakeLowest(demand.Cores);
        if (demand.WantsGpus)
        {
            job.HoldsGpus = true;
            _gpus.Take(demand, gpus);
        }

        ChangeAmounts(job, -1);
    }

    /// <summary>Takes what a job holds in another ledger of the same node.</summary>
    public void TakeSame(in RunningJob job, ReadOnlySpan<ushort> gpus)
    {
        _freeCores.ExceptWith(job.Cores);
        if (job.HoldsGpus)
        {
            _gpus.TakeSame(gpus);
        }

        ChangeAmounts(job, -1);
    }

    /// <summary>Gives back all that a single-node job holds.</summary>
    public void GiveBack(in RunningJob job, ReadOnlySpan<ushort> gpus)
    {
        _freeCores.UnionWith(job.Cores);
        if (job.HoldsGpus)
        {
            _gpus.GiveBack(gpus);
        }

        ChangeAmounts(job, 1);
    }

    /// <summary>Takes the empty node for a job on several nodes, which gets all of each.</summary>
    public void TakeAll()
    {
        Cores = 0;
        IsTakenAlone = true;
    }

    /// <summary>Gives back what a job holds here, be it on one node or on several.</summary>
    public void GiveBackAny(in RunningJob job, ReadOnlySpan<ushort> gpus)
    {
        if (job.Nodes is not null)
        {
            GiveBackAll();
        }
        else
        {
            GiveBack(job, gpus);
        }
    }

    /// <summary>Gives back the node of a job on several nodes.</summary>
    public void GiveBackAll()
    {
        Cores = _coreIds.Length;
        IsTakenAlone = false;
    }

    /// <summary>Enters a job into the chain.</summary>
    public void AddJob(int entry, RunningJobs jobs)
    {
        jobs.Link(entry, LatestJob);
        LatestJob = entry;
        JobCount++;
    }

    /// <summary>Takes a job out of the chain.</summary>
    public void RemoveJob(int entry, RunningJobs jobs)
    {
        LatestJob = LatestJob == entry ? jobs[entry].Earlier : LatestJob;
        jobs.Unlink(entry);
        JobCount--;
    }

    /// <summary>Becomes the ledger of the same node with the same amounts free; the chain of jobs is not copied.</summary>
    public void CopyFreeFrom(NodeLedger other)
    {
        Spec = other.Spec;
        _coreIds = other._coreIds;
        _countsMemory = other._countsMemory;
        _freeCores.CopyFrom(other._freeCores);
        _gpus.CopyFrom(other._gpus);
        Cores = other.Cores;
        Memory = other.Memory;
        Occupancy = other.Occupancy;
        IsTakenAlone = other.IsTakenAlone;
        other._custom.CopyTo(_custom, 0);
    }

    /// <summary>The share of a job on several nodes, with the ids that the node gives to cores and GPUs.</summary>
    public NodeShare WholeShare() => new(Spec.Name, [.. _coreIds], Spec.GpuIds);

    /// <summary>The share of a job on this node alone, likewise.</summary>
    public NodeShare ShareOf(in RunningJob job, ReadOnlySpan<ushort> gpus)
    {
        ImmutableArray<string>.Builder ids = ImmutableArray.CreateBuilder<string>();
        for (int gpu = 0; gpu < Spec.GpuIds.Length; gpu++)
        {
            if (gpus[gpu] > 0)
            {
                ids.Add(Spec.GpuIds[gpu]);
            }
        }

        return new NodeShare(Spec.Name, ImmutableCollectionsMarshal.AsImmutableArray(job.Cores.Select(_coreIds)), ids.DrainToImmutable());
    }

    private void ChangeAmounts(in RunningJob job, int sign)
    {
        Cores += sign * job.Cores.Count;
        Occupancy += sign * job.Occupancy;
        if (_countsMemory)
        {
            Memory += sign * job.Memory;
        }

        foreach (CustomDemand asked in job.Custom ?? [])
        {
            _custom[_names.PositionOf(asked.Name)] += sign * asked.Parts;
        }

        if (job.IsAlone)
        {
            IsTakenAlone = sign < 0;
        }
    }
}
