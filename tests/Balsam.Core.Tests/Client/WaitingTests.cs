namespace Balsam.Core.Tests.Client;

/// <summary>Waiting for jobs to end.</summary>
public sealed class WaitingTests
{
    private ClientHarness _harness = null!;

    [SetUp]
    public void SetUp() => _harness = new ClientHarness();

    [TearDown]
    public async Task TearDown() => await _harness.DisposeAsync();

    [Test]
    public async Task WhenEach_JobsEnd_GivesThemInTheOrderInWhichTheyEnd()
    {
        List<Job> jobs = [];
        for (int i = 0; i < 4; i++)
        {
            jobs.Add(await _harness.SubmitAsync());
        }

        await _harness.FinishAsync(jobs[2]);
        await using IAsyncEnumerator<Job> ends = _harness.Client.WhenEachAsync(jobs).GetAsyncEnumerator();
        List<(JobId, JobState)> seen = [];
        await NextAsync();
        foreach (int i in (int[])[3, 0, 1])
        {
            Task<bool> next = ends.MoveNextAsync().AsTask();
            Assert.That(next.IsCompleted, Is.False);
            await (i == 0 ? _harness.FailAsync(jobs[i]) : _harness.FinishAsync(jobs[i]));
            Assert.That(await ClientHarness.Soon(next), Is.True);
            seen.Add((ends.Current.Id, ends.Current.State));
        }

        Assert.That(await ends.MoveNextAsync(), Is.False);
        Assert.That(seen, Is.EqualTo(new[]
        {
            (jobs[2].Id, JobState.JobFinished), (jobs[3].Id, JobState.JobFinished), (jobs[0].Id, JobState.Failed), (jobs[1].Id, JobState.JobFinished),
        }));

        async Task NextAsync()
        {
            Assert.That(await ClientHarness.Soon(ends.MoveNextAsync().AsTask()), Is.True);
            seen.Add((ends.Current.Id, ends.Current.State));
        }
    }

    [Test]
    public async Task Wait_SameJobTwice_GivesItTwiceInTheOrderAsked()
    {
        Job a = await _harness.SubmitAsync();
        Job b = await _harness.SubmitAsync();
        Task<IReadOnlyList<Job>> wait = _harness.Client.WaitAsync([b.Id, a.Id, b.Id]);
        await _harness.FinishAsync(a);
        await _harness.FinishAsync(b);
        Assert.That((await ClientHarness.Soon(wait)).Select(job => job.Id), Is.EqualTo(new[] { b.Id, a.Id, b.Id }));
    }

    [Test]
    public async Task Wait_ThousandsOfWaiters_AllComeBack()
    {
        IReadOnlyList<Job> jobs = await _harness.Client.SubmitAsync(Enumerable.Range(0, 500).Select(_ => new NewJob("Norm")));
        List<Task> waits = [];
        for (int i = 0; i < 5000; i++)
        {
            waits.Add(i % 5 == 0 ? _harness.Client.WaitAsync([jobs[i % 500].Id, jobs[(i * 7) % 500].Id]) : _harness.Client.WaitAsync(jobs[i % 500].Id));
        }

        Assert.That(waits.Any(wait => wait.IsCompleted), Is.False);
        foreach (Job job in jobs)
        {
            await _harness.FinishAsync(job);
        }

        await Task.WhenAll(waits).WaitAsync(TimeSpan.FromSeconds(20));
    }

    // Waiters come and go while jobs end: none may miss the end of its job.
    [Test]
    public async Task Wait_StartedWhileJobsEnd_NeverMissesAnEnd()
    {
        IReadOnlyList<Job> jobs = await _harness.Client.SubmitAsync(Enumerable.Range(0, 2000).Select(_ => new NewJob("Norm")));
        Task ending = Task.Run(() => Parallel.ForEachAsync(jobs, async (job, _) => await _harness.FinishAsync(job)));
        await Parallel.ForEachAsync(jobs, async (job, _) => Assert.That((await ClientHarness.Soon(_harness.Client.WaitAsync(job.Id, CancellationToken.None))).State, Is.EqualTo(JobState.JobFinished)));
        await ending;
    }

    [Test]
    public async Task Wait_Cancelled_EndsAndOthersGoOn()
    {
        Job job = await _harness.SubmitAsync();
        using var stop = new CancellationTokenSource();
        Task<Job> given = _harness.Client.WaitAsync(job.Id, stop.Token);
        Task<Job> other = _harness.Client.WaitAsync(job.Id);
        await stop.CancelAsync();
        await Assert.CatchAsync<OperationCanceledException>(() => ClientHarness.Soon(given));
        await _harness.FinishAsync(job);
        Assert.That((await ClientHarness.Soon(other)).State, Is.EqualTo(JobState.JobFinished));
    }

    [Test]
    public async Task Wait_NoSuchJob_SaysSo()
    {
        Assert.That((await Assert.ThrowsAsync<JobNotFoundException>(() => ClientHarness.Soon(_harness.Client.WaitAsync(new JobId(99)))))!.Message, Does.Contain("99"));
        await Assert.ThrowsAsync<ArgumentException>(() => _harness.Client.WaitAsync(default(JobId)));
    }

    [Test]
    public async Task Wait_JobDeletedMeanwhile_SaysSo()
    {
        Job job = await _harness.SubmitAsync();
        Task<Job> wait = _harness.Client.WaitAsync(job.Id);
        Assert.That((await _harness.Client.DeleteAsync(job.Id)).Changed, Is.EqualTo(new[] { job.Id }));
        await Assert.ThrowsAsync<JobNotFoundException>(() => ClientHarness.Soon(wait));
    }

    [Test]
    public async Task Wait_StoreClosedMeanwhile_SaysSo()
    {
        Job job = await _harness.SubmitAsync();
        Task<Job> wait = _harness.Client.WaitAsync(job.Id);
        await _harness.Store.DisposeAsync();
        await Assert.ThrowsAsync<StoreException>(() => ClientHarness.Soon(wait));
    }

    [Test]
    public async Task Wait_JobRestartedMeanwhile_WaitsForItsNextEnd()
    {
        Job job = await _harness.FailAsync(await _harness.SubmitAsync());
        await _harness.Client.RestartAsync(job.Id);
        Task<Job> wait = _harness.Client.WaitAsync(job.Id);
        Assert.That(wait.IsCompleted, Is.False);
        await _harness.MoveAsync(job, JobTrigger.Started, JobTrigger.RunSucceeded, JobTrigger.Postprocessed, JobTrigger.StagedOut, JobTrigger.Finished);
        Assert.That((await ClientHarness.Soon(wait)).Attempt, Is.EqualTo(2));
    }

    [Test]
    public async Task Result_OfACommand_IsMissing()
    {
        Job job = await _harness.FinishAsync(await _harness.Client.SubmitAsync(Tool.NewJob(null, ("input", "x"))));
        await Assert.ThrowsAsync<JobResultMissingException>(() => _harness.Client.ResultAsync<double>(job));
    }
}
