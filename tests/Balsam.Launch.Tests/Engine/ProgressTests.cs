using Balsam.Storage;
using Balsam.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Balsam.Launch.Tests.Engine;

/// <summary>How far jobs are, by a clock that stands still: the tests move the jobs themselves.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class ProgressTests(StoreKind kind)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private EngineTime _time = null!;
    private string _directory = null!;
    private ServiceProvider _services = null!;

    private BalsamClient Client => _services.GetRequiredService<BalsamClient>();

    private IJobStore Store => _services.GetRequiredService<IJobStore>();

    [SetUp]
    public void Open()
    {
        _time = new EngineTime();
        _directory = Directory.CreateTempSubdirectory("balsam-progress-").FullName;
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.AddSingleton(new Behaviour());
        services.AddBalsam(balsam => (kind == StoreKind.InMemory ? balsam.UseInMemory() : balsam.UseLiteDb(Path.Combine(_directory, "balsam.db"))).AddApplication<Work>());
        _services = services.BuildServiceProvider();
    }

    [TearDown]
    public async Task Close()
    {
        await _services.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Test]
    public async Task Watch_JobsMove_GivesExactNumbers()
    {
        IReadOnlyList<Job> jobs = await SubmitAsync(4);
        DateTimeOffset start = _time.GetUtcNow();
        await using IAsyncEnumerator<CampaignProgress> watch = Client.WatchProgressAsync().GetAsyncEnumerator();

        CampaignProgress first = await NextAsync(watch);
        Assert.That((first.ToString(), first.Rate, first.TimeLeft, first.IsComplete), Is.EqualTo(("0 of 4 jobs ended: STAGED_IN 4", 0.0, (TimeSpan?)null, false)));
        Assert.That((first.Running, first.LastFailures), Is.EqualTo((Array.Empty<RunInProgress>(), Array.Empty<RecentFailure>())));

        _time.Advance(TimeSpan.FromSeconds(10));
        await StartAsync(jobs[0]);
        _time.Advance(TimeSpan.FromSeconds(10));
        await StartAsync(jobs[1]);
        CampaignProgress second = await NextAsync(watch);
        Assert.That(second.Running, Is.EqualTo(new[]
        {
            new RunInProgress(jobs[0].Id, "Work", jobs[0].Workdir, start.AddSeconds(10)), new RunInProgress(jobs[1].Id, "Work", jobs[1].Workdir, start.AddSeconds(20)),
        }));
        Assert.That((second.Rate, second.TimeLeft), Is.EqualTo((0.0, (TimeSpan?)null)));

        _time.Advance(TimeSpan.FromSeconds(5));
        await FinishAsync(jobs[0]);
        _time.Advance(TimeSpan.FromSeconds(15));
        await FailAsync(jobs[1], "exit code 1\nand a second line");
        CampaignProgress third = await NextAsync(watch);
        Assert.That(third.ToString(), Is.EqualTo("2 of 4 jobs ended, 1 of them FAILED: STAGED_IN 2, JOB_FINISHED 1, FAILED 1"));
        Assert.That((third.Total, third.Ended, third.Failed), Is.EqualTo((4, 2, 1)));
        Assert.That(third.Rate, Is.EqualTo(2 / 40.0).Within(1e-12), "2 in 40 s");
        Assert.That(third.TimeLeft, Is.EqualTo(TimeSpan.FromSeconds(40)), "2 at that rate");
        Assert.That((third.StartedAt, third.UpdatedAt), Is.EqualTo((start, start.AddSeconds(40))));
        Assert.That(third.Running, Is.Empty);
        Assert.That(third.LastFailures, Is.EqualTo(new[] { new RecentFailure(jobs[1].Id, "Work", jobs[1].Workdir, "exit code 1", start.AddSeconds(40)) }));
    }

    [Test]
    public async Task Watch_ManyEventsAtOnce_ReportsOnceAnInterval()
    {
        IReadOnlyList<Job> jobs = await SubmitAsync(3);
        await using IAsyncEnumerator<CampaignProgress> watch = Client.WatchProgressAsync().GetAsyncEnumerator();
        await NextAsync(watch);

        _time.Advance(TimeSpan.FromMilliseconds(100));
        await StartAsync(jobs[0]);
        Task<CampaignProgress> next = NextAsync(watch);
        await _time.TimerAsync(TimeSpan.FromMilliseconds(400));
        await StartAsync(jobs[1]);
        Assert.That(next.IsCompleted, Is.False);
        _time.Advance(TimeSpan.FromMilliseconds(400));
        Assert.That((await next).Counts[JobState.Running], Is.EqualTo(2), "both in one report");
    }

    [Test]
    public async Task Track_UntilAllHaveEnded_ReportsTheEndLast()
    {
        IReadOnlyList<Job> jobs = await SubmitAsync(2);
        var reports = new Reports();
        Task<CampaignProgress> tracking = Client.TrackAsync(reports);
        await reports.CameAsync();
        await StartAsync(jobs[0]);
        await FinishAsync(jobs[0]);
        Job late = (await SubmitAsync(1))[0];
        await StartAsync(jobs[1]);
        await FinishAsync(jobs[1]);
        await _time.PassAsync(Interval);
        Assert.That((await reports.CameAsync()).ToString(), Is.EqualTo("2 of 3 jobs ended: STAGED_IN 1, JOB_FINISHED 2"));
        Assert.That(tracking.IsCompleted, Is.False, "a job was submitted meanwhile");

        await StartAsync(late);
        await FinishAsync(late);
        await _time.PassAsync(Interval);
        CampaignProgress last = await EngineHarness.Soon(tracking);
        Assert.That((last.IsComplete, last.TimeLeft, last.ToString()), Is.EqualTo((true, (TimeSpan?)TimeSpan.Zero, "3 of 3 jobs ended: JOB_FINISHED 3")));
        Assert.That(await reports.CameAsync(), Is.SameAs(last));
    }

    [Test]
    public async Task Track_NoJobs_EndsAtOnce() =>
        Assert.That((await EngineHarness.Soon(Client.TrackAsync(new Reports()))).ToString(), Is.EqualTo("0 of 0 jobs ended: no jobs"));

    [Test]
    public async Task Track_Cancelled_Throws()
    {
        await SubmitAsync(1);
        using var stop = new CancellationTokenSource();
        var reports = new Reports();
        Task tracking = Client.TrackAsync(reports, cancellationToken: stop.Token);
        await reports.CameAsync();
        await stop.CancelAsync();
        await Assert.ThatAsync(() => EngineHarness.Soon(tracking), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Watch_OfAQuery_CountsItsJobsOnly()
    {
        IReadOnlyList<Job> mine = await SubmitAsync(2, "a");
        Job other = (await SubmitAsync(1, "b"))[0];
        await using IAsyncEnumerator<CampaignProgress> watch = Client.WatchProgressAsync(Client.Jobs.WithTag("study", "a")).GetAsyncEnumerator();
        Assert.That((await NextAsync(watch)).ToString(), Is.EqualTo("0 of 2 jobs ended: STAGED_IN 2"));

        await StartAsync(other);
        await FailAsync(other, "not mine");
        await StartAsync(mine[0]);
        await SubmitAsync(1, "a");
        _time.Advance(TimeSpan.FromSeconds(4));
        await FinishAsync(mine[0]);
        await StartAsync(mine[1]);
        CampaignProgress progress = await NextAsync(watch);
        Assert.That(progress.ToString(), Is.EqualTo("1 of 3 jobs ended: STAGED_IN 1, RUNNING 1, JOB_FINISHED 1"));
        Assert.That(progress.Rate, Is.EqualTo(1 / 4.0).Within(1e-12));
        Assert.That(progress.Running.Select(run => run.Id), Is.EqualTo(new[] { mine[1].Id }));
        Assert.That(progress.LastFailures, Is.Empty);
    }

    [Test]
    public async Task Watch_OfAState_KeepsJobsThatLeaveIt()
    {
        IReadOnlyList<Job> jobs = await SubmitAsync(2);
        await StartAsync(jobs[0]);
        await using IAsyncEnumerator<CampaignProgress> watch = Client.WatchProgressAsync(Client.Jobs.InState(JobState.Running)).GetAsyncEnumerator();
        Assert.That((await NextAsync(watch)).ToString(), Is.EqualTo("0 of 1 jobs ended: RUNNING 1"));
        _time.Advance(Interval);
        await FinishAsync(jobs[0]);
        Assert.That((await NextAsync(watch)).ToString(), Is.EqualTo("1 of 1 jobs ended: JOB_FINISHED 1"));
    }

    [Test]
    public async Task Rate_OverMoreThanAHundredEnds_IsThatOfTheLastHundred()
    {
        IReadOnlyList<Job> jobs = await SubmitAsync(152);
        await using IAsyncEnumerator<CampaignProgress> watch = Client.WatchProgressAsync().GetAsyncEnumerator();
        await NextAsync(watch);
        _time.Advance(TimeSpan.FromHours(1));
        foreach (Job job in jobs.Take(150))
        {
            await StartAsync(job);
            _time.Advance(TimeSpan.FromSeconds(2));
            await FinishAsync(job);
        }

        CampaignProgress busy = await NextAsync(watch);
        Assert.That(busy.Rate, Is.EqualTo(0.5).Within(1e-12), "one in 2 s, whatever came before");
        Assert.That(busy.TimeLeft, Is.EqualTo(TimeSpan.FromSeconds(4)));
        _time.Advance(TimeSpan.FromSeconds(200));
        await StartAsync(jobs[150]);
        Assert.That((await NextAsync(watch)).Rate, Is.EqualTo(0.25).Within(1e-12), "it falls when nothing ends");
    }

    [Test]
    public async Task Failures_OfOneParent_ShowTheCauseOnly()
    {
        Job parent = await Client.SubmitAsync(new NewJob("Work").WithParameters("x"));
        await Client.SubmitAsync(Enumerable.Range(0, 20).Select(_ => new NewJob("Work").WithParameters("x").After(parent)));
        Job cancelled = (await SubmitAsync(1))[0];
        await using IAsyncEnumerator<CampaignProgress> watch = Client.WatchProgressAsync().GetAsyncEnumerator();
        await NextAsync(watch);
        _time.Advance(TimeSpan.FromSeconds(10));
        await StartAsync(parent);
        await FailAsync(parent, "no such file");
        await Client.CancelAsync(cancelled.Id, "wrong mesh");
        CampaignProgress failed = await NextAsync(watch);
        Assert.That(failed.Failed, Is.EqualTo(22));
        Assert.That(failed.LastFailures.Select(failure => (failure.Id, failure.Reason)), Is.EqualTo(new[] { (cancelled.Id, "wrong mesh"), (parent.Id, "no such file") }));
        Assert.That(failed.Rate, Is.EqualTo(1 / 10.0).Within(1e-12), "those that failed with it, or were cancelled, say nothing of the time that jobs take");

        await Client.RestartAsync(parent.Id);
        _time.Advance(Interval);
        Assert.That((await NextAsync(watch)).LastFailures.Select(failure => failure.Id), Is.EqualTo(new[] { cancelled.Id }));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Watch_JobsAreDeleted_NoticesWhenAllIsQuiet(bool narrow)
    {
        IReadOnlyList<Job> jobs = await SubmitAsync(3, "a");
        await using IAsyncEnumerator<CampaignProgress> watch = Client.WatchProgressAsync(narrow ? Client.Jobs.WithTag("study", "a") : null).GetAsyncEnumerator();
        await NextAsync(watch);
        await Store.DeleteAsync(new JobDeletion { Ids = [jobs[1].Id] }, default);
        Task<CampaignProgress> next = NextAsync(watch);
        await _time.PassAsync(10 * Interval);
        Assert.That((await next).ToString(), Is.EqualTo("0 of 2 jobs ended: STAGED_IN 2"));
    }

    [Test]
    public async Task Watch_RandomMoves_AgreesWithACount([Range(1, 10)] int seed)
    {
        var random = new Random(seed);
        JobQuery query = random.Next(2) == 0 ? Client.Jobs : Client.Jobs.WithTag("study", "a");
        List<Job> jobs = [.. await SubmitAsync(5, "a"), .. await SubmitAsync(5, "b")];
        await using IAsyncEnumerator<CampaignProgress> watch = Client.WatchProgressAsync(query).GetAsyncEnumerator();
        await NextAsync(watch);
        for (int round = 0; round < 20; round++)
        {
            for (int move = random.Next(1, 6); move > 0; move--)
            {
                Job job = await Client.GetAsync(jobs[random.Next(jobs.Count)].Id);
                Task act = job.State switch
                {
                    JobState.StagedIn or JobState.RestartReady => StartAsync(job),
                    JobState.Running when random.Next(3) == 0 => FailAsync(job, "bad luck"),
                    JobState.Running => FinishAsync(job),
                    _ => Client.RestartAsync(job.Id),
                };
                await act;
            }

            jobs.AddRange(await SubmitAsync(1, random.Next(2) == 0 ? "a" : "b"));
            _time.Advance(Interval);
            CampaignProgress progress = await NextAsync(watch);
            JobCounts counts = await query.CountByStateAsync();
            Assert.That(progress.Counts.ToString(), Is.EqualTo(counts.ToString()), $"round {round}");
        }
    }

    [Test]
    public async Task Watch_WhatCannotBe_IsRefused()
    {
        await Assert.ThatAsync(() => FirstAsync(Client.WatchProgressAsync(Client.Jobs.Take(3))), Throws.InvalidOperationException);
        await Assert.ThatAsync(() => FirstAsync(Client.WatchProgressAsync(interval: TimeSpan.Zero)), Throws.InstanceOf<ArgumentOutOfRangeException>());
        await Assert.ThatAsync(() => FirstAsync(Client.WatchProgressAsync(interval: TimeSpan.FromDays(2))), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static async Task FirstAsync(IAsyncEnumerable<CampaignProgress> watch)
    {
        await foreach (CampaignProgress _ in watch)
        {
            return;
        }
    }

    private static async Task<CampaignProgress> NextAsync(IAsyncEnumerator<CampaignProgress> watch)
    {
        await EngineHarness.Soon(watch.MoveNextAsync().AsTask(), "the next report");
        return watch.Current;
    }

    private Task<IReadOnlyList<Job>> SubmitAsync(int count, string study = "none") =>
        Client.SubmitAsync(Enumerable.Range(0, count).Select(_ => new NewJob("Work").WithParameters("x").Tag("study", study)));

    private async Task StartAsync(Job job)
    {
        var change = new JobChange(await Client.GetAsync(job.Id));
        if (change.After.State == JobState.StagedIn)
        {
            change.Apply(JobTrigger.Preprocessed, _time.GetUtcNow());
        }

        await CommitAsync(change.Apply(JobTrigger.Started, _time.GetUtcNow()));
    }

    private async Task FinishAsync(Job job)
    {
        DateTimeOffset now = _time.GetUtcNow();
        await CommitAsync(new JobChange(await Client.GetAsync(job.Id)).Apply(JobTrigger.RunSucceeded, now).Apply(JobTrigger.Postprocessed, now).Apply(JobTrigger.StagedOut, now).Apply(JobTrigger.Finished, now));
    }

    private async Task FailAsync(Job job, string message)
    {
        DateTimeOffset now = _time.GetUtcNow();
        await CommitAsync(new JobChange(await Client.GetAsync(job.Id)).Fail(JobTrigger.RunFailed, now, new FailureDetails { Kind = FailureKind.ExitCode, Message = message }).Apply(JobTrigger.HookFailed, now));
    }

    private async Task CommitAsync(JobChange change) => Assert.That((await Store.CommitAsync([new JobCommit { Changes = [change] }], default))[0].Refusal, Is.Null);

    private sealed class Reports : IProgress<CampaignProgress>
    {
        private readonly System.Threading.Channels.Channel<CampaignProgress> _reports = System.Threading.Channels.Channel.CreateUnbounded<CampaignProgress>();

        public void Report(CampaignProgress value) => _reports.Writer.TryWrite(value);

        public Task<CampaignProgress> CameAsync() => EngineHarness.Soon(_reports.Reader.ReadAsync().AsTask(), "a report");
    }
}
