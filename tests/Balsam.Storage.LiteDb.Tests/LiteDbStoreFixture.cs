using Balsam.Testing.Conformance;
using Microsoft.Extensions.Time.Testing;

namespace Balsam.Storage.LiteDb.Tests;

internal sealed class LiteDbStoreFixture : StoreFixture
{
    private readonly FakeTimeProvider _time = new();
    private readonly SkewedTimeProvider _clock;
    private readonly string _directory = Directory.CreateTempSubdirectory("balsam-store-").FullName;
    private LiteDbJobStore _store;

    private LiteDbStoreFixture()
    {
        _clock = new SkewedTimeProvider(_time);
        _store = new LiteDbJobStore(StorePath, _clock);
    }

    public override IJobStore Store => _store;

    public override TimeProvider Time => _clock;

    public override bool IsDurable => true;

    public string StorePath => Path.Combine(_directory, "store.db");

    public static async Task<LiteDbStoreFixture> OpenAsync()
    {
        var fixture = new LiteDbStoreFixture();
        await fixture._store.OpenAsync(CancellationToken.None);
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
        _store = new LiteDbJobStore(StorePath, _clock);
        await _store.OpenAsync(CancellationToken.None);
    }

    public override async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
