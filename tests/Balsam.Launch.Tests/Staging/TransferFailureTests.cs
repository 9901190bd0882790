using Balsam.Launch.Staging;
using Balsam.Launch.Tests.Engine;
using Balsam.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Balsam.Launch.Tests.Staging;

/// <summary>What fails for now is tried again, later each time; what fails for good fails its job, and says why.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
[Platform("Linux")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TransferFailureTests(StoreKind store)
{
    private readonly FakeTransferProvider _provider = new("fake");
    private readonly EngineTime _time = new();

    [Test]
    public async Task Item_ThatFailsForNow_IsTriedAgainTwiceAsLateEachTimeUpToTheLongest()
    {
        await using EngineHarness engine = await StartAsync(options => options.LongestRetryDelay = TimeSpan.FromSeconds(35));
        Job job = await engine.SubmitAsync(StagingSite.Fetch("x", "depot:/a"));
        int[] delays = [10, 20, 35, 35];
        for (int i = 0; i < delays.Length; i++)
        {
            (await _provider.NextBatchAsync()).Fail("in1", $"no answer {i}", isTransient: true);
            await _time.TimerAsync(TimeSpan.FromSeconds(delays[i]));
            Job now = await engine.GetAsync(job);
            TransferItem item = now.ItemOf("in1");
            Assert.That((now.State, item.State, item.Attempts, item.Error), Is.EqualTo((JobState.Ready, TransferState.Pending, i + 1, $"no answer {i}")));
            Assert.That(now.NotBefore, Is.EqualTo(_time.GetUtcNow() + TimeSpan.FromSeconds(delays[i])));
            Assert.That(await engine.Store.FindLeasesAsync([job.Id], default), Is.Empty, "nobody holds it meanwhile");
            Assert.That(_provider.HasNext, Is.False);
            _time.Advance(TimeSpan.FromSeconds(delays[i]));
        }

        (await _provider.NextBatchAsync()).ArriveAll();
        Job ended = await engine.EndAsync(job);
        Assert.That((ended.State, ended.ItemOf("in1").Attempts, ended.ItemOf("in1").Error), Is.EqualTo((JobState.JobFinished, 5, (string?)null)));
    }

    [Test]
    public async Task Item_ThatFailedAsOftenAsAllowed_FailsItsJob()
    {
        await using EngineHarness engine = await StartAsync(options => options.MaxAttempts = 2);
        Job job = await engine.SubmitAsync(Carried.NewJob("x").Transfer("out1", "depot:/results/a"));
        (await _provider.NextBatchAsync()).Fail("out1", "no answer", isTransient: true);
        await _time.PassAsync(TimeSpan.FromSeconds(10));
        (await _provider.NextBatchAsync()).Fail("out1", "no answer either", isTransient: true);
        Job ended = await engine.EndAsync(job);
        Assert.That((ended.State, ended.Failure!.Kind, ended.ItemOf("out1").State), Is.EqualTo((JobState.Failed, FailureKind.Transfer, TransferState.Failed)));
        Assert.That(ended.Failure.Message, Is.EqualTo("The slot 'out1' could not be taken from 'out1.txt' to depot:/results/a in 2 tries: no answer either"));
        JobEvent step = (await engine.Client.GetHistoryAsync(job.Id))[^1];
        Assert.That((step.From, step.Trigger, step.Message), Is.EqualTo((JobState.Postprocessed, JobTrigger.TransferFailed, ended.Failure.Message)));
    }

    [Test]
    public async Task Idle_JobThatPausesBehindAFailure_IsWaitedFor()
    {
        await using EngineHarness engine = await StartAsync();
        await engine.SubmitAsync(StagingSite.Fetch("x", "depot:/a"));
        (await _provider.NextBatchAsync()).Fail("in1", "no answer", isTransient: true);
        await _time.TimerAsync(TimeSpan.FromSeconds(10));
        Task<IdleReport> idle = engine.Launcher.WaitUntilIdleAsync();
        await engine.RunAsync(Work.NewJob("another"));
        Assert.That(idle.IsCompleted, Is.False);
        _provider.OnBegin = batch => batch.ArriveAll();
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.That((await EngineHarness.Soon(idle, "idleness")).AllFinished);
    }

    [Test]
    public async Task Items_OneFailsForNow_TheOthersGoOnAndOnlyThatOneIsTriedAgain()
    {
        await using EngineHarness engine = await StartAsync();
        Job job = await engine.SubmitAsync(StagingSite.Fetch("x", "depot:/a", "depot:/b"));
        FakeTransferBatch batch = await _provider.NextBatchAsync();
        batch.Fail("in1", "no answer", isTransient: true);
        await engine.BecomesAsync(job, now => now.ItemOf("in1").Attempts == 1, "the failure to be recorded");
        Assert.That(await engine.Store.FindLeasesAsync([job.Id], default), Has.Count.EqualTo(1), "the other item moves");
        batch.Arrive("in2");
        await _time.PassAsync(TimeSpan.FromSeconds(10));
        FakeTransferBatch again = await _provider.NextBatchAsync();
        Assert.That(again.Batch.Tasks.Select(task => task.Item.Slot), Is.EqualTo(new[] { "in1" }));
        again.ArriveAll();
        Assert.That((await engine.EndAsync(job)).ItemOf("in2").Attempts, Is.EqualTo(1));
    }

    [Test]
    public async Task Item_ThatFailsForGood_FailsItsJobAtOnceAndWhatComesLaterIsIgnored()
    {
        await using EngineHarness engine = await StartAsync();
        Job job = await engine.SubmitAsync(StagingSite.Fetch("x", "depot:/a", "depot:/b"));
        Job other = await engine.SubmitAsync(StagingSite.Fetch("y", "attic:/c"));
        FakeTransferBatch batch = await _provider.NextBatchAsync();
        FakeTransferBatch beside = await _provider.NextBatchAsync();
        (batch, beside) = batch.Batch.Tasks[0].JobId == job.Id ? (batch, beside) : (beside, batch);
        batch.Fail("in1", "there is no such file", isTransient: false);
        Job ended = await engine.EndAsync(job);
        Assert.That((ended.State, ended.Failure!.Kind), Is.EqualTo((JobState.Failed, FailureKind.Transfer)));
        Assert.That(ended.Failure.Message, Is.EqualTo("The slot 'in1' could not be fetched from depot:/a to 'in1.txt': there is no such file"));
        await EngineHarness.Soon(batch.Cancelled, "the end of what nobody waits for");
        Job known = await engine.GetAsync(job);
        beside.ArriveAll();
        await engine.EndAsync(other);
        Assert.That((await engine.GetAsync(job)).Version, Is.EqualTo(known.Version));
    }

    [Test]
    public async Task Job_ThatFailedWhileAnotherOfItsItemsMoves_IsHeldUntilThatHasEnded()
    {
        _provider.HeedsCancellation = false;
        await using EngineHarness engine = await StartAsync();
        Job job = await engine.SubmitAsync(Carried.NewJob("x").Transfer("out1", "depot:/a").Transfer("out2", "attic:/b"));
        FakeTransferBatch[] batches = [await _provider.NextBatchAsync(), await _provider.NextBatchAsync()];
        FakeTransferBatch failing = batches.Single(each => each.Batch.Tasks[0].Item.Slot == "out1");
        FakeTransferBatch moving = batches.Single(each => each != failing);
        failing.Fail("out1", "no", isTransient: false);
        await engine.EndAsync(job);
        await engine.Client.RestartAsync(job.Id);
        await engine.RunAsync(Work.NewJob("the launcher has gone round"));
        Assert.That((await engine.GetAsync(job)).State, Is.EqualTo(JobState.RestartReady), "what still moves must not meet the next attempt");
        _provider.OnBegin = batch => batch.ArriveAll();
        moving.End();
        await engine.ReachAsync(job, JobState.JobFinished);
        Assert.That((await engine.GetAsync(job)).Attempt, Is.EqualTo(2));
    }

    [TestCase("throws", "The provider of 'fake' threw InvalidOperationException: out of order")]
    [TestCase("throws for good", "there is no such host")]
    [TestCase("ends", "The provider of 'fake' ended without a word about it. Report it to whoever wrote the provider.")]
    [TestCase("throws at once", "The provider of 'fake' threw InvalidOperationException: out of order")]
    public async Task Provider_ThatDoesNotTellOfAnItem_FailsTheItemAndSaysSo(string way, string message)
    {
        await using EngineHarness engine = await StartAsync();
        _provider.OnBegin = way == "throws at once" ? _ => throw new InvalidOperationException("out of order") : null;
        Job job = await engine.SubmitAsync(StagingSite.Fetch("x", "depot:/a", "depot:/b"));
        if (way != "throws at once")
        {
            FakeTransferBatch batch = await _provider.NextBatchAsync();
            batch.Arrive("in2");
            await engine.BecomesAsync(job, now => now.ItemOf("in2").State == TransferState.Done, "the other item to be done");
            Action fail = way switch
            {
                "ends" => batch.End,
                "throws" => () => batch.Throw(new InvalidOperationException("out of order")),
                _ => () => batch.Throw(new TransferException("there is no such host", isTransient: false)),
            };
            fail();
        }

        Job ended = await engine.EndAsync(job);
        Assert.That((ended.State, ended.ItemOf("in1").State, ended.ItemOf("in1").Error), Is.EqualTo((JobState.Failed, TransferState.Failed, message)));
    }

    [Test]
    public async Task Provider_ThatThrowsForNow_ItsItemsAreTriedAgain()
    {
        await using EngineHarness engine = await StartAsync();
        Job job = await engine.SubmitAsync(StagingSite.Fetch("x", "depot:/a"));
        (await _provider.NextBatchAsync()).Throw(new TransferException("no route to the host", isTransient: true));
        await _time.PassAsync(TimeSpan.FromSeconds(10));
        (await _provider.NextBatchAsync()).ArriveAll();
        Assert.That((await engine.EndAsync(job)).ItemOf("in1").Attempts, Is.EqualTo(2));
    }

    [Test]
    public async Task Provider_ThatTellsOfStrangersAndTwice_IsNotBelieved()
    {
        await using EngineHarness engine = await StartAsync();
        Job job = await engine.SubmitAsync(StagingSite.Fetch("x", "depot:/a", "depot:/b"));
        FakeTransferBatch batch = await _provider.NextBatchAsync();
        TransferTask first = batch.Batch.Tasks[0];
        batch.Tell(new TransferResult(first with { JobId = new JobId(4711) }, null));
        batch.Tell(new TransferResult(first with { Item = first.Item with { Slot = "no such slot" } }, null));
        batch.Tell(new TransferResult(first, null, Files: 1));
        batch.Tell(new TransferResult(first, new TransferException("after all not", isTransient: false)));
        batch.Arrive("in2");
        Job ended = await engine.EndAsync(job);
        Assert.That((ended.State, ended.ItemOf("in1").Files, ended.ItemOf("in1").Attempts), Is.EqualTo((JobState.JobFinished, 1, 1)));
    }

    [Test]
    public async Task Secret_InAReason_IsMaskedWhereverItIsKept()
    {
        await using EngineHarness engine = await StartAsync(configure: setup =>
        {
            Action<IBalsamBuilder> applications = setup.Applications;
            setup.Applications = balsam =>
            {
                applications(balsam);
                balsam.AddApplication<Keeper>();
            };
            Action<IServiceCollection> services = setup.Services;
            setup.Services = collection =>
            {
                services(collection);
                collection.AddSingleton<ISecretSource>(new Vault());
            };
        });
        Job job = await engine.SubmitAsync(StagingSite.Fetch("x", "depot:/a"));
        (await _provider.NextBatchAsync()).Fail("in1", "login ada:open-sesame refused", isTransient: false);
        Job ended = await engine.EndAsync(job);
        Assert.That(ended.ItemOf("in1").Error, Is.EqualTo("login ada:[secret door] refused"));
        Assert.That(ended.Failure!.Message, Does.EndWith(": login ada:[secret door] refused"));
    }

    [Test]
    public async Task Location_TakenAwaySinceTheSubmit_FailsTheJobAndNamesWhatThereIs()
    {
        await using EngineHarness engine = await StartAsync();
        await engine.Launcher.PauseAsync();
        Job job = await engine.SubmitAsync(StagingSite.Fetch("x", "depot:/a"));
        await engine.StopAsync();
        Setup!.Services += services => services.Configure<TransferOptions>(options => options.Locations.Remove("depot"));
        await engine.StartAgainAsync();
        Job ended = await engine.EndAsync(job);
        Assert.That(ended.Failure!.Message, Does.EndWith("'depot' is none of this host's transfer locations (attic, cellar). Add it, then restart the job."));
    }

    [Test]
    public async Task Start_SchemesThatNobodyServes_AreNamed()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<ITransferProvider>(_provider);
        builder.Services.AddBalsam(balsam => balsam.UseInMemory().AddLauncher());
        builder.Services.Configure<TransferOptions>(options =>
        {
            options.Locations["tape"] = new Uri("tape://robot/");
            options.OpenSchemes.Add("gopher");
        });
        using IHost host = builder.Build();
        OptionsValidationException refusal = (await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync()))!;
        Assert.That(refusal.Failures, Is.EqualTo(new[]
        {
            "The transfer location 'tape' is at 'tape:', which no provider serves. Schemes that are served: fake, file, http, https. Add the provider of this one.",
            "TransferOptions.OpenSchemes allows 'gopher', which no provider serves. Schemes that are served: fake, file, http, https. Add the provider of this one. Or take it out.",
        }));
    }

    private EngineSetup? Setup { get; set; }

    private Task<EngineHarness> StartAsync(Action<TransferOptions>? transfers = null, Action<EngineSetup>? configure = null) => StagingSite.StartAsync(store, _provider, transfers, setup =>
    {
        Setup = setup;
        setup.Time = _time;
        configure?.Invoke(setup);
    });

    private sealed class Keeper : ApplicationDefinition
    {
        public override CommandTemplate Command => "true";

        public override IReadOnlyDictionary<string, string> SecretVariables => new Dictionary<string, string> { ["DOOR"] = "door" };
    }

    private sealed class Vault : ISecretSource
    {
        public string? Find(string name) => name == "door" ? "open-sesame" : null;
    }
}
