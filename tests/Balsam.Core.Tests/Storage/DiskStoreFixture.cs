using Balsam.Storage;
using Balsam.Testing.Conformance;
using Microsoft.Extensions.Time.Testing;

namespace Balsam.Core.Tests.Storage;

internal sealed class DiskStoreFixture : StoreFixture
{
    private readonly FakeTimeProvider _time = new();
    private readonly SkewedTimeProvider _clock;
    private DiskStore _store;

    private DiskStoreFixture()
    {
        _clock = new SkewedTimeProvider(_time);
        _store = new DiskStore(Disk, _clock);
    }

    public Disk Disk { get; } = new();

    public override IJobStore Store => _store;

    public override TimeProvider Time => _clock;

    public override bool IsDurable => true;

    public static async Task<DiskStoreFixture> OpenAsync()
    {
        var fixture = new DiskStoreFixture();
        await fixture.Store.OpenAsync(CancellationToken.None);
        return fixture;
    }

    public override void Advance(TimeSpan by) => _time.Advance(by);

    public override bool TryJumpWallClock(TimeSpan by)
    {
        _clock.Skew += by;
        return true;
    }

    public override async Task ReopenAsync()
    {
        await _store.DisposeAsync();
        _store = new DiskStore(Disk, _clock);
        await _store.OpenAsync(CancellationToken.None);
    }

    public override ValueTask DisposeAsync() => _store.DisposeAsync();
}
