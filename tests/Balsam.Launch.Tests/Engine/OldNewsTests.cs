using Balsam.Storage;

namespace Balsam.Launch.Tests.Engine;

/// <summary>News of a change that reaches the launcher when the job has gone on since.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class OldNewsTests(StoreKind store)
{
    private readonly List<CancellationToken> _hooks = [];
    private Gate _news = null!;
    private EngineHarness _engine = null!;

    [SetUp]
    public async Task SetUp()
    {
        _hooks.Clear();
        _news = new Gate();
        _engine = await EngineHarness.StartAsync(store, setup => setup.FaultyStore = true);
    }

    [TearDown]
    public async Task TearDown()
    {
        _news.Open();
        await _engine.DisposeAsync();
    }

    [Test]
    public async Task Cancel_HeardOfAfterARestart_LeavesTheHookCalledSinceAlone()
    {
        Gate[] calls = [new(), new()];
        _engine.Behaviour.Preprocess = async (_, token) =>
        {
            _hooks.Add(token);
            await calls[_hooks.Count - 1].PassAsync(CancellationToken.None);
            return PreprocessOutcome.Ready;
        };
        Job job = await _engine.SubmitAsync(Hooked.NewJob("x"));
        await calls[0].ArrivalAsync();
        await CancelUnheardAsync(job, calls[0]);
        await _engine.Client.RestartAsync(job.Id);
        Task<IdleReport> idle = LookForJobsAsync();
        await calls[1].ArrivalAsync();
        await HearAsync();
        Assert.That(_hooks[1].IsCancellationRequested, Is.False);
        calls[1].Open();
        Assert.That((await _engine.EndAsync(job)).State, Is.EqualTo(JobState.JobFinished));
        Assert.That(_hooks, Has.Count.EqualTo(2));
        await idle;
    }

    [Test]
    public async Task Cancel_HeardOfAfterARestart_LeavesTheRunThatBeganSinceAlone()
    {
        Gate[] calls = [new(), new()];
        _engine.Behaviour.Run = async (input, _, token) =>
        {
            if (input != "x")
            {
                return input;
            }

            _hooks.Add(token);
            await calls[_hooks.Count - 1].PassAsync(CancellationToken.None);
            return input;
        };
        Job job = await _engine.SubmitAsync(Work.NewJob("x"));
        await calls[0].ArrivalAsync();
        await CancelUnheardAsync(job, calls[0]);
        await _engine.Client.RestartAsync(job.Id);
        Task<IdleReport> idle = LookForJobsAsync();
        await calls[1].ArrivalAsync();
        await HearAsync();
        Assert.That(_hooks[1].IsCancellationRequested, Is.False);
        calls[1].Open();
        Job ended = await _engine.EndAsync(job);
        Assert.That((ended.State, ended.Attempt, _hooks.Count), Is.EqualTo((JobState.JobFinished, 2, 2)));
        await idle;
    }

    // No news reaches the launcher now. It looks for jobs too when somebody waits for it to have none.
    private Task<IdleReport> LookForJobsAsync() => _engine.IdleAsync();

    // The launcher has looked at the job, as it is then, and is told only once the gate is open; meanwhile what it works on ends, and is refused.
    private async Task CancelUnheardAsync(Job job, Gate work)
    {
        int looks = 0;
        _engine.Faults.AfterFind = _ => Interlocked.Increment(ref looks) == 1 ? _news.PassAsync() : Task.CompletedTask;
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _engine.Faults.AfterRelease = _ => released.TrySetResult();
        await _engine.Client.CancelAsync(job.Id, "enough");
        await _news.ArrivalAsync();
        work.Open();
        await EngineHarness.Soon(released.Task, "the launcher to give the job back");
    }

    // A job that runs from end to end comes after everything that the launcher was told before.
    private async Task HearAsync()
    {
        var noted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _engine.Faults.Listening = () => noted.TrySetResult();
        _news.Open();
        await EngineHarness.Soon(noted.Task, "the launcher to note the news");
        await _engine.RunAsync(Work.NewJob("after"));
    }
}
