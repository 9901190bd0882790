using Balsam.Launch.Packing;

namespace Balsam.Launch.Tests.Packing;

/// <summary>Runs a policy over virtual time: at every end of a job and every arrival the waiting jobs are packed.</summary>
internal sealed class PackingSimulation(IReadOnlyList<NodeSpec> nodes, IPackingPolicy? policy = null)
{
    private readonly PriorityQueue<Running, (double End, long Id)> _running = new();
    private readonly List<Running> _waiting = [];
    private readonly IPackingPolicy _policy = policy ?? new BackfillPolicy();

    public Inventory Inventory { get; } = new(nodes);

    public double Minute { get; private set; }

    public Dictionary<long, double> Starts { get; } = [];

    public List<string> Log { get; } = [];

    public int WaitingCount => _waiting.Count;

    /// <summary>The last of the ends, real or expected, of the jobs that run.</summary>
    public double LastEndOfRunning => _running.UnorderedItems.Select(static item => Math.Max(item.Element.End, item.Element.ExpectedEnd)).Append(Minute).Max();

    public void Submit(PackingCandidate candidate, double minutes) => _waiting.Add(new Running(candidate, minutes));

    /// <summary>Packs, checks what came out, and starts it.</summary>
    public PackingPlan Pack()
    {
        PackingPlan plan = _policy.Pack(Inventory, [.. _waiting.Select(static w => w.Candidate)], Make.Noon.AddMinutes(Minute), null);
        Assert.That(plan.Placed.Count + plan.Waiting.Count, Is.EqualTo(_waiting.Count));
        var placed = plan.Placed.ToDictionary(static p => p.Candidate.Id, static p => p.Allocation);
        foreach (Running job in _waiting.Where(w => placed.ContainsKey(w.Candidate.Id)).ToArray())
        {
            job.Allocation = placed[job.Candidate.Id];
            job.End = Minute + job.Minutes;
            job.ExpectedEnd = job.Candidate.Resources.WallTime is { } wallTime ? Minute + wallTime.TotalMinutes : 0;
            _running.Enqueue(job, (job.End, job.Candidate.Id));
            _waiting.Remove(job);
            Starts.Add(job.Candidate.Id, Minute);
            Log.Add($"{Minute:R} {job.Candidate.Id} {NaiveInventory.Text(job.Allocation.Placement)}");
        }

        return plan;
    }

    /// <summary>Goes on to the next end of a job.</summary>
    public bool Advance()
    {
        if (!_running.TryDequeue(out Running? job, out _))
        {
            return false;
        }

        Minute = job.End;
        Inventory.Release(job.Allocation);
        return true;
    }

    /// <summary>Adds up what the running jobs hold from their placements, and checks it against the nodes.</summary>
    public void CheckCapacity()
    {
        foreach (NodeSpec node in nodes)
        {
            var here = _running.UnorderedItems
                .Select(item => (item.Element.Candidate.Resources, Share: item.Element.Allocation.Placement.Shares.FirstOrDefault(s => s.Node == node.Name)))
                .Where(static job => job.Share is not null).ToArray();
            var cores = here.SelectMany(static job => job.Share!.CoreIds).ToArray();
            Assert.That(cores, Is.Unique);
            Assert.That(cores, Is.SubsetOf(node.CoreIds));
            Assert.That(here.All(static job => job.Share!.CoreIds.Length >= job.Resources.CoresPerNode), Is.True);
            Assert.That(here.Where(static job => job.Resources.Nodes == 1).Sum(static job => job.Resources.GpusPerNode.Parts),
                Is.LessThanOrEqualTo(node.GpuIds.Length * ResourceAmount.PartsPerUnit));
            string[] wholeGpus = [.. here.Where(static job => job.Resources.GpusPerRank.FractionParts == 0).SelectMany(static job => job.Share!.GpuIds)];
            Assert.That(wholeGpus, Is.Unique);
            Assert.That(wholeGpus.Intersect(here.Where(static job => job.Resources.GpusPerRank.FractionParts > 0 && job.Resources.Nodes == 1).SelectMany(static job => job.Share!.GpuIds)), Is.Empty);
            Assert.That(node.Memory.Bytes == 0 || here.Sum(static job => job.Resources.MemoryPerNode.Bytes) <= node.Memory.Bytes, Is.True);
            foreach ((string name, ResourceAmount amount) in node.Custom)
            {
                Assert.That(here.Sum(job => job.Resources.Custom.GetValueOrDefault(name).Parts), Is.LessThanOrEqualTo(amount.Parts));
            }

            bool alone = here.Any(static job => job.Resources.Nodes > 1 || job.Resources.PackingCount == 1);
            Assert.That(!alone || here.Length == 1, Is.True, "a job that has its node alone has no company");
            Assert.That(here.Where(static job => job.Resources.Nodes == 1 && job.Resources.PackingCount is not null)
                .Sum(static job => (1L << 30) / job.Resources.PackingCount!.Value), Is.LessThanOrEqualTo(1L << 30));
        }
    }

    private sealed class Running(PackingCandidate candidate, double minutes)
    {
        public PackingCandidate Candidate => candidate;

        public double Minutes => minutes;

        public Allocation Allocation { get; set; }

        public double End { get; set; }

        public double ExpectedEnd { get; set; }
    }
}
