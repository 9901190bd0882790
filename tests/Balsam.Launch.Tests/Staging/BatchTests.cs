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
    public async Task Batches_OfManyJobs_GoByEndpointTheBiggestFirst()
    {
        await using EngineHarness engine = await StartAsync(batches: 1, size: 10);
        await SubmitPausedAsync(engine, [.. Many("attic", 2), .. Many("depot", 5), .. Many("cellar", 3)]);
        List<(string Host, int Count)> seen = [];
        while (seen.Count < 3)
        {
            FakeTransferBatch batch = await _provider.NextBatchAsync();
            Assert.That(_provider.Moving, Is.EqualTo(new[] { batch }), "one at a time");
            seen.Add((batch.Batch.Endpoint.Host, batch.Batch.Tasks.Count));
            batch.ArriveAll();
        }

        Assert.That(seen, Is.EqualTo(new[] { ("depot", 5), ("cellar", 3), ("attic", 2) }));
        Assert.That((await engine.IdleAsync()).Counts[JobState.JobFinished], Is.EqualTo(10));
    }

    [Test]
    public async Task Batch_OfMoreItemsThanAllowed_IsSplit()
    {
        await using EngineHarness engine = await StartAsync(batches: 2, size: 3);
        await SubmitPausedAsync(engine, [.. Many("depot", 5)]);
        FakeTransferBatch[] batches = [await _provider.NextBatchAsync(), await _provider.NextBatchAsync()];
        Assert.That(batches.Select(each => each.Batch.Tasks.Count), Is.EquivalentTo(new[] { 3, 2 }));
        Assert.That(batches.SelectMany(each => each.Batch.Tasks).Select(task => task.JobId), Is.Unique);
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
    public async Task SmallEndpoint_PassedOverAsOftenAsBatchesMove_GoesBeforeABiggerOne()
    {
        await using EngineHarness engine = await StartAsync(batches: 1, size: 3);
        await SubmitPausedAsync(engine, [.. Many("depot", 2), .. Many("attic", 1)]);
        FakeTransferBatch first = await _provider.NextBatchAsync();
        await engine.SubmitAsync([.. Many("depot", 5)]);
        first.ArriveAll();
        FakeTransferBatch second = await _provider.NextBatchAsync();
        Assert.That((first.Batch.Endpoint.Host, second.Batch.Endpoint.Host), Is.EqualTo(("depot", "attic")));
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
