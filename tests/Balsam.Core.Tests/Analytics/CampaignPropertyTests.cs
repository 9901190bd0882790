using CsCheck;

namespace Balsam.Core.Tests.Analytics;

/// <summary>Random histories: what the series say agrees with a plain look at every event.</summary>
internal sealed class CampaignPropertyTests
{
    private static readonly string[] Nodes = ["n1", "n2", "n3"];

    // Each step: which job, how long after the last step of any job, which of the moves that are allowed.
    private static readonly Gen<Campaign> Some = Gen.Select(Gen.Int[1, 8], Gen.Select(Gen.Int[0, 7], Gen.Int[0, 3], Gen.Int[0, 99]).Array[0, 120]).Select((jobs, steps) =>
    {
        var campaign = new Campaign();
        for (int i = 0; i < jobs; i++)
        {
            campaign.Submit(i / 2);
        }

        double at = jobs;
        foreach ((int job, int wait, int choice) in steps)
        {
            at += wait;
            Job current = campaign.Jobs[job % jobs];
            IReadOnlyList<JobTrigger> allowed = JobTransitions.AllowedIn(current.State);
            JobTrigger trigger = allowed[choice % allowed.Count];
            if (trigger == JobTrigger.Started)
            {
                campaign.Start(current.Id, at, (choice % 4) + 1, [.. Nodes.Take((choice % 3) + 1)]);
            }
            else
            {
                campaign.Move(current.Id, at, trigger);
            }
        }

        return campaign;
    });

    [Test]
    public void Occupancy_AtEveryInstant_IsTheStateOfEachJobAfterItsEventsUntilThen() => EachInstant((campaign, analysis, at) =>
    {
        Dictionary<JobId, JobState> states = [];
        foreach (JobEvent step in campaign.Events.Where(step => step.At <= at))
        {
            states[step.JobId] = step.To;
        }

        foreach (JobState state in JobStates.All)
        {
            Assert.That(analysis.Occupancy[state].ValueAt(at), Is.EqualTo(states.Values.Count(each => each == state)), $"{state} at {at:O}");
        }

        Assert.That(analysis.Occupancy.Values.Sum(series => series.ValueAt(at)), Is.EqualTo(campaign.Jobs.Count(job => job.CreatedAt <= at)));
    });

    [Test]
    public void Busy_AtEveryInstant_IsTheSumOfTheOpenRuns() => EachInstant((_, analysis, at) =>
    {
        RunSpan[] open = [.. analysis.Runs.Where(run => run.Start <= at && !(run.End <= at))];
        Assert.That(
            (analysis.RunningJobs.ValueAt(at), analysis.BusyCores.ValueAt(at), analysis.BusyNodes.ValueAt(at)),
            Is.EqualTo(((double)open.Length, (double)open.Sum(run => run.Cores), (double)open.SelectMany(run => run.Nodes).Distinct().Count())));
        Assert.That(analysis.Occupancy[JobState.Running].ValueAt(at), Is.EqualTo(open.Length));
    });

    [Test]
    public void Ended_AtEveryInstant_IsTheNumberOfStepsThere() => EachInstant((campaign, analysis, at) => Assert.That(
        (analysis.Finished.ValueAt(at), analysis.Failed.ValueAt(at)),
        Is.EqualTo(((double)campaign.Events.Count(step => step.To == JobState.JobFinished && step.At <= at), (double)campaign.Events.Count(step => step.To == JobState.Failed && step.At <= at)))));

    [Test]
    public void Figures_AtTheEnd_AgreeWithTheJobs() => Some.Sample(campaign =>
    {
        CampaignAnalysis analysis = campaign.Analyze(1000);
        foreach (JobState state in JobStates.All)
        {
            Assert.That(analysis.Counts[state], Is.EqualTo(campaign.Jobs.Count(job => job.State == state)));
            Assert.That(analysis.Occupancy[state].ValueAt(analysis.To), Is.EqualTo(analysis.Counts[state]));
        }

        Assert.That(analysis.Runs, Has.Count.EqualTo(campaign.Events.Count(step => step.To == JobState.Running)));
        Assert.That(analysis.Durations.Sum(each => each.RunTime.Count), Is.EqualTo(analysis.Runs.Count(run => run.End is not null)));
        Assert.That(analysis.Durations.Sum(each => each.QueueWait.Count), Is.EqualTo(analysis.Runs.Count), "before each run the job was READY or RESTART_READY");
        foreach (JobTimeline job in analysis.Jobs)
        {
            Assert.That(job.Spans.Sum(span => span.Duration.Ticks), Is.EqualTo((analysis.To - job.CreatedAt).Ticks), "the spans fill the time since the submission");
        }
    });

    private static void EachInstant(Action<Campaign, CampaignAnalysis, DateTimeOffset> expect) => Some.Sample(
        campaign =>
        {
            CampaignAnalysis analysis = campaign.Analyze(1000);
            foreach (DateTimeOffset at in campaign.Events.Select(step => step.At).Append(Campaign.At(-1)).Append(analysis.To).Distinct())
            {
                expect(campaign, analysis, at);
            }
        },
        iter: 100);
}
