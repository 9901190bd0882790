using System.Collections.Frozen;

namespace Balsam.Launch.Packing;

/// <summary>The names of the custom resources that the nodes of an inventory offer, and their positions in its arrays.</summary>
internal sealed class CustomNames
{
    private readonly FrozenDictionary<string, int> _positions;

    public CustomNames(IEnumerable<NodeSpec> nodes)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (NodeSpec node in nodes)
        {
            names.UnionWith(node.Custom.Keys);
        }

        All = [.. names];
        _positions = All.Index().ToFrozenDictionary(static entry => entry.Item, static entry => entry.Index, StringComparer.Ordinal);
    }

    public string[] All { get; }

    /// <summary>The position of a name, or -1 when no node offers it.</summary>
    public int PositionOf(string name) => _positions.TryGetValue(name, out int position) ? position : -1;

    /// <summary>What a node offers of each name, in parts.</summary>
    public long[] CapacityOf(NodeSpec node) =>
        [.. All.Select(name => node.Custom.TryGetValue(name, out ResourceAmount amount) ? amount.Parts : 0)];

    /// <summary>Whether amounts of a node suffice for the custom part of a demand.</summary>
    public bool Suffice(ReadOnlySpan<long> amounts, Demand demand)
    {
        foreach (CustomDemand asked in demand.Custom)
        {
            int position = PositionOf(asked.Name);
            if (position < 0 || asked.Parts > amounts[position])
            {
                return false;
            }
        }

        return true;
    }
}
