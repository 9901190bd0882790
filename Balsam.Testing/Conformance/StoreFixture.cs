using Balsam.Storage;

namespace Balsam.Testing.Conformance;

/// <summary>A fresh, open store on a clock that the cases drive. Each store's tests derive one; the suite knows no test framework and no fake clock.</summary>
/// <example><code>
/// internal sealed class InMemoryStoreFixture : StoreFixture
/// {
///     private readonly FakeTimeProvider _time = new();
///     public override IJobStore Store { get; } …
///     public override TimeProvider Time => _time;
///     public override void Advance(TimeSpan by) => _time.Advance(by);
/// }
/// </code></example>
public abstract class StoreFixture : IAsyncDisposable
{
    /// <summary>The store, open and, at the start of a case, empty. After <see cref="ReopenAsync"/> it may be another object.</summary>
    public abstract IJobStore Store { get; }

    /// <summary>The clock that the store was given.</summary>
    public abstract TimeProvider Time { get; }

    /// <summary>Whether what the store acknowledged is there after <see cref="ReopenAsync"/>.</summary>
    /// <value>Default: false.</value>
    public virtual bool IsDurable => false;

    /// <summary>Lets time pass, on the wall clock and on the monotonic one.</summary>
    /// <param name="by">How much.</param>
    public abstract void Advance(TimeSpan by);

    /// <summary>Makes the wall clock jump while no time passes, as when an administrator sets it.</summary>
    /// <param name="by">How far; negative for back.</param>
    /// <returns>Whether the clock can do that; the case that asks is then passed over.</returns>
    public virtual bool TryJumpWallClock(TimeSpan by) => false;

    /// <summary>Disposes the store and opens another one on the same data. Only called when <see cref="IsDurable"/>.</summary>
    /// <returns>A task that ends when the store is open again.</returns>
    public virtual Task ReopenAsync() => throw new NotSupportedException("This store keeps nothing once it is closed.");

    /// <summary>Disposes the store and removes its data.</summary>
    /// <returns>A task that ends when nothing is left.</returns>
    public abstract ValueTask DisposeAsync();
}
