using Balsam.Testing.Conformance.Model;

namespace Balsam.Testing.Conformance.Linear;

/// <summary>Looks for the orders in which a model answers every call as the store did, no call standing before one that had answered before it was made (Wing and Gong's search).</summary>
/// <remarks>Answers need not tell apart all orders: a release that met an end of its session leaves a running job with nobody or timed out, and answers the same. So all ends are found, and what comes next is to follow from one of them.</remarks>
internal sealed class Linearizer(IReadOnlyList<Operation> operations)
{
    /// <summary>So many operations can be searched: which of them are done is a word of bits.</summary>
    public const int Most = 128;

    private readonly HashSet<(UInt128 Done, string Model)> _seen = [];
    private readonly List<Operation> _order = [];
    private readonly List<StoreModel> _ends = [];

    /// <summary>The longest order that was found: all operations, or as far as a model can follow.</summary>
    public IReadOnlyList<Operation> Longest { get; private set; } = [];

    /// <summary>Searches.</summary>
    /// <param name="starts">The models that may be before the first operation; they are not changed.</param>
    /// <returns>The different models that may be after the last one; none when there is no such order.</returns>
    public IReadOnlyList<StoreModel> Explain(IEnumerable<StoreModel> starts)
    {
        foreach (StoreModel start in starts)
        {
            Explain(0, start, start.Describe());
        }

        return _ends;
    }

    private void Explain(UInt128 done, StoreModel model, string description)
    {
        if (!_seen.Add((done, description)))
        {
            return;
        }

        if (_order.Count > Longest.Count)
        {
            Longest = [.. _order];
        }

        if (_order.Count == operations.Count)
        {
            _ends.Add(model);
            return;
        }

        List<(int Place, StoreModel Model, string Description)> nexts = Nexts(done, model);

        // A read that answers as it should, and from which nothing more is known than before, may as well come now: whatever order has it later has it here too.
        int still = nexts.FindIndex(next => operations[next.Place].IsRead && next.Description == description);
        foreach ((int place, StoreModel next, string text) in still < 0 ? nexts : [nexts[still]])
        {
            _order.Add(operations[place]);
            Explain(done | (UInt128.One << place), next, text);
            _order.RemoveAt(_order.Count - 1);
        }
    }

    // Whoever is next was made before any of those that are left had answered.
    private List<(int Place, StoreModel Model, string Description)> Nexts(UInt128 done, StoreModel model)
    {
        int[] left = [.. Enumerable.Range(0, operations.Count).Where(place => (done & (UInt128.One << place)) == 0)];
        long firstAnswer = left.Min(place => operations[place].Answered);
        List<(int, StoreModel, string)> nexts = [];
        foreach (int place in left.Where(place => operations[place].Invoked < firstAnswer))
        {
            StoreModel next = model.Copy();
            next.BeginCommand();
            if (operations[place].Explains(next))
            {
                next.EndCommand();
                nexts.Add((place, next, next.Describe()));
            }
        }

        return nexts;
    }
}
