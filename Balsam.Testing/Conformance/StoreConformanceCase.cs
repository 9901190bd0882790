namespace Balsam.Testing.Conformance;

/// <summary>One promise of the store contract, and how to see whether a store keeps it.</summary>
public sealed class StoreConformanceCase
{
    // Far above what a case takes on a slow disk: a case that waits for something that never comes says so instead of hanging the run.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Func<StoreConformanceContext, Task> _run;

    /// <summary>Makes a case.</summary>
    /// <param name="name">Its name, which reads as a rule.</param>
    /// <param name="promise">What the store promises, in a sentence.</param>
    /// <param name="run">The steps; they throw <see cref="ConformanceException"/> when the promise is broken.</param>
    /// <param name="needsDurability">Whether the case opens the store again and needs its data to be there.</param>
    public StoreConformanceCase(string name, string promise, Func<StoreConformanceContext, Task> run, bool needsDurability = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(promise);
        ArgumentNullException.ThrowIfNull(run);
        Name = name;
        Promise = promise;
        NeedsDurability = needsDurability;
        _run = run;
    }

    /// <summary>The name, which reads as a rule.</summary>
    public string Name { get; }

    /// <summary>What the store promises.</summary>
    public string Promise { get; }

    /// <summary>Whether the case opens the store again and needs its data to be there.</summary>
    public bool NeedsDurability { get; }

    /// <summary>Runs the case.</summary>
    /// <param name="fixture">A fresh, open, empty store of its own.</param>
    /// <returns>A task that ends when the promise was seen to be kept.</returns>
    /// <exception cref="ConformanceException">The promise is broken.</exception>
    public async Task RunAsync(StoreFixture fixture)
    {
        ArgumentNullException.ThrowIfNull(fixture);
        if (NeedsDurability && !fixture.IsDurable)
        {
            throw new ConformanceException($"{Name} needs a store that keeps its data; run StoreConformance.VolatileCases for this one.");
        }

        try
        {
            await _run(new StoreConformanceContext(fixture)).WaitAsync(Patience, TimeProvider.System).ConfigureAwait(false);
        }
        catch (ConformanceException exception)
        {
            throw new ConformanceException($"{fixture.Store.Description}, {Name}: {Promise}\n  {exception.Message}", exception.InnerException);
        }
        catch (TimeoutException exception)
        {
            throw new ConformanceException($"{fixture.Store.Description}, {Name}: {Promise}\n  The case did not end within {Patience}.", exception);
        }
    }

    /// <summary>Writes the name, so that test runners show it.</summary>
    /// <returns><see cref="Name"/>.</returns>
    public override string ToString() => Name;
}
