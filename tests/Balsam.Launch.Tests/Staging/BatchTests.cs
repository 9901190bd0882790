using Balsam.Launch.Tests.Engine;
using Balsam.Testing;

namespace Balsam.Launch.Tests.Staging;

/// <summary>Items of many jobs that go the same way to the same endpoint travel together, within the limits.</summary>
[Platform("Linux")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class BatchTests
{
    private readonly FakeTransferProvider _provider = new("fake");

    [Test]
    public async Task Batches_OfManyJobs_GoByEndpointTheBiggestFirstAndAreNoLargerThanAllowed()
    {
        await using EngineHarness engine = await StartAsync(batches: 1, size: 4);
        await SubmitPausedAsync(engine, [.. Many("attic", 2), .. Many("depot", 5), .. Many("cellar", 3)]);
        List<(string Host, int Count)> seen = [];
        while (seen.Count < 4)
        {
            FakeTransferBatch batch = await _provider.NextBatchAsync();
            Assert.That(_provider.Moving, Has.Count.EqualTo(1), "one at a time");
            seen.Add((batch.Batch.Endpoint.Host, batch.Batch.Tasks.Count));
            batch.ArriveAll();
        }

        await engine.IdleAsync();
        Assert.That(seen[0], Is.EqualTo(("depot", 4)), "the biggest, cut to the batch size");
        Assert.That(seen, Is.EquivalentTo(new[] { ("depot", 4), ("attic", 2), ("cellar", 3), ("depot", 1) }));
        Assert.That((await engine.Client.CountByStateAsync())[JobState.JobFinished], Is.EqualTo(10));
    }

    [Test]
    public async Task Batches_OfSeveralEndpoints_MoveAtTheSameTimeUpToTheLimit()
    {
        await using EngineHarness engine = await StartAsync(batches: 2, size: 100);
        await SubmitPausedAsync(engine, [.. Many("attic", 1), .. Many("depot", 1), .. Many("cellar", 1)]);
        FakeTransferBatch[] first = [await _provider.NextBatchAsync(), await _provider.NextBatchAsync()];
        await engine.RunAsync(Work.NewJob("the launcher has gone round"));
        Assert.That((_provider.Moving.Count, _provider.HasNext), Is.EqualTo((2, false)));
        first[0].ArriveAll();
        FakeTransferBatch third = await _provider.NextBatchAsync();
        Assert.That(_provider.Moving, Is.EqualTo(new[] { first[1], third }));
        first[1].ArriveAll();
        third.ArriveAll();
        Assert.That((await engine.IdleAsync()).AllFinished);
    }

    [Test]
    public async Task SmallEndpoint_BesideOneThatNeverEmpties_HasItsTurn()
    {
        await using EngineHarness engine = await StartAsync(batches: 1, size: 2);
        await SubmitPausedAsync(engine, [.. Many("depot", 3), .. Many("attic", 1)]);
        for (int turn = 1; turn <= 3; turn++)
        {
            FakeTransferBatch batch = await _provider.NextBatchAsync();
            if (batch.Batch.Endpoint.Host == "attic")
            {
                Assert.That(turn, Is.EqualTo(2), "it was passed over once, as often as batches move at a time");
                return;
            }

            await engine.SubmitAsync([.. Many("depot", 5)]);
            batch.ArriveAll();
        }

        Assert.Fail("The small endpoint never had its turn.");
    }

    [Test]
    public async Task Directions_OfOneEndpoint_TravelApart()
    {
        await using EngineHarness engine = await StartAsync(batches: 5, size: 100);
        await SubmitPausedAsync(engine, [Carried.NewJob("out").Transfer("out1", "depot:/r"), .. Many("depot", 1)]);
        FakeTransferBatch[] batches = [await _provider.NextBatchAsync(), await _provider.NextBatchAsync()];
        Assert.That(batches.Select(each => each.Batch.Direction), Is.EquivalentTo(new[] { TransferDirection.In, TransferDirection.Out }));
    }

    [Test]
    public async Task Locations_OfTwoUsersOfOneHost_TravelApart()
    {
        await using EngineHarness engine = await StagingSite.StartAsync(StoreKind.InMemory, _provider, options =>
        {
            options.Locations["ada"] = new Uri("fake://ada@host/home");
            options.Locations["bob"] = new Uri("fake://bob@host/home");
        });
        await SubmitPausedAsync(engine, [.. Many("ada", 1), .. Many("bob", 1)]);
        FakeTransferBatch[] batches = [await _provider.NextBatchAsync(), await _provider.NextBatchAsync()];
        Assert.That(batches.Select(each => each.Batch.Endpoint.UserInfo), Is.EquivalentTo(new[] { "ada", "bob" }));
    }

    [Test]
    public async Task Claims_OfAnyNumberOfJobs_TakeNoMoreThanTheBatchesCan()
    {
        await using EngineHarness engine = await StartAsync(batches: 2, size: 3);
        IReadOnlyList<Job> jobs = await engine.SubmitAsync([.. Many("depot", 10), .. Many("attic", 10)]);
        FakeTransferBatch[] batches = [await _provider.NextBatchAsync(), await _provider.NextBatchAsync()];
        await engine.RunAsync(Work.NewJob("the launcher has gone round"));
        Assert.That(await engine.Store.FindLeasesAsync([.. jobs.Select(job => job.Id)], default), Has.Count.EqualTo(6));
        _provider.OnBegin = batch => batch.ArriveAll();
        Array.ForEach(batches, batch => batch.ArriveAll());
        Assert.That((await engine.IdleAsync()).AllFinished);
    }

    private Task<EngineHarness> StartAsync(int batches, int size) => StagingSite.StartAsync(StoreKind.InMemory, _provider, options =>
    {
        options.MaxConcurrentBatches = batches;
        options.BatchSize = size;
    });

    // So that the launcher sees all of them at once.
    private static async Task SubmitPausedAsync(EngineHarness engine, NewJob[] jobs)
    {
        await engine.Launcher.PauseAsync();
        await engine.SubmitAsync(jobs);
        await engine.Launcher.ResumeAsync();
    }

    private static IEnumerable<NewJob> Many(string location, int count) => Enumerable.Range(0, count).Select(i => StagingSite.Fetch($"{location} {i}", $"{location}:/{i}"));
}
