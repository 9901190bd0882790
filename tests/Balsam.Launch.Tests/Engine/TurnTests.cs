using System.Collections.Concurrent;
using Balsam.Launch.Packing;
using Microsoft.Extensions.DependencyInjection;

namespace Balsam.Launch.Tests.Engine;

/// <summary>What one turn of the launcher takes on, and what it leaves alone.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class TurnTests(StoreKind store)
{
    private const int Many = 2400;

    private readonly WatchedPolicy _policy = new();

    [SetUp]
    public void Forget() => _policy.Offers.Clear();

    [Test]
    public async Task Pack_NothingCameOrWent_ThePolicyIsNotAsked()
    {
        var gate = new Gate();
        await using EngineHarness engine = await StartAsync(slots: 2);
        engine.Behaviour.Run = async (input, _, token) =>
        {
            await gate.PassAsync(token);
            return input;
        };
        engine.Behaviour.Preprocess = (_, _) => Task.FromResult(PreprocessOutcome.Fail("not this one"));
        IReadOnlyList<Job> jobs = await engine.SubmitAsync(Work.NewJob("runs"), Work.NewJob("runs"), Work.NewJob("waits"));
        await gate.ArrivalAsync();
        await gate.ArrivalAsync();
        Assert.That(_policy.Offers, Is.EqualTo([3]));

        // Each comes, has its hook called, and fails: turns that change nothing for the job that waits.
        for (int i = 0; i < 5; i++)
        {
            Assert.That((await engine.RunAsync(Hooked.NewJob("x"))).State, Is.EqualTo(JobState.Failed));
        }

        Assert.That(_policy.Offers, Is.EqualTo([3]));
        gate.Open();
        Assert.That((await engine.EndAsync(jobs[2])).State, Is.EqualTo(JobState.JobFinished));
        Assert.That(_policy.Offers, Is.EqualTo([3, 1]));
    }

    [Test]
    public async Task Pack_WaitingJobIsCancelled_TheRoomKeptForItIsGivenAway()
    {
        var gate = new Gate();
        await using EngineHarness engine = await StartAsync(slots: 2);
        engine.Behaviour.Run = (input, _, token) => Hold(gate, input, token);
        Job running = await engine.SubmitAsync(Work.NewJob("hold"));
        await gate.ArrivalAsync();
        IReadOnlyList<Job> jobs = await engine.SubmitAsync(Work.NewJob("large").WithResources(new JobResources { RanksPerNode = 2 }), Work.NewJob("small"));
        await EngineHarness.Soon(engine.Client.CancelAsync(jobs[0].Id, "enough"), "a cancel");
        Assert.That((await engine.EndAsync(jobs[1])).State, Is.EqualTo(JobState.JobFinished));
        gate.Open();
        await engine.EndAsync(running);
    }

    [Test]
    public async Task Claim_ManyThatCanStart_TheFirstStartBeforeTheLastAreClaimed()
    {
        var gate = new Gate();
        await using EngineHarness engine = await StartAsync(slots: Many);
        engine.Behaviour.Run = (_, _, token) => Hold(gate, "hold", token);
        await engine.SubmitAsync([.. Enumerable.Range(0, Many).Select(i => Work.NewJob($"{i}"))]);
        for (int i = 0; i < Many; i++)
        {
            await gate.ArrivalAsync();
        }

        gate.Open();
        await engine.IdleAsync();
        Assert.That(_policy.Offers, Has.All.LessThan(Many));
        Assert.That((await engine.Client.CountByStateAsync())[JobState.JobFinished], Is.EqualTo(Many));
    }

    [Test]
    public async Task Claim_ManyThatWait_OneBehindThemStillStarts()
    {
        var gate = new Gate();
        await using EngineHarness engine = await StartAsync(slots: Many);
        engine.Behaviour.Run = (input, _, token) => Hold(gate, input, token);
        var gpu = new JobResources { GpusPerRank = 1 };
        IReadOnlyList<Job> jobs = await engine.SubmitAsync([.. Enumerable.Range(0, Many).Select(_ => Work.NewJob("hold").WithResources(gpu)), Work.NewJob("passes")]);
        await gate.ArrivalAsync();
        Assert.That((await engine.EndAsync(jobs[^1])).State, Is.EqualTo(JobState.JobFinished));
        Assert.That((await engine.GetAsync(jobs[1])).State, Is.Not.EqualTo(JobState.JobFinished));
    }

    private static async Task<string> Hold(Gate gate, string input, CancellationToken token)
    {
        await (input == "hold" ? gate.PassAsync(token) : Task.CompletedTask);
        return input;
    }

    private Task<EngineHarness> StartAsync(int slots) => EngineHarness.StartAsync(store, setup =>
    {
        setup.Services = services => services.AddSingleton<IPackingPolicy>(_policy);
        setup.Options = options =>
        {
            options.Nodes.Clear();
            options.Nodes.Add(new NodeSpec("n1", slots, gpus: 1));
        };
    });

    /// <summary>The default policy, and how many candidates each call of it was offered.</summary>
    private sealed class WatchedPolicy : IPackingPolicy
    {
        private readonly BackfillPolicy _inner = new();

        public ConcurrentQueue<int> Offers { get; } = new();

        public PackingPlan Pack(Inventory inventory, IReadOnlyList<PackingCandidate> candidates, DateTimeOffset now, TimeSpan? remainingWallTime)
        {
            Offers.Enqueue(candidates.Count);
            return _inner.Pack(inventory, candidates, now, remainingWallTime);
        }
    }
}
