using System.Globalization;

namespace Balsam.Launch.Tests.Packing;

/// <summary>The rules of placing written down once more, as plainly as possible: first fit by looking at every node.</summary>
internal sealed class NaiveInventory(IReadOnlyList<NodeSpec> specs)
{
    private readonly List<Node> _nodes = [.. specs.Select(static spec => new Node(spec))];

    public Held? TryPlace(JobResources resources)
    {
        var chosen = _nodes.Where(node => node.Fits(resources)).Take(resources.Nodes).ToList();
        return chosen.Count < resources.Nodes ? null : new Held(resources, [.. chosen.Select(node => node.Take(resources))]);
    }

    /// <summary>The names of the nodes that hold one node's part of a request now.</summary>
    public string[] Holding(JobResources resources) => [.. _nodes.Where(node => node.Fits(resources)).Select(static node => node.Spec.Name)];

    /// <summary>Places a job on nodes of somebody else's choice; null when one of them does not hold it.</summary>
    public Held? TryPlaceOn(IEnumerable<string> names, JobResources resources)
    {
        Node[] chosen = [.. names.Select(name => _nodes.Single(node => node.Spec.Name == name))];
        return chosen.Length == resources.Nodes && chosen.All(node => node.Fits(resources)) ? new Held(resources, [.. chosen.Select(node => node.Take(resources))]) : null;
    }

    public static void Release(Held held)
    {
        foreach (Share share in held.Shares)
        {
            share.Node.Held.Remove(share);
        }
    }

    /// <summary>Puts a job back to the very cores and GPUs that it had.</summary>
    public static void Restore(Held held)
    {
        foreach (Share share in held.Shares)
        {
            share.Node.Held.Add(share);
        }
    }

    public sealed record Held(JobResources Resources, Share[] Shares)
    {
        public override string ToString() => string.Join(" | ", Shares.Select(static s =>
            $"{s.Node.Spec.Name} c{string.Join(',', s.Cores)} g{string.Join(',', s.Gpus.Keys.Order())}"));
    }

    public sealed record Share(Node Node, JobResources Resources, List<int> Cores, Dictionary<int, long> Gpus);

    public sealed class Node(NodeSpec spec)
    {
        public NodeSpec Spec => spec;

        public List<Share> Held { get; } = [];

        public bool Fits(JobResources asked)
        {
            bool alone = asked.Nodes > 1 || asked.PackingCount == 1;
            if ((alone && Held.Count > 0) || Held.Any(static h => h.Resources.Nodes > 1 || h.Resources.PackingCount == 1))
            {
                return false;
            }

            return FreeCores().Count >= asked.CoresPerNode && ChooseGpus(asked) is not null
                && (spec.Memory.Bytes == 0 || Held.Sum(static h => h.Resources.MemoryPerNode.Bytes) + asked.MemoryPerNode.Bytes <= spec.Memory.Bytes)
                && Held.Sum(static h => Occupancy(h.Resources)) + Occupancy(asked) <= 1 << 30
                && asked.Custom.All(c => Held.Sum(h => h.Resources.Custom.GetValueOrDefault(c.Key).Parts) + c.Value.Parts <= spec.Custom.GetValueOrDefault(c.Key).Parts);
        }

        public Share Take(JobResources asked)
        {
            Share share = asked.Nodes > 1
                ? new(this, asked, [.. spec.CoreIds], Enumerable.Range(0, spec.GpuIds.Length).ToDictionary(static g => g, static _ => ResourceAmount.PartsPerUnit))
                : new(this, asked, [.. FreeCores().Take(asked.CoresPerNode)], ChooseGpus(asked)!);
            Held.Add(share);
            return share;
        }

        private static long Occupancy(JobResources asked) => asked.Nodes > 1 || asked.PackingCount is not { } count ? 0 : (1L << 30) / count;

        private List<int> FreeCores() => [.. spec.CoreIds.Except(Held.SelectMany(static h => h.Cores)).Order()];

        private Dictionary<int, long>? ChooseGpus(JobResources asked)
        {
            var free = Enumerable.Range(0, spec.GpuIds.Length)
                .ToDictionary(static g => g, g => ResourceAmount.PartsPerUnit - Held.Sum(h => h.Gpus.GetValueOrDefault(g)));
            var chosen = new Dictionary<int, long>();
            bool whole = asked.GpusPerRank.FractionParts == 0;
            long wanted = whole ? asked.GpusPerNode.WholeUnits : asked.RanksPerNode;
            long parts = whole ? ResourceAmount.PartsPerUnit : asked.GpusPerRank.FractionParts;
            for (; wanted > 0; wanted--)
            {
                int[] able = [.. free.Where(f => f.Value >= parts).OrderBy(static f => f.Value).ThenBy(static f => f.Key).Select(static f => f.Key)];
                if (able.Length == 0)
                {
                    return null;
                }

                free[able[0]] -= parts;
                chosen[able[0]] = chosen.GetValueOrDefault(able[0]) + parts;
            }

            return chosen;
        }
    }

    public static string Text(Placement placement) => string.Join(" | ", placement.Shares.Select(static s =>
        $"{s.Node} c{string.Join(',', s.CoreIds)} g{string.Join(',', s.GpuIds.Select(static g => int.Parse(g, CultureInfo.InvariantCulture)).Order())}"));
}
