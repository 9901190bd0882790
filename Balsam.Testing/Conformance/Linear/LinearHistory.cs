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

    /// <summary>Makes a call that only reads, and notes what came of it.</summary>
    /// <param name="caller">Who makes it.</param>
    /// <param name="call">The call in words.</param>
    /// <param name="make">Makes it.</param>
    /// <param name="explain">Whether a model is as it was read; several things when they need not have been so at one instant.</param>
    /// <returns>The answer.</returns>
    public async Task<T> ReadAsync<T>(int caller, string call, Func<Task<T>> make, Func<T, IEnumerable<(string Answer, Func<StoreModel, bool> Explains)>> explain) =>
        (await MakeAsync(caller, call, true, make, (answer, _) => explain(answer!)))!;

    /// <summary>Makes a call and notes what came of it.</summary>
    /// <param name="caller">Who makes it.</param>
    /// <param name="call">The call in words.</param>
    /// <param name="make">Makes it.</param>
    /// <param name="explain">What a model does for this answer, or for this refusal.</param>
    /// <returns>The answer; the default value when the call was refused.</returns>
    public Task<T?> MakeAsync<T>(int caller, string call, Func<Task<T>> make, Func<T?, BalsamException?, IEnumerable<(string Answer, Func<StoreModel, bool> Explains)>> explain) =>
        MakeAsync(caller, call, false, make, explain);

    private async Task<T?> MakeAsync<T>(int caller, string call, bool isRead, Func<Task<T>> make, Func<T?, BalsamException?, IEnumerable<(string Answer, Func<StoreModel, bool> Explains)>> explain)
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
            _operations.AddRange(explain(answer, refusal).Select(part => new Operation(caller, invoked, answered, $"{call} → {part.Answer}", isRead, part.Explains)));
        }

        return answer;
    }
}
