using Balsam.Launch.Tests.Engine;
using Balsam.Testing;

namespace Balsam.Launch.Tests.Events;

/// <summary>A campaign in the real engine, on virtual time: its analysis agrees with what the runs did.</summary>
internal sealed class CampaignTests
{
    [Test]
    public async Task Analyze_ACampaignOfRunsThatEndAsTold_AgreesWithThem([Values] StoreKind store)
    {
        var time = new EngineTime();
        var runner = new FakeJobRunner();
        await using EngineHarness engine = await EngineHarness.StartAsync(store, setup =>
        {
            setup.Time = time;
            setup.Runner = runner;
        });
        DateTimeOffset start = time.GetUtcNow();

        // Two cores: the first two run at once, being urgent, the third waits for one of them, the fourth for the third.
        NewJob third = Shell(1);
        IReadOnlyList<Job> jobs = await engine.SubmitAsync(Shell(1).WithPriority(1), Shell(1).WithPriority(1), third, Shell(2).After(third));
        Dictionary<JobId, FakeRun> runs = [];
        await StartedAsync(2);
        time.Advance(TimeSpan.FromSeconds(10));
        await EndAsync(jobs[0], 0);
        await StartedAsync(1);
        time.Advance(TimeSpan.FromSeconds(20));
        await EndAsync(jobs[1], 3);
        time.Advance(TimeSpan.FromSeconds(5));
        await EndAsync(jobs[2], 0);
        await StartedAsync(1);
        time.Advance(TimeSpan.FromSeconds(5));

        CampaignAnalysis analysis = await engine.Client.AnalyzeAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That((analysis.From, analysis.To), Is.EqualTo((start, start.AddSeconds(40))));
            Assert.That(
                analysis.Runs.OrderBy(run => run.JobId).Select(run => ((run.Start - start).TotalSeconds, (run.End - start)?.TotalSeconds, run.Cores, run.Nodes[0], run.Outcome)),
                Is.EqualTo(new (double, double?, int, string, JobState?)[]
                {
                    (0, 10, 1, "n1", JobState.RunDone), (0, 30, 1, "n1", JobState.RunError), (10, 35, 1, "n1", JobState.RunDone), (35, null, 2, "n1", null),
                }));
            Assert.That(analysis.Counts.ToString(), Is.EqualTo("RUNNING 1, JOB_FINISHED 2, FAILED 1"));
            Assert.That(analysis.BusyCores.Points.Select(point => ((point.At - start).TotalSeconds, point.Value)), Is.EqualTo(new[] { (0.0, 2.0), (30, 1), (35, 2) }));
            Assert.That(analysis.AvailableCores.Points.Select(point => point.Value), Is.EqualTo(new[] { 2.0 }));

            // 2 cores for 40 s, but one of them was free for 5 s.
            Assert.That(analysis.Utilization, Is.EqualTo(75.0 / 80));
            Assert.That(analysis.Durations.Single().QueueWait.Max, Is.EqualTo(TimeSpan.FromSeconds(10)));
            Assert.That(analysis.Failures.Single().ToString(), Is.EqualTo("1 × ExitCode: exit code #"));
        }

        CampaignAnalysis some = await engine.Client.AnalyzeAsync(engine.Client.Jobs.WithIds(jobs[0].Id, jobs[1].Id));
        Assert.That((some.Jobs.Count, some.Runs.Count, some.To), Is.EqualTo((2, 2, start.AddSeconds(30))));

        async Task StartedAsync(int count)
        {
            for (int i = 0; i < count; i++)
            {
                FakeRun run = await EngineHarness.Soon(runner.NextAsync(), "a start");
                runs.Add(run.JobId, run);
            }
        }

        async Task EndAsync(Job job, int code)
        {
            runs[job.Id].Exit(code);
            await engine.EndAsync(job);
        }
    }

    [Test]
    public async Task Analyze_OfManyJobs_ReadsTheStreamOnceAndAgreesWithTheHistories([Values] StoreKind store)
    {
        await using EventSite site = await EventSite.OpenAsync(store);
        await site.SubmitAsync(300, ("study", "before"));
        IReadOnlyList<Job> jobs = await site.SubmitAsync(1100, ("study", "a"));
        site.Time.Advance(TimeSpan.FromSeconds(3));
        await site.MoveAsync(jobs[5].Id, JobTrigger.Cancelled);
        JobQuery query = site.Client.Jobs.WithTag("study", "a");
        site.Reads.EventsRead = 0;

        CampaignAnalysis analysis = await site.Client.AnalyzeAsync(query);

        Assert.That(site.Reads.EventsRead, Is.EqualTo(2 + 2201), "the history of the first job, and the stream from there");
        List<JobEvent> events = await site.Client.Events.OfJobs(query).ToListAsync();
        var plain = CampaignAnalysis.Of(await query.ToListAsync(), events, [], site.Time.GetUtcNow());
        Assert.That(analysis.ToString(), Is.EqualTo(plain.ToString()));
        Assert.That(analysis.Jobs, Has.Count.EqualTo(1100));
        Assert.That(JobStates.All.Select(state => analysis.Occupancy[state]), Is.EqualTo(JobStates.All.Select(state => plain.Occupancy[state])));
    }

    private static NewJob Shell(int cores) => new NewJob("Shell").WithParameters(new Shell.Parameters("true")).WithResources(new JobResources { ThreadsPerRank = cores });
}
