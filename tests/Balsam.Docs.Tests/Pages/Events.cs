namespace Balsam.Docs.Tests.Pages;

[TestFixture]
public sealed class Events
{
    [Test]
    public async Task Events_AsOnThePage_Work()
    {
        await using DocsSite docs = await DocsSite.OpenAsync(balsam => balsam.AddApplication<Half>());
        BalsamClient client = docs.Client;
        DateTimeOffset midnight = DateTimeOffset.UtcNow.AddHours(-1);
        IReadOnlyList<Job> jobs = await client.SubmitAsync(Enumerable.Range(0, 20).Select(i => Half.NewJob($"study/{i}", i).Tag("study", "a")));
        (JobId first, JobId second) = (jobs[0].Id, jobs[1].Id);
        await docs.Site.RunUntilIdleAsync();

        #region query
        List<JobEvent> failures = await client.Events
            .To(JobState.Failed).OfJobs(q => q.WithTag("study", "a")).After(midnight)
            .Descending().Take(10).ToListAsync();
        #endregion

        #region conditions
        JobEventQuery query = client.Events
            .OfJob(first, second).From(JobState.Running).To(JobState.RunError, JobState.RunTimeout).WithTrigger(JobTrigger.RunFailed)
            .Between(midnight, midnight.AddDays(1)).WithData("cores", Comparison.GreaterOrEqual, 1).WithData("nodes[0]", "n12")
            .Where(step => step.Message is not null);
        long count = await query.CountAsync();
        #endregion

        using var stopping = new CancellationTokenSource();
        CancellationToken stop = stopping.Token;
        long token = (await client.Events.Descending().Skip(5).FirstAsync()).Sequence;
        long newest = (await client.Events.To(JobStates.Final).Descending().FirstOrDefaultAsync())!.Sequence;
        Task watch = WatchAsync();
        await client.Events.To(JobStates.Final).Since(token).Take(1).WatchAsync(cancellationToken: stop).FirstAsync();
        await stopping.CancelAsync();
        Assert.That(async () => await watch, Throws.InstanceOf<OperationCanceledException>());

        async Task WatchAsync()
        {
            #region watch
            await foreach (JobEvent step in client.Events.To(JobStates.Final).WatchAsync(from: token, stop))
            {
                Console.WriteLine($"{step.JobId} {step.To.ToText()}");
                token = step.Sequence;
            }
            #endregion
        }

        #region analysis
        CampaignAnalysis analysis = await client.AnalyzeAsync(client.Jobs.WithTag("study", "a"));
        Console.WriteLine(analysis);
        double busiest = analysis.BusyCores.Max;
        double lastHour = analysis.BusyCores.Mean(analysis.To.AddHours(-1), analysis.To);
        foreach (FailureGroup group in analysis.Failures)
        {
            Console.WriteLine($"{group.Count} × {group.Cause}: {string.Join("; ", group.Concentrations)}");
        }
        #endregion

        using (Assert.EnterMultipleScope())
        {
            Assert.That(failures, Has.Count.EqualTo(10));
            Assert.That(count, Is.Zero, "no node is called n12");
            Assert.That(newest, Is.GreaterThan(0));
            Assert.That(busiest, Is.GreaterThanOrEqualTo(1));
            Assert.That(lastHour, Is.LessThanOrEqualTo(busiest));
            Assert.That(analysis.Failures.Select(group => (group.Count, group.Cause.Text)), Is.EqualTo(new[] { (10, "System.InvalidOperationException: # is odd") }));
        }
    }

    private sealed class Half : FunctionApplication<int, int>
    {
        protected override Task<int> Run(int input, RunContext context, CancellationToken cancellationToken) =>
            input % 2 == 0 ? Task.FromResult(input / 2) : throw new InvalidOperationException(FormattableString.Invariant($"{input} is odd"));
    }
}
