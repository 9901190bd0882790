using Balsam.Testing.Conformance.Model;

namespace Balsam.Testing.Conformance.Linear;

/// <summary>What several callers did at once, with the order of calls and answers.</summary>
internal sealed class LinearHistory
{
    private readonly Lock _gate = new();
    private readonly List<Operation> _operations = [];
    private long _clock;

    public IReadOnlyList<Operation> Operations
    {
        get
        {
            lock (_gate)
            {
                return [.. _operations.OrderBy(operation => operation.Invoked)];
            }
        }
    }

    /// <summary>Makes a call and notes what came of it.</summary>
    /// <param name="caller">Who makes it.</param>
    /// <param name="call">The call in words.</param>
    /// <param name="make">Makes it.</param>
    /// <param name="explain">What a model does for this answer, or for this refusal; several things when the answer need not have come about at one instant.</param>
    /// <returns>The answer; the default value when the call was refused.</returns>
    public async Task<T?> MakeAsync<T>(int caller, string call, Func<Task<T>> make, Func<T?, BalsamException?, IEnumerable<(string Answer, Func<StoreModel, bool> Explains)>> explain)
    {
        long invoked = Interlocked.Increment(ref _clock);
        T? answer = default;
        BalsamException? refusal = null;
        try
        {
            answer = await make();
        }
        catch (BalsamException exception) when (exception is not StoreException)
        {
            refusal = exception;
        }

        long answered = Interlocked.Increment(ref _clock);
        lock (_gate)
        {
            _operations.AddRange(explain(answer, refusal).Select(part => new Operation(caller, invoked, answered, $"{call} → {part.Answer}", part.Explains)));
        }

        return answer;
    }
}
