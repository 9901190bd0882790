namespace Balsam.Launch.Tests.Engine;

/// <summary>Closing a store does not wait for ever for a disk that hangs, so that a process can end.</summary>
public sealed class StoreCloseTests
{
    [Test]
    public async Task Dispose_WriteHangs_SaysSoAndRefusesWhatComesLater()
    {
        var store = new FragileStore(TimeProvider.System) { Patience = TimeSpan.FromMilliseconds(50) };
        await store.OpenAsync(default);
        using var disk = new ManualResetEventSlim();
        var begun = new TaskCompletionSource();
        store.BeforeWrite = () =>
        {
            begun.TrySetResult();
            disk.Wait();
        };
        Task<LauncherSession> hung = store.OpenSessionAsync(new SessionRequest { Site = "local", Host = "h", ProcessId = 1 }, default);
        await EngineHarness.Soon(begun.Task, "the write");
        StoreException? left = await Assert.ThrowsAsync<StoreException>(() => EngineHarness.Soon(store.DisposeAsync().AsTask(), "the close"));
        Assert.That(left!.Message, Does.StartWith("The store (fragile store) was left open: a write has not come back within 0.05 seconds."));
        StoreException? refused = await Assert.ThrowsAsync<StoreException>(() => store.CountAsync(JobFilter.All, default));
        Assert.That(refused!.Message, Is.EqualTo("The store (fragile store) was closed."));
        disk.Set();
        await EngineHarness.Soon(hung, "the write, when the disk answers after all");
    }
}
