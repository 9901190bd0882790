using Balsam.Storage;
using Balsam.Testing.Conformance;
using Microsoft.Extensions.Time.Testing;

namespace Balsam.Testing.Tests;

internal sealed class InMemoryStoreFixture : StoreFixture
{
    private readonly FakeTimeProvider _time = new();
    private readonly SkewedTimeProvider _clock;

    private InMemoryStoreFixture()
    {
        _clock = new SkewedTimeProvider(_time);
        Store = new InMemoryJobStore(_clock);
    }

    public override IJobStore Store { get; }

    public override TimeProvider Time => _clock;

    public static async Task<InMemoryStoreFixture> OpenAsync()
    {
        var fixture = new InMemoryStoreFixture();
        await fixture.Store.OpenAsync(CancellationToken.None);
        return fixture;
    }

    public override void Advance(TimeSpan by) => _time.Advance(by);

    public override bool TryJumpWallClock(TimeSpan by)
    {
        _clock.Skew += by;
        return true;
    }

    public override ValueTask DisposeAsync() => Store.DisposeAsync();
}
