using Balsam.Testing.Conformance.Model;

namespace Balsam.Testing.Conformance.Linear;

/// <summary>Looks for an order in which the model answers every call as the store did, no call standing before one that had answered before it was made (Wing and Gong's search).</summary>
internal sealed class Linearizer(IReadOnlyList<Operation> operations)
{
    /// <summary>So many operations can be searched: which of them are done is a word of bits.</summary>
    public const int Most = 128;

    private readonly HashSet<(UInt128 Done, string Model)> _deadEnds = [];
    private readonly List<Operation> _order = [];

    /// <summary>The longest order that was found: all operations, or as far as the model can follow.</summary>
    public IReadOnlyList<Operation> Longest { get; private set; } = [];

    /// <summary>Searches.</summary>
    /// <param name="start">The model before the first operation; it is not changed.</param>
    /// <returns>The model after the last one; null when there is no such order.</returns>
    public StoreModel? Explain(StoreModel start) => Explain(0, start);

    private StoreModel? Explain(UInt128 done, StoreModel model)
    {
        if (_order.Count > Longest.Count)
        {
            Longest = [.. _order];
        }

        if (_order.Count == operations.Count)
        {
            return model;
        }

        if (!_deadEnds.Add((done, model.Describe())))
        {
            return null;
        }

        // Whoever is next was made before any of those that are left had answered.
        long firstAnswer = Left(done).Min(place => operations[place].Answered);
        foreach (int place in Left(done).Where(place => operations[place].Invoked < firstAnswer))
        {
            StoreModel next = model.Copy();
            next.BeginCommand();
            if (!operations[place].Explains(next))
            {
                continue;
            }

            next.EndCommand();
            _order.Add(operations[place]);
            if (Explain(done | (UInt128.One << place), next) is { } end)
            {
                return end;
            }

            _order.RemoveAt(_order.Count - 1);
        }

        return null;
    }

    private IEnumerable<int> Left(UInt128 done) => Enumerable.Range(0, operations.Count).Where(place => (done & (UInt128.One << place)) == 0);
}
