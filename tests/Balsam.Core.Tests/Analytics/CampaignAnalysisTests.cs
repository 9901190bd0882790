namespace Balsam.Core.Tests.Analytics;

/// <summary>Histories made by hand, with every figure worked out on paper.</summary>
internal sealed class CampaignAnalysisTests
{
    // Two cores on n1 from -10 s; n2 with four more between 20 s and 40 s.
    //   job 1: submitted 0, runs 10..30 on n1, 2 cores, finishes.
    //   job 2: submitted 0, runs 20..30 on n2, 4 cores, times out; again 35..50 on n1, 1 core, finishes.
    //   job 3: child of 1; ready at 30, runs 40.. on n1 with 1 core, still there at 60.
    private static Campaign ThreeJobs()
    {
        var campaign = new Campaign();
        campaign.Launch(-10, null, "login1", new NodeSpec("n1", 2));
        campaign.Launch(20, 40, "login2", new NodeSpec("n2", 4));
        JobId first = campaign.Submit(0);
        JobId second = campaign.Submit(0, "Mesh");
        JobId third = campaign.Submit(0, parents: first);
        campaign.Start(first, 10, 2, "n1");
        campaign.Start(second, 20, 4, "n2");
        campaign.Finish(first, 30);
        campaign.Move(third, 30, JobTrigger.ParentsFinished);
        campaign.Move(second, 30, JobTrigger.RunTimedOut, JobTrigger.RetryRequested);
        campaign.Start(second, 35, 1, "n1");
        campaign.Start(third, 40, 1, "n1");
        campaign.Finish(second, 50);
        return campaign;
    }

    [Test]
    public void Of_WithThreeJobs_GivesEveryFigureAsWorkedOutByHand()
    {
        CampaignAnalysis analysis = ThreeJobs().Analyze(60);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((analysis.From, analysis.To), Is.EqualTo((Campaign.At(0), Campaign.At(60))));
            Assert.That(Points(analysis.RunningJobs), Is.EqualTo(new[] { (10.0, 1.0), (20, 2), (30, 0), (35, 1), (40, 2), (50, 1) }));
            Assert.That(Points(analysis.BusyCores), Is.EqualTo(new[] { (10.0, 2.0), (20, 6), (30, 0), (35, 1), (40, 2), (50, 1) }));
            Assert.That(Points(analysis.BusyNodes), Is.EqualTo(new[] { (10.0, 1.0), (20, 2), (30, 0), (35, 1) }));
            Assert.That(Points(analysis.AvailableNodes), Is.EqualTo(new[] { (0.0, 1.0), (20, 2), (40, 1) }));
            Assert.That(Points(analysis.AvailableCores), Is.EqualTo(new[] { (0.0, 2.0), (20, 6), (40, 2) }));
            Assert.That(Points(analysis.Finished), Is.EqualTo(new[] { (30.0, 1.0), (50, 2) }));
            Assert.That(analysis.Failed.Points, Is.Empty);
            Assert.That(Points(analysis.Occupancy[JobState.AwaitingParents]), Is.EqualTo(new[] { (0.0, 1.0), (30, 0) }));
            Assert.That(Points(analysis.Occupancy[JobState.Ready]), Is.EqualTo(new[] { (0.0, 2.0), (10, 1), (20, 0), (30, 1), (40, 0) }));
            Assert.That(Points(analysis.Occupancy[JobState.RestartReady]), Is.EqualTo(new[] { (30.0, 1.0), (35, 0) }));
            Assert.That(Points(analysis.Occupancy[JobState.JobFinished]), Is.EqualTo(new[] { (30.0, 1.0), (50, 2) }));
            Assert.That(analysis.Occupancy[JobState.StagedIn].Points, Is.Empty, "a state that jobs only pass holds none of them");
            Assert.That(analysis.Counts.ToString(), Is.EqualTo("RUNNING 1, JOB_FINISHED 2"));
            Assert.That(analysis.Makespan, Is.EqualTo(TimeSpan.FromSeconds(50)), "from 10 s to the end, since a run goes on");

            // Busy: 20·2 + 10·4 + 15·1 + 20·1 = 115 core-seconds; offered from 10 s to 60 s: 50·2 + 20·4 = 180.
            Assert.That(analysis.Utilization, Is.EqualTo(115.0 / 180).Within(1e-12));
            Assert.That(analysis.Failures, Is.Empty);
        }
    }

    [Test]
    public void Of_WithThreeJobs_GivesTheRunsWithWhatTheStepsSaid()
    {
        IReadOnlyList<RunSpan> runs = ThreeJobs().Analyze(60).Runs;

        Assert.That(
            runs.Select(run => (run.JobId.Value, run.Attempt, string.Join(",", run.Nodes), run.Cores, run.Gpus, Seconds(run.Start), run.End is { } end ? Seconds(end) : -1, run.Outcome)),
            Is.EqualTo(new (long, int, string, int, double, double, double, JobState?)[]
            {
                (1, 1, "n1", 2, 0.5, 10, 30, JobState.RunDone),
                (2, 1, "n2", 4, 0.5, 20, 30, JobState.RunTimeout),
                (2, 2, "n1", 1, 0.5, 35, 50, JobState.RunDone),
                (3, 1, "n1", 1, 0.5, 40, -1, null),
            }));
    }

    [Test]
    public void Of_WithThreeJobs_GivesTimelinesWhoseSpansTouch()
    {
        JobTimeline second = ThreeJobs().Analyze(60).Jobs[1];

        Assert.That(second.Spans.Where(span => span.Duration > TimeSpan.Zero).Select(span => (span.State, Seconds(span.From), Seconds(span.To))), Is.EqualTo(new[]
        {
            (JobState.Ready, 0.0, 20.0), (JobState.Running, 20, 30), (JobState.RestartReady, 30, 35), (JobState.Running, 35, 50), (JobState.JobFinished, 50, 60),
        }));
        Assert.That(second.Spans.Select(span => span.State), Does.Contain(JobState.StagedIn).And.Contain(JobState.Postprocessed), "states that were only passed are there");
        Assert.That((second.State, second.EndedAt, second.Application.Value), Is.EqualTo((JobState.JobFinished, Campaign.At(50), "Mesh")));
    }

    [Test]
    public void Of_WithThreeJobs_MeasuresTheWaitOfEachRunFromWhenTheJobWasFree()
    {
        IReadOnlyList<ApplicationDurations> durations = ThreeJobs().Analyze(60).Durations;

        Assert.That(durations.Select(each => (each.Application.Value, each.Jobs)), Is.EqualTo(new[] { ("Mesh", 1), ("Relax", 2) }));
        Assert.That(durations[0].QueueWait, Is.EqualTo(Quantiles(2, 12.5, 5, 5, 20, 20, 20)), "20 s before the first run, 5 s before the second");
        Assert.That(durations[0].RunTime, Is.EqualTo(Quantiles(2, 12.5, 10, 10, 15, 15, 15)));
        Assert.That(durations[1].QueueWait, Is.EqualTo(Quantiles(2, 10, 10, 10, 10, 10, 10)), "the child waits from when its parent has finished");
        Assert.That(durations[1].RunTime, Is.EqualTo(Quantiles(1, 20, 20, 20, 20, 20, 20)), "a run that goes on is not a duration yet");
    }

    [Test]
    public void Of_WhenAllHaveEnded_EndsWithTheLastStepAndNotNow()
    {
        var campaign = new Campaign();
        campaign.Launch(0, null, "login1", new NodeSpec("n1", 4));
        JobId job = campaign.Submit(0);
        campaign.Start(job, 10, 1, "n1");
        campaign.Finish(job, 30);

        CampaignAnalysis analysis = campaign.Analyze(1000);

        Assert.That(analysis.To, Is.EqualTo(Campaign.At(30)));
        Assert.That(analysis.Utilization, Is.EqualTo(0.25));
    }

    [Test]
    public void Of_WithAJobThatIsRunAgain_CountsItAgainInTheThroughputButOnceInTheStates()
    {
        var campaign = new Campaign();
        JobId job = campaign.Submit(0);
        campaign.Start(job, 1, 1, "n1");
        campaign.Finish(job, 2);
        campaign.Move(job, 3, JobTrigger.Restarted);
        campaign.Start(job, 4, 1, "n1");
        campaign.Finish(job, 5);

        CampaignAnalysis analysis = campaign.Analyze(9);

        Assert.That(Points(analysis.Finished), Is.EqualTo(new[] { (2.0, 1.0), (5, 2) }));
        Assert.That(Points(analysis.Occupancy[JobState.JobFinished]), Is.EqualTo(new[] { (2.0, 1.0), (3, 0), (5, 1) }));
        Assert.That(analysis.Jobs[0].EndedAt, Is.EqualTo(Campaign.At(5)));
    }

    [Test]
    public void Of_WithTwoRunsOnOneNode_CountsTheNodeOnceUntilBothHaveEnded()
    {
        var campaign = new Campaign();
        (JobId first, JobId second) = (campaign.Submit(0), campaign.Submit(0));
        campaign.Start(first, 1, 1, "n1");
        campaign.Start(second, 2, 1, "n1", "n2");
        campaign.Finish(first, 3);
        campaign.Finish(second, 4);

        Assert.That(Points(campaign.Analyze(9).BusyNodes), Is.EqualTo(new[] { (1.0, 1.0), (2, 2), (4, 0) }));
    }

    [Test]
    public void Of_WithNodesOfOneNameAtTwoSites_CountsThemAsTwo()
    {
        var campaign = new Campaign();
        (JobId here, JobId there) = (campaign.Submit(0), campaign.Submit(0, site: "other"));
        campaign.Start(here, 1, 1, "n1");
        campaign.Start(there, 1, 1, "n1");

        Assert.That(campaign.Analyze(9).BusyNodes.Max, Is.EqualTo(2));
    }

    [Test]
    public void Of_WithTwoLaunchersOnOneNode_CountsSharedCoresOnce()
    {
        var campaign = new Campaign();
        campaign.Submit(0);
        campaign.Launch(0, 20, "dead", new NodeSpec("n1", [0, 1, 2], null, default));
        campaign.Launch(10, null, "next", new NodeSpec("n1", [2, 3], null, default));

        CampaignAnalysis analysis = campaign.Analyze(30);

        Assert.That(Points(analysis.AvailableCores), Is.EqualTo(new[] { (0.0, 3.0), (10, 4), (20, 2) }));
        Assert.That(Points(analysis.AvailableNodes), Is.EqualTo(new[] { (0.0, 1.0) }));
    }

    [Test]
    public void Of_WithLaunchersBeforeAfterAndElsewhere_CountsOnlyThoseThatWereThere()
    {
        var campaign = new Campaign();
        campaign.Submit(0);
        campaign.Launch(-20, -10, "before", new NodeSpec("n1", 1));
        campaign.Launch(40, null, "after", new NodeSpec("n2", 2));
        campaign.Launch(-5, 50, "there", new NodeSpec("n3", 4));
        campaign.Launchers.Add(campaign.Launchers[2] with { Site = "other" });

        Assert.That(Points(campaign.Analyze(30).AvailableCores), Is.EqualTo(new[] { (0.0, 4.0) }));
    }

    [Test]
    public void Of_WhenAClockWasSetBack_TakesTheLaterStepAsAtTheInstantOfTheEarlier()
    {
        var campaign = new Campaign();
        JobId job = campaign.Submit(10);
        campaign.Start(job, 5, 1, "n1");
        campaign.Finish(job, 20);

        CampaignAnalysis analysis = campaign.Analyze(30);

        Assert.That(analysis.Runs.Select(run => (Seconds(run.Start), Seconds(run.End!.Value))), Is.EqualTo(new[] { (10.0, 20.0) }));
        Assert.That(analysis.Durations[0].QueueWait.Max, Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void Of_WithAStartThatSaysNothing_CountsTheRunWithoutNodesAndCores()
    {
        var campaign = new Campaign();
        JobId job = campaign.Submit(0);
        campaign.Move(job, 1, JobTrigger.StagedIn, JobTrigger.Preprocessed, JobTrigger.Started);
        campaign.Move(job, 2, JobTrigger.RunTimedOut, JobTrigger.RetryRequested, JobTrigger.Started);

        CampaignAnalysis analysis = campaign.Analyze(3);

        Assert.That(analysis.Runs.Select(run => (run.Attempt, run.Nodes.Count, run.Cores, run.Gpus)), Is.EqualTo(new[] { (1, 0, 0, 0.0), (2, 0, 0, 0) }));
        Assert.That(analysis.RunningJobs.Max, Is.EqualTo(1));
    }

    [Test]
    public void Of_WithEventsOfOtherJobs_PassesThemOver()
    {
        Campaign campaign = ThreeJobs();

        var analysis = CampaignAnalysis.Of([campaign.Jobs[1]], campaign.Events, campaign.Launchers, Campaign.At(60));

        Assert.That(analysis.Runs.Select(run => run.JobId.Value), Is.EqualTo(new[] { 2, 2 }));
        Assert.That(analysis.To, Is.EqualTo(Campaign.At(50)));
    }

    [Test]
    public void Of_WithAJobWithoutEvents_TakesItAsInItsStateSinceItsSubmission()
    {
        var campaign = new Campaign();
        campaign.Submit(5);

        var analysis = CampaignAnalysis.Of(campaign.Jobs, [], [], Campaign.At(60));

        Assert.That(Points(analysis.Occupancy[JobState.Ready]), Is.EqualTo(new[] { (5.0, 1.0) }));
    }

    [Test]
    public void Of_WithNothing_IsEmptyAndReadable()
    {
        var analysis = CampaignAnalysis.Of([], [], [], Campaign.Noon);

        Assert.That((analysis.From, analysis.To, analysis.Makespan, analysis.Utilization), Is.EqualTo((Campaign.Noon, Campaign.Noon, TimeSpan.Zero, (double?)null)));
        Assert.That(analysis.ToString(), Does.StartWith("0 jobs: no jobs"));
    }

    [Test]
    public void ToString_WithThreeJobs_SaysWhatAPersonWantsToKnow()
    {
        Assert.That(ThreeJobs().Analyze(60).ToString().ReplaceLineEndings("\n"), Is.EqualTo("""
            3 jobs: RUNNING 1, JOB_FINISHED 2
            from 2030-01-02 12:00:00 to 2030-01-02 12:01:00 UTC, 0:01:00
            4 runs, makespan 50 s, at most 6 cores busy on 2 nodes, utilization 63.9 % of 6 cores
            Mesh: 1 job; waited 5 s (p90 20 s, longest 20 s), ran 10 s (p90 15 s, longest 15 s)
            Relax: 2 jobs; waited 10 s (p90 10 s, longest 10 s), ran 20 s (p90 20 s, longest 20 s)

            """.ReplaceLineEndings("\n")));
    }

    private static double Seconds(DateTimeOffset at) => (at - Campaign.Noon).TotalSeconds;

    private static IEnumerable<(double At, double Value)> Points(StepSeries series) => series.Points.Select(point => (Seconds(point.At), point.Value));

    private static DurationQuantiles Quantiles(int count, double mean, double p10, double p50, double p90, double p99, double max) => new(
        count, TimeSpan.FromSeconds(mean), TimeSpan.FromSeconds(p10), TimeSpan.FromSeconds(p50), TimeSpan.FromSeconds(p90), TimeSpan.FromSeconds(p99), TimeSpan.FromSeconds(max));
}
