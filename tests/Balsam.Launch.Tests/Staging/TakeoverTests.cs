using Balsam.Launch.Tests.Engine;
using Balsam.Testing;

namespace Balsam.Launch.Tests.Staging;

/// <summary>Two launchers on one store: one takes over what the other was moving.</summary>
[Platform("Linux")]
public sealed class TakeoverTests
{
    [Test]
    public async Task Item_ActiveOfALauncherThatIsNoMore_IsMovedAgain()
    {
        var silent = new FakeTransferProvider("fake") { HeedsCancellation = false };
        await using EngineHarness first = await StagingSite.StartAsync(StoreKind.InMemory, silent);
        Job job = await first.SubmitAsync(StagingSite.Fetch("x", "depot:/a"));
        FakeTransferBatch lost = await silent.NextBatchAsync();
        first.Faults.IsDeaf = true;
        LauncherSession session = (await first.Store.ListSessionsAsync(default)).Single();
        await first.Store.CloseSessionAsync(session.Token, default);
        Assert.That((await first.GetAsync(job)).ItemOf("in1").State, Is.EqualTo(TransferState.Active));
        var provider = new FakeTransferProvider("fake") { OnBegin = batch => batch.ArriveAll() };
        await using EngineHarness second = await StagingSite.StartAsync(StoreKind.InMemory, provider, configure: setup =>
        {
            setup.Beside = first;
            setup.Behaviour = first.Behaviour;
        });
        Job ended = await second.EndAsync(job);
        Assert.That((ended.State, ended.ItemOf("in1").Attempts), Is.EqualTo((JobState.JobFinished, 1)));

        // The first one's word comes late, and counts for nothing.
        lost.ArriveAll();
        await second.StopAsync();
        Assert.That((await first.GetAsync(job)).Version, Is.EqualTo(ended.Version));
    }
}
