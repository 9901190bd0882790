using Balsam.Launch.Tests.Engine;
using Balsam.Testing;

namespace Balsam.Launch.Tests.Staging;

/// <summary>A job goes on when everything of a leg has arrived, and not before.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
[Platform("Linux")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StagingTests(StoreKind store)
{
    private static readonly JobState[] Every =
        [JobState.Ready, JobState.StagedIn, JobState.Preprocessed, JobState.Running, JobState.RunDone, JobState.Postprocessed, JobState.StagedOut, JobState.JobFinished];

    private readonly FakeTransferProvider _provider = new("fake");

    [Test]
    public async Task StageIn_OneOfTwoItemsHasArrived_TheJobWaitsForTheOther()
    {
        await using EngineHarness engine = await StagingSite.StartAsync(store, _provider);
        Job job = await engine.SubmitAsync(StagingSite.Fetch("x", "depot:/a", "depot:/b"));
        FakeTransferBatch batch = await _provider.NextBatchAsync();
        Assert.That(batch.Batch.Tasks.Select(task => (task.JobId, task.Item.Slot, task.RemotePath)), Is.EqualTo(new[] { (job.Id, "in1", "/a"), (job.Id, "in2", "/b") }));
        Assert.That((batch.Batch.Direction, batch.Batch.Endpoint), Is.EqualTo((TransferDirection.In, new Uri("fake://depot/store"))));
        Job begun = await engine.GetAsync(job);
        Assert.That(begun.Transfers.Select(item => item.State), Is.EqualTo(new[] { TransferState.Active, TransferState.Active }), "stored before anything moves");
        batch.Arrive("in1", files: 3, bytes: 70);
        Job half = await engine.BecomesAsync(job, now => now.ItemOf("in1").State == TransferState.Done, "the first item to be done");
        Assert.That((half.State, half.ItemOf("in2").State), Is.EqualTo((JobState.Ready, TransferState.Active)));
        batch.Arrive("in2");
        Job ended = await engine.EndAsync(job);
        Assert.That(await engine.StatesAsync(job), Is.EqualTo(Every));
        TransferItem first = ended.ItemOf("in1");
        Assert.That((first.State, first.Attempts, first.Files, first.Bytes, first.Error), Is.EqualTo((TransferState.Done, 1, 3, 70L, (string?)null)));
    }

    [Test]
    public async Task StageOut_OneOfTwoItemsHasArrived_TheJobAndItsChildWaitForTheOther()
    {
        await using EngineHarness engine = await StagingSite.StartAsync(store, _provider);
        NewJob parent = Carried.NewJob("parent").Transfer("out1", "depot:/r1").Transfer("out2", "attic:/r2");
        IReadOnlyList<Job> jobs = await engine.SubmitAsync(parent, Work.NewJob("child").After(parent));
        FakeTransferBatch[] batches = [await _provider.NextBatchAsync(), await _provider.NextBatchAsync()];
        Assert.That(batches.Select(each => each.Batch.Direction), Is.All.EqualTo(TransferDirection.Out));
        Assert.That(batches.Select(each => each.Batch.Tasks.Single().RemotePath), Is.EquivalentTo(new[] { "/r1", "/r2" }));
        batches[0].ArriveAll();
        string first = batches[0].Batch.Tasks[0].Item.Slot;
        Job half = await engine.BecomesAsync(jobs[0], now => now.ItemOf(first).State == TransferState.Done, "the first item to be done");
        Assert.That((half.State, (await engine.GetAsync(jobs[1])).State), Is.EqualTo((JobState.Postprocessed, JobState.AwaitingParents)));
        batches[1].ArriveAll();
        Assert.That((await engine.EndAsync(jobs[1])).State, Is.EqualTo(JobState.JobFinished));
        Assert.That(await engine.StatesAsync(jobs[0]), Is.EqualTo(Every));
    }

    [Test]
    public async Task Hooks_OfAJobWithTransfers_ComeAfterStageInAndBeforeStageOut()
    {
        await using EngineHarness engine = await StagingSite.StartAsync(store, _provider);
        engine.Behaviour.Preprocess = (context, _) =>
        {
            engine.Behaviour.Note($"preprocess {context.Job.ItemOf("in1").State}");
            return Task.FromResult(PreprocessOutcome.Ready);
        };
        engine.Behaviour.Postprocess = (context, _) =>
        {
            engine.Behaviour.Note($"postprocess {context.Job.ItemOf("out1").State}");
            return Task.FromResult(PostprocessOutcome.Done);
        };
        _provider.OnBegin = batch =>
        {
            engine.Behaviour.Note($"move {batch.Batch.Direction}");
            batch.ArriveAll();
        };
        Job job = await engine.RunAsync(CarriedHooked.NewJob("x").Transfer("in1", "depot:/a").Transfer("out1", "depot:/b"));
        Assert.That(engine.Behaviour.Diary, Is.EqualTo(new[] { "move In", "preprocess Done", "postprocess AwaitingJob", "move Out" }));
        Assert.That(await engine.StatesAsync(job), Is.EqualTo(Every));
    }

    [Test]
    public async Task Job_ThatFillsNoSlot_PassesWithoutAProvider()
    {
        await using EngineHarness engine = await StagingSite.StartAsync(store, _provider);
        Job plain = await engine.RunAsync(Carried.NewJob("x"));
        Job hooked = await engine.RunAsync(CarriedHooked.NewJob("x"));
        Job heir = await engine.RunAsync(Heir.NewJob("x"));
        Assert.That(await engine.StatesAsync(plain), Is.EqualTo(Every));
        Assert.That(await engine.StatesAsync(hooked), Is.EqualTo(Every));
        Assert.That(await engine.StatesAsync(heir), Is.EqualTo(Every));
        Assert.That((_provider.HasNext, _provider.Moving.Count), Is.EqualTo((false, 0)));
    }

    [Test]
    public async Task Child_WithTransfers_IsStagedOnceItsParentHasFinished()
    {
        await using EngineHarness engine = await StagingSite.StartAsync(store, _provider);
        var gate = new Gate();
        engine.Behaviour.Run = async (input, _, token) =>
        {
            await (input == "parent" ? gate.PassAsync(token) : Task.CompletedTask);
            return input;
        };
        NewJob parent = Work.NewJob("parent");
        IReadOnlyList<Job> jobs = await engine.SubmitAsync(parent, StagingSite.Fetch("child", "depot:/a").After(parent));
        await gate.ArrivalAsync();
        Assert.That(((await engine.GetAsync(jobs[1])).ItemOf("in1").State, _provider.HasNext), Is.EqualTo((TransferState.AwaitingJob, false)));
        gate.Open();
        (await _provider.NextBatchAsync()).ArriveAll();
        Assert.That((await engine.EndAsync(jobs[1])).State, Is.EqualTo(JobState.JobFinished));
    }

    [Test]
    public async Task Idle_WhileSomethingMoves_IsWaitedFor()
    {
        await using EngineHarness engine = await StagingSite.StartAsync(store, _provider);
        await engine.SubmitAsync(StagingSite.Fetch("x", "depot:/a"));
        FakeTransferBatch batch = await _provider.NextBatchAsync();
        Task<IdleReport> idle = engine.Launcher.WaitUntilIdleAsync();
        await engine.RunAsync(Work.NewJob("another"));
        Assert.That(idle.IsCompleted, Is.False);
        batch.ArriveAll();
        Assert.That((await EngineHarness.Soon(idle, "idleness")).AllFinished);
    }

    [Test]
    public async Task Uri_WithoutALocation_GoesToItsHostAsItIs()
    {
        await using EngineHarness engine = await StagingSite.StartAsync(store, _provider);
        await engine.SubmitAsync(StagingSite.Fetch("x", "fake://host:81/some/file?version=2"));
        FakeTransferBatch batch = await _provider.NextBatchAsync();
        Assert.That((batch.Batch.Endpoint, batch.Batch.Tasks[0].RemotePath), Is.EqualTo((new Uri("fake://host:81"), "fake://host:81/some/file?version=2")));
    }

    [Test]
    public async Task Edit_WhileAnItemMoves_BothAreKept()
    {
        await using EngineHarness engine = await StagingSite.StartAsync(store, _provider);
        Job job = await engine.SubmitAsync(StagingSite.Fetch("x", "depot:/a"));
        FakeTransferBatch batch = await _provider.NextBatchAsync();
        await engine.Client.UpdateAsync(job.Id, edit => edit.Tag("study", "late"));
        batch.ArriveAll();
        Job ended = await engine.EndAsync(job);
        Assert.That((ended.State, ended.Tags["study"], ended.ItemOf("in1").State), Is.EqualTo((JobState.JobFinished, "late", TransferState.Done)));
    }

    [Test]
    public async Task Edit_JustBeforeTheLauncherWrites_BothAreKept()
    {
        await using EngineHarness engine = await StagingSite.StartAsync(store, _provider);
        bool isEdited = false;
        engine.Faults.BeforeLauncherCommit = async () => isEdited = isEdited || (await engine.Client.Jobs.UpdateAsync(edit => edit.Tag("study", "late"))).Changed.Count > 0;
        Job job = await engine.SubmitAsync(StagingSite.Fetch("x", "depot:/a"));
        (await _provider.NextBatchAsync()).ArriveAll();
        Job ended = await engine.EndAsync(job);
        Assert.That((ended.State, ended.Tags["study"]), Is.EqualTo((JobState.JobFinished, "late")), "the launcher's write has the version that the edit has given the job");
    }

    [Test]
    public async Task Cleanup_ApplicationWithPatterns_IsPendingFromTheFinishOn()
    {
        await using EngineHarness engine = await StagingSite.StartAsync(store, _provider);
        Job tidy = await engine.RunAsync(Tidy.NewJob("x"));
        Job plain = await engine.RunAsync(Work.NewJob("x"));
        Assert.That((tidy.IsCleanupPending, plain.IsCleanupPending), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task Write_StoredAlthoughItSeemedToFail_CountsOnce()
    {
        var time = new EngineTime();
        await using EngineHarness engine = await StagingSite.StartAsync(store, _provider, configure: setup => setup.Time = time);
        Job job = await engine.SubmitAsync(StagingSite.Fetch("x", "depot:/a", "depot:/b"));
        FakeTransferBatch batch = await _provider.NextBatchAsync();
        bool isLost = false;
        engine.Faults.AfterLauncherCommit = () =>
        {
            if (!isLost)
            {
                isLost = true;
                throw new StoreException(StoreErrorKind.Unavailable, "the answer was lost");
            }
        };
        batch.Arrive("in1");
        await time.PassAsync(TimeSpan.FromSeconds(1));
        batch.Arrive("in2");
        Job ended = await engine.EndAsync(job);
        Assert.That(ended.Transfers.Select(item => (item.State, item.Attempts)), Is.EqualTo(new[] { (TransferState.Done, 1), (TransferState.Done, 1) }));
    }
}
