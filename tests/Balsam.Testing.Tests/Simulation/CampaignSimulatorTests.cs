using Balsam.Launch.Packing;
using Balsam.Testing.Simulation;

namespace Balsam.Testing.Tests.Simulation;

[TestFixture]
public sealed class CampaignSimulatorTests
{
    private static readonly IRunTimeModel TenSeconds = RunTimeModel.Fixed(TimeSpan.FromSeconds(10));

    [Test]
    public void Run_JobsThatDoNotFitTogether_WastesFragmentationThenTail()
    {
        CampaignUse use = Simulate(cores: 4, Job(cores: 3), Job(cores: 2)).Use;
        Assert.That((use.Used, use.Fragmentation, use.Tail), Is.EqualTo((Cores(50), Cores(10), Cores(20))));
    }

    [Test]
    public void Run_Chain_WastesDependencyWaitsThenTail()
    {
        CampaignUse use = Simulate(cores: 2, Job(), Job(parents: 0)).Use;
        Assert.That((use.Used, use.DependencyWaits, use.Tail), Is.EqualTo((Cores(20), Cores(10), Cores(10))));
    }

    [Test]
    public void Run_FailingJob_IsRepeatedThenFailsWithItsChildrenAndItsTimeIsWasted()
    {
        SimulatedJob failing = Job() with { RunTime = RunTimeModel.Empirical([new DrawnRun(TimeSpan.FromSeconds(5), ExitCode: 7)]) };
        SimulatedJob rescue = Job() with { Parents = [new SimulatedParent(0, DependencyCondition.Failure)] };
        SimulatedCampaign campaign = new CampaignSimulator([failing, Job(parents: 0), rescue], Options(cores: 1) with
        {
            Retries = new Dictionary<ApplicationName, RetryPolicy> { ["Work"] = new(3) { Delay = TimeSpan.FromSeconds(20) } },
        }).Run();
        Assert.That(campaign.States, Is.EqualTo(new[] { JobState.Failed, JobState.Failed, JobState.JobFinished }));
        Assert.That(campaign.Runs.Select(run => run.Start.TotalSeconds), Is.EqualTo(new[] { 0.0, 25, 70, 75 }));
        Assert.That((campaign.Use.Failures, campaign.Use.Used), Is.EqualTo((Cores(75), Cores(10))));
        Assert.That(campaign.Jobs[1].Failure!.GuiltyAncestor, Is.EqualTo(campaign.Jobs[0].Id));
    }

    [Test]
    public void Run_WallTimeAndQueueWaits_CutsOffRunsThatGoOnInTheNextAllocation()
    {
        SimulatedJob longer = Job() with { RunTime = RunTimeModel.Empirical([new DrawnRun(TimeSpan.FromSeconds(30))]), Resources = JobResources.Default with { WallTime = TimeSpan.FromSeconds(30) } };
        SimulatedJob[] jobs = [Job() with { Priority = 1 }, longer, longer];
        var allocation = new SimulatedAllocation([new NodeSpec("n", 1)]) { WallTime = TimeSpan.FromSeconds(35), QueueWait = TimeSpan.FromSeconds(100), Repeats = 9 };
        SimulatedCampaign campaign = new CampaignSimulator(jobs, new SimulationOptions { Allocations = [allocation], RunTime = TenSeconds }).Run();
        Assert.That(campaign.Runs.Select(run => (run.Job, run.Start.TotalSeconds)), Is.EqualTo(new[] { (0, 100.0), (1, 235), (2, 370) }));
        Assert.That((campaign.TimeToEnd.TotalSeconds, campaign.Makespan.TotalSeconds), Is.EqualTo((400.0, 300.0)));
        Assert.That(campaign.Use.WallTime, Is.EqualTo(Cores(25 + 5)));
        Assert.That(campaign.Launchers, Has.Count.EqualTo(3));
    }

    [Test]
    public void Run_EstimateLongerThanAnyAllocation_EndsWithTheJobLeftOver()
    {
        SimulatedJob job = Job() with { Resources = JobResources.Default with { WallTime = TimeSpan.FromHours(1) } };
        var allocation = new SimulatedAllocation([new NodeSpec("n", 1)]) { WallTime = TimeSpan.FromMinutes(30), Repeats = int.MaxValue };
        SimulatedCampaign campaign = new CampaignSimulator([job], new SimulationOptions { Allocations = [allocation], RunTime = TenSeconds }).Run();
        Assert.That(campaign.AllEnded, Is.False);
        Assert.That(campaign.Use.WallTime, Is.EqualTo(campaign.Use.Offered));
    }

    [Test]
    public void Run_NodesThatFail_LosesRunsAndRepeatsThem()
    {
        SimulatedJob[] jobs = [.. Enumerable.Range(0, 200).Select(_ => Job() with { RunTime = RunTimeModel.Fixed(TimeSpan.FromHours(1)) })];
        SimulatedCampaign campaign = new CampaignSimulator(jobs, Options(cores: 2, nodes: 4) with { NodeFailures = new NodeFailures(TimeSpan.FromHours(10), TimeSpan.FromHours(2)) }).Run(seed: 4);
        SimulatedRun[] lost = [.. campaign.Runs.Where(run => run.Failure == FailureKind.LauncherLost)];
        Assert.That(lost, Is.Not.Empty);
        Assert.That(lost.Select(run => run.Outcome), Is.All.EqualTo(JobState.RunTimeout));
        Assert.That(campaign.States, Is.All.EqualTo(JobState.JobFinished));
        Assert.That(campaign.Runs, Has.Count.EqualTo(200 + lost.Length));
        Assert.That(campaign.Use.Failures.Hours, Is.GreaterThan(lost.Sum(run => (run.End - run.Start).TotalHours)));
    }

    [Test]
    public void Run_Overhead_HoldsThePlaceAtTheStartAndTheChildrenAtTheEnd()
    {
        SimulatedCampaign campaign = new CampaignSimulator(
            [Job(), Job(parents: 0)], Options(cores: 1) with { Overhead = new LauncherOverhead(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)) }).Run();
        Assert.That(campaign.Runs.Select(run => (run.Start.TotalSeconds, run.End.TotalSeconds)), Is.EqualTo(new[] { (0.0, 11.0), (13, 24) }));
        Assert.That((campaign.Use.Overhead, campaign.Use.Used, campaign.Use.DependencyWaits), Is.EqualTo((Cores(2), Cores(20), Cores(2))));
    }

    [Test]
    public void Run_RequestLargerThanAnyNode_FailsAsTheLauncherFailsIt()
    {
        SimulatedCampaign campaign = Simulate(cores: 2, Job(cores: 3), Job(parents: 0), Job());
        Assert.That(campaign.States, Is.EqualTo(new[] { JobState.Failed, JobState.Failed, JobState.JobFinished }));
        Assert.That(campaign.Jobs[0].Failure!.Kind, Is.EqualTo(FailureKind.Impossible));
    }

    [Test]
    public void Run_JobThatIsCutOffForEver_IsNamed()
    {
        SimulatedJob job = Job() with { Resources = JobResources.Default with { TimeLimit = TimeSpan.FromSeconds(1) } };
        Assert.That(() => Simulate(cores: 1, job), Throws.InvalidOperationException.With.Message.Contains("Job [0] (Work) was started 1000 times"));
    }

    [Test]
    public void CriticalPath_OfADiamond_IsItsLongerSide()
    {
        SimulatedJob slow = Job(parents: 0) with { RunTime = RunTimeModel.Fixed(TimeSpan.FromSeconds(15)) };
        SimulatedCampaign campaign = Simulate(cores: 2, Job(), slow, Job(parents: 0), Job(parents: [1, 2]));
        Assert.That(campaign.CriticalPath.Jobs, Is.EqualTo(new[] { 0, 1, 3 }));
        Assert.That(campaign.CriticalPath.Length, Is.EqualTo(TimeSpan.FromSeconds(35)));
        Assert.That(campaign.Makespan, Is.EqualTo(TimeSpan.FromSeconds(35)));
        Assert.That(campaign.Applications.Single() is { Jobs: 4, Finished: 4, Runs: 4, FailedRuns: 0, RunTime.P50.TotalSeconds: 10 });
        Assert.That(campaign.BusyCores.Points.Select(point => point.Value), Is.EqualTo(new[] { 1.0, 2, 1, 0 }));
    }

    [Test]
    public void Forecast_OverSeeds_GivesTheMedianAndWhatNineInTenLieBetween()
    {
        SimulatedJob[] jobs = [.. Enumerable.Range(0, 40).Select(_ => Job() with { RunTime = RunTimeModel.LogNormal(TimeSpan.FromMinutes(10), 1) })];
        var simulator = new CampaignSimulator(jobs, Options(cores: 8));
        CampaignForecast forecast = simulator.Forecast(seeds: 21);
        TimeSpan[] makespans = [.. Enumerable.Range(0, 21).Select(seed => simulator.Run(seed).Makespan).Order()];
        Assert.That(forecast.Makespan, Is.EqualTo(new ForecastBounds<TimeSpan>(makespans[1], makespans[10], makespans[19])));
        Assert.That(forecast.Typical.Makespan, Is.EqualTo(makespans[10]));
        Assert.That(forecast.ToString(), Does.Contain("40 jobs, 21 simulations").And.Contain("90 %:").And.Contain("tail"));
    }

    [Test]
    public void Compare_PoliciesNodesAndWallTimes_GivesARowForEach()
    {
        SimulatedJob[] jobs = [.. Enumerable.Range(0, 40).Select(i => Job(cores: 1 + (i % 3)))];
        CampaignComparison table = new CampaignSimulator(jobs, Options(cores: 4)).Compare(
            new Dictionary<string, IPackingPolicy> { ["backfill"] = new BackfillPolicy(), ["one"] = new OneAtATime() }, [1, 2, 4], [TimeSpan.FromSeconds(25), TimeSpan.FromHours(1)], seeds: 1);
        Assert.That(table.Rows.Select(row => (row.Policy, row.Nodes)).Distinct().Count(), Is.EqualTo(6));
        Assert.That(table.Rows, Has.Count.EqualTo(12));
        TimeSpan Makespan(string policy, int nodes) => table.Rows.Single(row => row.Policy == policy && row.Nodes == nodes && row.WallTime == TimeSpan.FromHours(1)).Forecast.Makespan.Median;
        Assert.That(Makespan("backfill", 2), Is.LessThan(Makespan("backfill", 1)));
        Assert.That(Makespan("one", 1), Is.EqualTo(TimeSpan.FromSeconds(400)));
        Assert.That(table.Rows.Select(row => row.Forecast.Unfinished.High), Is.All.Zero);
        Assert.That(table.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(13));
    }

    [Test]
    public void Analyze_SimulatedCampaign_GivesTheReportOfARealOne()
    {
        SimulatedCampaign campaign = Simulate(cores: 2, Job(), Job(parents: 0), Job(cores: 2));
        CampaignAnalysis analysis = campaign.Analyze();
        Assert.That(analysis.Makespan, Is.EqualTo(campaign.Makespan));
        Assert.That(analysis.Utilization, Is.EqualTo(campaign.Use.Utilization).Within(1e-9));
        string page = CampaignReport.Html(analysis);
        Assert.That(System.Text.RegularExpressions.Regex.Matches(page, "<section id=\"([a-z]+)\"").Select(match => match.Groups[1].Value), Is.SupersetOf(new[] { "gantt", "utilization", "throughput" }));
    }

    [Test]
    public void Simulator_WhatMakesNoSense_IsRefusedAtTheDoor()
    {
        Assert.That(() => new CampaignSimulator([Job(parents: 1), Job(parents: 0)], Options(1)), Throws.ArgumentException.With.Message.Contains("circle"));
        Assert.That(() => new CampaignSimulator([Job(parents: 5)], Options(1)), Throws.ArgumentException.With.Message.Contains("[5]"));
        Assert.That(() => new CampaignSimulator([Job() with { Resources = new JobResources { Nodes = 0 } }], Options(1)), Throws.ArgumentException.With.Message.Contains("Nodes is 0"));
        Assert.That(() => new CampaignSimulator([], Options(1) with { Allocations = [] }), Throws.ArgumentException);
        Assert.That(() => new CampaignSimulator([], Options(1) with { NodeFailures = new NodeFailures(TimeSpan.Zero, TimeSpan.Zero) }), Throws.ArgumentException);
        Assert.That(() => SimulatedJob.From([new NewJob("A").After(new NewJob("B"))]), Throws.ArgumentException.With.Message.Contains("not among the jobs"));
        Assert.That(() => new CampaignSimulator([Job()], Options(1) with { RunTime = RunTimeModel.AsEstimated }).Run(), Throws.InvalidOperationException.With.Message.Contains("no WallTime"));
    }

    private static SimulatedCampaign Simulate(int cores, params SimulatedJob[] jobs) => new CampaignSimulator(jobs, Options(cores)).Run();

    private static SimulationOptions Options(int cores, int nodes = 1) => new() { Allocations = [SimulatedAllocation.Of(nodes, cores)], RunTime = TenSeconds };

    private static SimulatedJob Job(int cores = 1, params int[] parents) => new()
    {
        Application = "Work", Resources = new JobResources { RanksPerNode = cores }, Parents = [.. parents.Select(parent => new SimulatedParent(parent))],
    };

    private static SimulatedJob Job(params int[] parents) => Job(1, parents);

    private static CoreTime Cores(double seconds) => CoreTime.Of(1, TimeSpan.FromSeconds(seconds));

    private sealed class OneAtATime : IPackingPolicy
    {
        private readonly BackfillPolicy _policy = new();

        public PackingPlan Pack(Inventory inventory, IReadOnlyList<PackingCandidate> candidates, DateTimeOffset now, TimeSpan? remainingWallTime) =>
            inventory.RunningJobs > 0 ? new PackingPlan([], [], null) : _policy.Pack(inventory, [candidates[0]], now, remainingWallTime);
    }
}
